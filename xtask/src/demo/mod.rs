//! `cargo xtask demo`: Wharf's main job before a newcomer's eyes.
//!
//! Builds the server and the simulated clouds, starts both on free loopback
//! ports with fresh data, and does over HTTP what a person would. Without
//! `--once` the server is left running for them to try.

mod leaving;
mod nextcloud;
mod steps;

use crate::arguments::Arguments;
use crate::service::sandbox::Sandbox;
use crate::service::server::Server;
use crate::stage::timed;
use crate::{random, workspace};

const EMAIL: &str = "demo@example.com";

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let programs = timed(
        "build the server and the simulated clouds",
        workspace::build,
    )?;
    let sandbox = Sandbox::start(&programs.join("wharf-sandbox"))?;
    println!("    a simulated WebDAV cloud at {}", sandbox.webdav.url);
    println!("    a simulated Google, Microsoft and Nextcloud beside it");
    let offers = sandbox.providers.clone();
    let mut server = Server::start_with(&programs.join("wharf"), offers)?;
    println!("    the Wharf server at {}", server.url);
    let password = random::password()?;
    server.create_user(EMAIL, &password)?;
    println!("    a user: {EMAIL}, password {password}\n");

    let outcome = steps::all(&server.url, EMAIL, &password, &sandbox);
    let outcome = outcome.and_then(|()| leaving::all(&server, &sandbox));
    outcome.map_err(|error| {
        let log = server.last_log_lines();
        anyhow::anyhow!("{error:#}\n\nthe server's last words:\n{log}")
    })?;
    println!("\nAll of it went as it should.");
    if arguments.has("--once") {
        return Ok(());
    }
    println!("{}", invitation(&server, &password, &sandbox));
    server.wait()
}

fn invitation(server: &Server, password: &str, sandbox: &Sandbox) -> String {
    let cloud = &sandbox.webdav;
    format!(
        "\nThe server goes on running; try it:\n\
         \n    address   {}\n    login     {EMAIL}\n    password  {password}\n\
         \n    and a cloud to connect: {}\n    with user {}, password {}\n\
         \nStop it with Ctrl-C; everything it stored goes with it.",
        server.url, cloud.url, cloud.username, cloud.password
    )
}
