//! What evidence costs: changes a second with their events, on both databases;
//! how fast a backlog of a million events comes into the trail; how long a
//! check of it takes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::Context as _;

use super::scene::Scene;
use super::table::{Row, median};
use super::tools::changes_per_second;
use crate::api::Api;
use crate::program::Program;
use crate::random;
use crate::service::postgres::Postgres;
use crate::service::server::Server;

pub(super) const PSQL: Program = Program {
    name: "psql",
    package: "postgresql-client",
    places: &["/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin"],
};

pub(super) const SQLITE3: Program = Program {
    name: "sqlite3",
    package: "sqlite3",
    places: &[],
};

const RUNS: usize = 3;

/// How many events come into the trail and are checked.
const EVENTS: u32 = 1_000_000;

const EMAIL: &str = "bench@example.com";

/// The smallest change that there is: one column, one event.
const SCRIPT: &str = "wrk.method = \"PATCH\"
wrk.body = '{\"storage\": \"house\"}'
wrk.headers[\"Content-Type\"] = \"application/json\"
";

/// Events of a user, as requests would have left them.
const FILL_SQLITE: &str = "
    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :EVENTS)
    INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, action, outcome, resource_kind,
        resource_id, request_id, client_network, metadata)
    SELECT randomblob(16), 1795421730000000 + n, 'user', (SELECT id FROM users), 'document.stored',
        'done', 'document', randomblob(16), lower(hex(randomblob(16))), '203.0.113.0/24',
        '{\"size_bytes\":' || n || '}'
    FROM n";
const FILL_POSTGRES: &str = "
    INSERT INTO audit_events (id, occurred_at, actor_kind, actor_id, action, outcome, resource_kind,
        resource_id, request_id, client_network, metadata)
    SELECT gen_random_uuid(), to_timestamp(1795421730 + n * 0.000001), 'user',
        (SELECT id FROM users), 'document.stored', 'done', 'document', gen_random_uuid(),
        replace(gen_random_uuid()::text, '-', ''), '203.0.113.0/24', '{\"size_bytes\":' || n || '}'
    FROM generate_series(1, :EVENTS) AS n";

/// A server with one user, and the way past it to its database.
struct Place {
    name: &'static str,
    server: Server,
    database: Database,
    password: String,
    /// Keeps the database alive.
    _postgres: Option<Postgres>,
}

enum Database {
    Sqlite(PathBuf),
    Postgres(String),
}

pub(super) fn measure(scene: &Scene) -> anyhow::Result<Vec<Row>> {
    let mut rows = Vec::new();
    for place in [Place::on_postgres(scene)?, Place::on_sqlite(scene)?] {
        rows.extend(place.measure(scene)?);
    }
    Ok(rows)
}

impl Place {
    fn on_postgres(scene: &Scene) -> anyhow::Result<Self> {
        let postgres = Postgres::start_durable()?;
        let environment = postgres.environment().into_iter().next();
        let (_, url) = environment.context("PostgreSQL has an address")?;
        let settings = vec![("WHARF_DATABASE_URL", url.clone())];
        let server = Server::start_with(&scene.program, settings)?;
        Self::with(
            "PostgreSQL",
            server,
            Database::Postgres(url),
            Some(postgres),
        )
    }

    fn on_sqlite(scene: &Scene) -> anyhow::Result<Self> {
        let server = Server::start(&scene.program)?;
        let file = server.data().join("wharf.sqlite3");
        Self::with("SQLite", server, Database::Sqlite(file), None)
    }

    fn with(
        name: &'static str,
        server: Server,
        database: Database,
        postgres: Option<Postgres>,
    ) -> anyhow::Result<Self> {
        let password = random::password()?;
        server.create_user(EMAIL, &password)?;
        Ok(Self {
            name,
            server,
            database,
            password,
            _postgres: postgres,
        })
    }

    fn measure(&self, scene: &Scene) -> anyhow::Result<Vec<Row>> {
        let name = self.name;
        let writes = self.writes_per_second(scene)?;
        self.wait_until_placed()?;
        self.fill()?;
        let begun = Instant::now();
        self.wait_until_placed()?;
        let placed = f64::from(EVENTS) / begun.elapsed().as_secs_f64();
        let begun = Instant::now();
        let checked = self.server.command(&["audit", "verify"]).output()?;
        let took = begun.elapsed().as_secs_f64();
        let printed = String::from_utf8_lossy(&checked.stdout);
        anyhow::ensure!(
            printed.ends_with("\nsound\n"),
            "the trail is not sound:\n{printed}"
        );
        Ok(vec![
            Row::alone(
                format!("audited changes, {name}, 64 clients"),
                "requests/s",
                writes,
            ),
            Row::alone(format!("events placed, {name}"), "events/s", placed),
            Row::alone(format!("check of 10^6 events, {name}"), "s", took),
        ])
    }

    fn writes_per_second(&self, scene: &Scene) -> anyhow::Result<f64> {
        let script = scene.folder.path().join("change.lua");
        fs::write(&script, SCRIPT)?;
        let (api, _) = Api::log_in(&self.server.url, EMAIL, &self.password)?;
        let url = format!("{}/api/users/me/default-storage", self.server.url);
        let headers = [api.bearer_header()];
        let rates = (0..RUNS).map(|_| changes_per_second(&url, &headers, &script));
        Ok(median(rates.collect::<anyhow::Result<_>>()?))
    }

    fn fill(&self) -> anyhow::Result<()> {
        let fill = match self.database {
            Database::Sqlite(_) => FILL_SQLITE,
            Database::Postgres(_) => FILL_POSTGRES,
        };
        self.query(&fill.replace(":EVENTS", &EVENTS.to_string()))?;
        Ok(())
    }

    fn wait_until_placed(&self) -> anyhow::Result<()> {
        while self.query("SELECT count(*) FROM audit_events")?.trim() != "0" {
            sleep(Duration::from_millis(500));
        }
        Ok(())
    }

    /// Runs a statement past the server; gives what is printed.
    fn query(&self, statement: &str) -> anyhow::Result<String> {
        let mut client = match &self.database {
            Database::Sqlite(file) => {
                let mut client = Command::new(SQLITE3.name);
                client.args(["-batch", "-cmd", ".timeout 60000"]).arg(file);
                client.arg(statement);
                client
            }
            Database::Postgres(url) => {
                let mut client = Command::new(PSQL.name);
                client.args(["--no-psqlrc", "--quiet", "--tuples-only", "--dbname", url]);
                client.args(["--command", statement]);
                client
            }
        };
        let output = client.output().context("the database's client")?;
        anyhow::ensure!(
            output.status.success(),
            "{statement}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Ok(String::from_utf8(output.stdout)?)
    }
}
