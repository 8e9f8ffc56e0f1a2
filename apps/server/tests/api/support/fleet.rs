//! Several real servers on one database, and Anna, who is logged in at each.

use super::client::Client;
use super::postgres::Database;
use super::process::Process;
use super::server::PASSWORD;
use super::settings::Settings;

/// Servers that share a database and its keys.
pub(crate) struct Fleet {
    pub(crate) database: Database,
    pub(crate) processes: Vec<Process>,
    /// Anna, as each of the servers knows her.
    pub(crate) annas: Vec<Client>,
}

impl Fleet {
    /// So many servers on PostgreSQL, each with these settings.
    pub(crate) async fn start(number: usize, choose: impl Fn(Settings) -> Settings) -> Self {
        let database = Database::fresh().await;
        let mut processes: Vec<Process> = Vec::new();
        for _ in 0..number {
            let keyring = processes.first().map(Process::keyring);
            let process = Process::with(|settings| {
                let settings = choose(settings.database(&database.url));
                match keyring {
                    Some(file) => settings.keyring(&file),
                    None => settings,
                }
            });
            processes.push(process.await);
        }
        let first = processes.first().unwrap();
        let mut annas = vec![first.regular("anna@example.org", PASSWORD).await];
        for process in &processes[1..] {
            let client = process.client();
            let token = client.login("anna@example.org", PASSWORD).await;
            annas.push(client.with_token(&token));
        }
        Self {
            database,
            processes,
            annas,
        }
    }
}
