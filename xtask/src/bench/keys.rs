//! How long it takes to have another operator's key, with a server that serves
//! meanwhile: every user's data key is wrapped anew.

use std::thread;
use std::time::Instant;

use serde_json::json;

use super::scene::Scene;
use super::table::Row;
use crate::api::Api;
use crate::random;
use crate::service::postgres::Postgres;
use crate::service::server::Server;

/// How many users there are beside the admin who makes them.
const USERS: usize = 100_000;

/// How many are made at the same time.
const MAKERS: usize = 8;

const EMAIL: &str = "root@example.com";

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let postgres = Postgres::start_durable()?;
    let urls = postgres.environment().into_iter().map(|(_, url)| url);
    let on_postgres = urls.map(|url| ("WHARF_DATABASE_URL", url)).collect();
    Ok(vec![
        row(scene, "PostgreSQL", on_postgres)?,
        row(scene, "SQLite", Vec::new())?,
    ])
}

fn row(scene: &Scene, name: &str, database: Vec<(&'static str, String)>) -> anyhow::Result<Row> {
    let mut settings = database;
    // Somebody else vouches for the users, so that no password has to be hashed.
    settings.extend([
        (
            "WHARF_OUTSIDE_ISSUER__URL",
            "https://issuer.example.com".to_owned(),
        ),
        ("WHARF_OUTSIDE_ISSUER__AUDIENCE", "wharf".to_owned()),
        (
            "WHARF_OUTSIDE_ISSUER__JWKS_URL",
            "https://issuer.example.com/keys".to_owned(),
        ),
    ]);
    let server = Server::start_with(&scene.program, settings)?;
    let password = random::password()?;
    server.create_admin(EMAIL, &password)?;
    make_users(&server, &password)?;
    let begun = Instant::now();
    let printed = server.run(&["keys", "rotate"])?;
    let took = begun.elapsed().as_secs_f64();
    let all = format!("{} records", USERS + 1);
    anyhow::ensure!(printed.contains(&all), "{printed}");
    let label = format!("{USERS} user keys wrapped anew, {name}");
    Ok(Row::alone(label, "s", took))
}

fn make_users(server: &Server, password: &str) -> anyhow::Result<()> {
    thread::scope(|scope| {
        let makers: Vec<_> = (0..MAKERS)
            .map(|maker| scope.spawn(move || make_some(server, password, maker)))
            .collect();
        makers.into_iter().try_for_each(|maker| {
            maker
                .join()
                .map_err(|_| anyhow::anyhow!("a maker panicked"))?
        })
    })
}

/// Every so manieth user.
fn make_some(server: &Server, password: &str, maker: usize) -> anyhow::Result<()> {
    let (api, _) = Api::log_in(&server.url, EMAIL, password)?;
    for number in (maker..USERS).step_by(MAKERS) {
        let user = json!({
            "email": format!("user-{number}@example.com"),
            "role": "regular",
            "subject": number.to_string(),
        });
        api.post("/api/admin/users", &user)?.expect(201)?;
    }
    Ok(())
}
