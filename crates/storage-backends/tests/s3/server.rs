//! s3s-fs, an S3 server of others that keeps its buckets in a folder, on loopback and with signatures checked.

use std::path::Path;

use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::auth::SimpleAuth;
use s3s::service::S3ServiceBuilder;
use s3s_fs::FileSystem;
use tempfile::TempDir;
use tokio::net::TcpListener;

const BUCKET: &str = "wharf";

/// Who may use it.
pub(crate) const KEY_ID: &str = "house";

/// With which secret.
pub(crate) const KEY: &str = "a key that nobody guesses";

/// The server, with one bucket. It runs until the test's runtime ends.
pub(crate) struct S3Server {
    folder: TempDir,
    port: u16,
}

impl S3Server {
    pub(crate) async fn start() -> Self {
        let folder = TempDir::new().unwrap();
        std::fs::create_dir(folder.path().join(BUCKET)).unwrap();
        let mut service = S3ServiceBuilder::new(FileSystem::new(folder.path()).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY_ID, KEY));
        let service = service.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    let server = Builder::new(TokioExecutor::new());
                    // A client that hangs up is no business of the server's.
                    let _ = server
                        .serve_connection(TokioIo::new(connection), service)
                        .await;
                });
            }
        });
        Self { folder, port }
    }

    /// Its address.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where the bucket's objects lie.
    pub(crate) fn bucket(&self) -> std::path::PathBuf {
        self.folder.path().join(BUCKET)
    }

    /// What there is of multipart uploads under way: one file for each, and one for each of their parts.
    pub(crate) fn uploads_under_way(&self) -> usize {
        let names = std::fs::read_dir(self.folder.path()).unwrap();
        names
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name.to_str().unwrap().starts_with(".upload"))
            .count()
    }
}

/// Every object in the folder, as keys.
pub(crate) fn keys_below(folder: &Path) -> Vec<String> {
    let mut keys = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            let below = keys_below(&path).into_iter();
            keys.extend(below.map(|key| format!("{name}/{key}")));
        } else {
            keys.push(name);
        }
    }
    keys.sort();
    keys
}
