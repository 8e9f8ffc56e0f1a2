//! A throw-away nginx to compare with: a reverse proxy to an httpd, and a
//! server of plain files.

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;

use super::account::Account;
use super::{Service, free_port};
use crate::folder::Folder;
use crate::http;
use crate::process::{Stop, guarded};
use crate::program::Program;

/// The server itself.
pub(crate) const NGINX: Program = Program {
    name: "nginx",
    package: "nginx-light",
    places: &["/usr/sbin"],
};

/// A running server.
pub(crate) struct Nginx {
    pub(crate) service: Service,
    /// Its address, without a slash at the end.
    pub(crate) url: String,
    /// The folder whose files it serves at `/`.
    pub(crate) files: PathBuf,
}

impl Nginx {
    /// Starts a server that hands `/dav/` on to `upstream`; returns when it answers.
    pub(crate) fn start(upstream: &str) -> anyhow::Result<Self> {
        let program = NGINX.find().context("nginx is missing")?;
        let account = Account::for_servers()?;
        let folder = Folder::fresh("nginx")?;
        let url = format!("http://127.0.0.1:{}", free_port()?);
        let files = folder.path().join("files");
        fs::create_dir(&files)?;
        fs::write(files.join("ready"), "")?;
        let configuration = configuration(folder.text()?, &url, upstream);
        fs::write(folder.path().join("nginx.conf"), configuration)?;
        account.give(folder.path())?;

        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.args(["-e", "stderr", "-c"]);
        server.arg(folder.path().join("nginx.conf"));
        account.run_in(folder.path(), &mut server);
        let mut service = Service::start("nginx", folder, server)?;
        let ready = format!("{url}/ready");
        service.wait_for(|_| Ok(http::probe().get(&ready).call().ok()))?;
        Ok(Self {
            service,
            url,
            files,
        })
    }
}

/// As an operator would set it up who knows that bodies are large: nothing is
/// buffered on disk.
fn configuration(folder: &str, url: &str, upstream: &str) -> String {
    let listen = url.trim_start_matches("http://");
    format!(
        "daemon off;
worker_processes 2;
pid {folder}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_max_body_size 0;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  sendfile on;
  server {{
    listen {listen};
    root {folder}/files;
    location /dav/ {{
      proxy_pass {upstream};
      proxy_http_version 1.1;
      proxy_request_buffering off;
      proxy_max_temp_file_size 0;
    }}
  }}
}}
"
    )
}
