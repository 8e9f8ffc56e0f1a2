//! Lists a Google Drive, stores a file there, reads it back and puts it into the bin.
//!
//! `cargo run -p wharf-storage-backends --example google_drive < token`, where the file `token` holds an access
//! token with the scope `https://www.googleapis.com/auth/drive`. A first argument is the address of another
//! API than Google's, such as a sandbox's.

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;
use std::hash::{BuildHasher, Hasher, RandomState};
use std::io;
use std::sync::Arc;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;
use wharf_domain::connection::Endpoint;
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::item::{Item, ItemId};
use wharf_domain::ports::backends::Backends as _;
use wharf_domain::ports::storage::{NameConflict, StorageBackend, StorageError};
use wharf_domain::provider::Provider;
use wharf_domain::random::Random;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::Timestamp;
use wharf_egress::{Client, Exceptions, Options, Policy};
use wharf_storage_backends::{Background, House, Registry};

/// Good enough for pauses between tries. A service takes the system's own randomness.
struct Unpredictable;

impl Random for Unpredictable {
    fn fill(&self, bytes: &mut [u8]) {
        for byte in bytes {
            *byte = RandomState::new().build_hasher().finish() as u8;
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let api = std::env::args().nth(1);
    let api = api.unwrap_or_else(|| "https://www.googleapis.com".to_owned());
    let token = io::read_to_string(io::stdin())?;
    // What a call leaves to be cleared up is waited for at the end.
    let running = TaskTracker::new();
    let drive = open(&api, token.trim(), running.clone())?;

    let account = drive.probe().await?;
    println!("{}", account.label);
    for item in list(&*drive, &ItemId::root()).await? {
        println!("  {:6} {}", item.kind.as_str(), item.name);
    }

    let text = "It came by Wharf.\n";
    let upload = Upload {
        content: stream::iter([Ok(text.into())]).boxed(),
        size_bytes: Some(text.len() as u64),
        content_type: "text/plain".parse::<ContentType>()?,
    };
    let (top, name) = (ItemId::root(), "Wharf example.txt".parse()?);
    let written = drive
        .write(&top, &name, NameConflict::Number, upload)
        .await?;
    let verified = written.verification.as_str();
    println!("stored {:?}, verified by {verified}", written.item.name);

    let content = drive.read(&written.item.id, None).await?.content;
    let pieces: Vec<_> = content.try_collect().await?;
    println!("read {} bytes", pieces.concat().len());
    let removal = drive.delete(&written.item.id).await?;
    println!("{}", removal.as_str());

    running.close();
    running.wait().await;
    Ok(())
}

fn open(
    api: &str,
    token: &str,
    running: TaskTracker,
) -> Result<Arc<dyn StorageBackend>, Box<dyn Error>> {
    let egress = Client::new(Policy::new(Exceptions::default()), Options::default())?;
    let folder = std::env::temp_dir();
    let house = House::in_folder(&folder)?;
    let background = Background::new(Handle::current(), running);
    let storages = Registry::new(egress, house, Arc::new(Unpredictable), background);
    let credential = Credential::OAuth(OAuthTokens {
        access_token: token.into(),
        // Whoever has these renews the access token; a storage never does.
        refresh_token: String::new().into(),
        issued_at: Timestamp::from_unix_seconds(0),
        expires_at: Timestamp::from_unix_seconds(3600),
        scopes: Scopes::default(),
    });
    let endpoint = Endpoint(api.to_owned());
    Ok(storages.open(Provider::GoogleDrive, &endpoint, &credential))
}

async fn list(storage: &dyn StorageBackend, folder: &ItemId) -> Result<Vec<Item>, StorageError> {
    let batches: Vec<_> = storage.list(folder).await?.try_collect().await?;
    Ok(batches.into_iter().flat_map(|batch| batch.items).collect())
}
