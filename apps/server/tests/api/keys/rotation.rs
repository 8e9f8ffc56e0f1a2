//! Rotation while two servers on one PostgreSQL serve: killed in the middle, finished, and the old key
//! retired (K-06).

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::Value;
use wharf_sandbox::Sandbox;

use super::{accepted, list, refused};
use crate::support::client::Client;
use crate::support::fleet::Fleet;
use crate::support::patience;
use crate::support::postgres::Database;
use crate::support::scene::{connect, try_connect};
use crate::support::server::{PASSWORD, Server};
use crate::support::storage::account;

/// How many users there are beside Anna.
const USERS: usize = 2_000;

/// How many records are wrapped anew before the one that is held: whole batches of 200.
const BEFORE_THE_KILL: usize = 1_000;

/// Reads and writes what is sealed, without a pause, at one server.
struct Traffic {
    stop: Arc<AtomicBool>,
    answers: Arc<AtomicUsize>,
    running: tokio::task::JoinHandle<()>,
}

impl Traffic {
    fn at(anna: Client, connection: String, account: Value) -> Self {
        let (stop, answers) = (
            Arc::new(AtomicBool::new(false)),
            Arc::new(AtomicUsize::new(0)),
        );
        let (stopped, counted) = (Arc::clone(&stop), Arc::clone(&answers));
        let running = tokio::spawn(async move {
            let folder = format!("/api/cloud/connections/{connection}/folders/root");
            while !stopped.load(Ordering::Relaxed) {
                let read = anna.get(&folder).query("fresh", "true");
                read.send().await.expect(200);
                // Entered anew, it is sealed anew; another server may be doing the same.
                let written = try_connect(&anna, &account).await;
                assert!(matches!(written.status, 200 | 409), "{written:?}");
                counted.fetch_add(2, Ordering::Relaxed);
            }
        });
        Self {
            stop,
            answers,
            running,
        }
    }

    /// Waits until it has gone on for a while.
    async fn goes_on(&self) {
        let before = self.answers.load(Ordering::Relaxed);
        patience::until("the server goes on", async || {
            assert!(!self.running.is_finished(), "an answer was refused");
            self.answers.load(Ordering::Relaxed) > before + 4
        })
        .await;
    }

    async fn end(self) {
        self.stop.store(true, Ordering::Relaxed);
        self.running.await.unwrap();
    }
}

/// How many records a key has wrapped.
async fn wrapped_by(database: &Database, key: &str) -> String {
    let query = format!(
        "SELECT count(*)::text FROM user_keys WHERE encode(substr(wrapped, 3, 16), 'hex') = '{key}'"
    );
    database.column(&query).await.remove(0)
}

/// Begins a rotation that gets to a record that somebody holds, and kills it there, with so many records left.
/// Another operator is refused meanwhile.
async fn kill_in_the_middle(fleet: &Fleet, old: &str, left: &str) {
    let held = format!(
        "SELECT user_id FROM user_keys WHERE user_id = \
         (SELECT user_id FROM user_keys ORDER BY user_id OFFSET {BEFORE_THE_KILL} LIMIT 1) FOR UPDATE"
    );
    let held = fleet.database.hold(&held).await;
    let mut rotating = fleet.processes[0].begin_command(&["keys", "rotate"]);
    patience::until("half of it is done", async || {
        wrapped_by(&fleet.database, old).await == left
    })
    .await;
    let busy = refused(&fleet.processes[1], &["rotate"]);
    assert!(
        busy.contains("somebody else is changing the keys"),
        "{busy}"
    );
    rotating.kill().unwrap();
    rotating.wait().unwrap();
    drop(held);
}

#[tokio::test]
async fn two_servers_go_on_while_a_rotation_is_killed_and_finished() {
    let mut fleet = Fleet::start(2, |settings| settings).await;
    let file = fleet.processes[0].keyring();
    // A third one makes the others, by the same database and keys.
    let maker = Server::with(|settings| settings.database(&fleet.database.url).keyring(&file));
    maker.await.outsiders(USERS).await;
    let sandbox = Sandbox::start();
    let entered = account(&sandbox.webdav());
    let connection = connect(&fleet.annas[0], &entered).await;
    let traffic: Vec<Traffic> = fleet
        .annas
        .iter()
        .map(|anna| Traffic::at(anna.clone(), connection.clone(), entered.clone()))
        .collect();
    let old = list(&fleet.processes[0]).remove(0);
    let everybody = (USERS + 1).to_string();
    assert_eq!((old[1].as_str(), old[3].as_str()), ("primary", &*everybody));
    let old = old[0].clone();

    let left = (USERS + 1 - BEFORE_THE_KILL).to_string();
    kill_in_the_middle(&fleet, &old, &left).await;
    for traffic in &traffic {
        traffic.goes_on().await;
    }
    let keys = list(&fleet.processes[1]);
    let new = keys.iter().find(|key| key[1] == "primary").unwrap()[0].clone();
    assert_ne!(new, old);
    let needed = refused(&fleet.processes[0], &["retire", &old]);
    assert!(
        needed.contains("somebody else") || needed.contains(&left),
        "{needed}"
    );

    // The dead one's turn ends, and the other operator brings it to its end.
    let mut finished = String::new();
    patience::until("the turn is free", async || {
        let output = fleet.processes[1].command(&["keys", "rotate"], "");
        finished = String::from_utf8(output.stdout).unwrap();
        output.status.success()
    })
    .await;
    assert!(
        finished.contains("an earlier rotation is finished"),
        "{finished}"
    );
    assert!(finished.contains(&format!("{left} records")), "{finished}");
    assert!(finished.contains(&new), "{finished}");
    assert_eq!(wrapped_by(&fleet.database, &old).await, "0");
    assert_eq!(wrapped_by(&fleet.database, &new).await, everybody);

    accepted(&fleet.processes[0], &["retire", &old]);
    assert!(!fs::read_to_string(&file).unwrap().contains(&old));
    for traffic in &traffic {
        traffic.goes_on().await;
    }
    for traffic in traffic {
        traffic.end().await;
    }
    let events = fleet.database.events("action || ' ' || metadata", "key.%");
    assert_eq!(
        events.await,
        [
            format!("key.rotated {{\"key\":\"{new}\"}}"),
            format!("key.retired {{\"key\":\"{old}\"}}"),
        ]
    );
    // Whoever begins now, or comes new, works with the new key alone.
    fleet.processes[0].kill_and_restart().await;
    let ben = fleet.processes[0].regular("ben@example.org", PASSWORD);
    connect(&ben.await, &entered).await;
    assert_eq!(
        wrapped_by(&fleet.database, &new).await,
        (USERS + 2).to_string()
    );
}
