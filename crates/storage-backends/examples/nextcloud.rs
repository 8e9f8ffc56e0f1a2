//! Logs in at a Nextcloud (Login Flow v2), lists it, stores a file there, reads it back, puts it into the bin, and
//! gives the app password back.
//!
//! `cargo run -p wharf-storage-backends --example nextcloud https://cloud.example.org`. A second argument is a
//! network that may be reached as well, by plain HTTP and at any port, such as `127.0.0.0/8` for a sandbox.

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

mod shared;

use std::error::Error;
use std::time::Duration;

use tokio_util::task::TaskTracker;
use wharf_domain::connection::Endpoint;
use wharf_domain::credential::Credential;
use wharf_domain::ports::backends::Backends as _;
use wharf_domain::ports::nextcloud::{Login, LoginPoll, NextcloudServers, Polled};
use wharf_domain::provider::Provider;
use wharf_egress::Exceptions;

/// For so many seconds a server waits for the person.
const PATIENCE_SECS: u64 = 20 * 60;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let typed = arguments.next().ok_or("which Nextcloud?")?;
    let exceptions = match arguments.next() {
        Some(network) => Exceptions {
            allow_networks: vec![network.parse()?],
            allow_http: true,
            allow_ports: Some("1-65535".parse()?),
        },
        None => Exceptions::default(),
    };
    let running = TaskTracker::new();
    let storages = shared::storages(exceptions, &running)?;
    let servers = storages.nextcloud_servers();

    let checked = storages.check_address(Provider::Nextcloud, &typed);
    let typed = checked.map_err(|refusal| format!("{typed} is refused: {refusal:?}"))?;
    let begun = servers.begin_login(&typed).await?;
    println!("log in at {}", begun.login_url);
    let (server, login) = granted(&*servers, &begun.poll).await?;
    // The user id that stands in the paths is found by asking.
    let endpoint = servers.locate(&server, &login).await?;
    let credential = Credential::Basic {
        username: login.username.clone(),
        password: login.password.clone(),
    };
    let storage = storages.open(Provider::Nextcloud, &endpoint, &credential);
    let shown = shared::show(&*storage).await;
    shared::end(running).await;
    // Whatever came of it, nobody needs the password any more.
    servers.end_app_password(&endpoint, &login).await?;
    shown
}

/// Asks every second until the person has decided; the server tells it once.
async fn granted(
    servers: &dyn NextcloudServers,
    poll: &LoginPoll,
) -> Result<(Endpoint, Login), Box<dyn Error>> {
    for _ in 0..PATIENCE_SECS {
        if let Polled::Granted { server, login } = servers.poll_login(poll).await? {
            return Ok((server.ok_or("the password is for another server")?, login));
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    Err("nobody granted it".into())
}
