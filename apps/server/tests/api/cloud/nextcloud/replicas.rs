//! Login flows at several servers on one PostgreSQL and one Redis: begun at one, finished at another, also where
//! whoever asked the Nextcloud died meanwhile (O-12, R-04).

use std::time::Duration;

use super::*;
use futures_util::future::join_all;
use wharf_sandbox::{Fault, FaultRule};

use crate::support::environment;
use crate::support::fleet::Fleet;
use crate::support::patience;

const POLL: &str = "POST */login/v2/poll";

/// What a Nextcloud is asked for before an account is connected.
const WHOSE: &str = "GET */cloud/user";

/// Servers, a sandbox beside them, and Anna with an account there.
struct Servers {
    fleet: Fleet,
    sandbox: Sandbox,
    access: NextcloudAccess,
}

impl Servers {
    async fn start(number: usize) -> Self {
        let redis = environment::redis_url();
        let sandbox = Sandbox::start();
        Self {
            fleet: Fleet::start(number, |settings| settings.redis(&redis)).await,
            access: sandbox.nextcloud().access(),
            sandbox,
        }
    }

    /// A flow that was begun at the first server and granted.
    async fn granted(&self) -> String {
        let (path, login_url) = begin(&self.fleet.annas[0], &self.access).await;
        grant(&self.access, &login_url).await;
        path
    }

    /// Has the server of this number asked what came of a flow.
    async fn look(&self, number: usize, path: &str) -> Value {
        look(&self.fleet.annas[number], path).await
    }

    /// Has the first server asked, and waits until that has led to a request that meets this.
    async fn look_into(&self, path: &str, rule: FaultRule) {
        self.sandbox.inject(rule.times(1));
        let (anna, path) = (self.fleet.annas[0].clone(), path.to_owned());
        tokio::spawn(async move { drop(anna.get(&path).try_stream().await) });
        patience::until("the Nextcloud was asked", async || {
            let requests = self.sandbox.requests();
            requests.iter().any(|request| !request.faults.is_empty())
        })
        .await;
    }

    /// Lets the time pass for which whoever asks has the Nextcloud for itself.
    async fn end_lease(&self) {
        self.change("leased_until = leased_until - interval '1 hour'")
            .await;
    }

    /// Lets the time pass for which a flow may be granted, here and there.
    async fn let_it_expire(&self) {
        self.sandbox.advance_clock(Duration::from_secs(1201));
        self.change("begun_at = begun_at - interval '1201 seconds'")
            .await;
    }

    async fn change(&self, what: &str) {
        let change = format!("UPDATE login_flows SET {what} RETURNING id::text");
        assert_eq!(self.fleet.database.column(&change).await.len(), 1);
    }

    /// How many connections there are, app passwords, and polls that gave one.
    async fn counts(&self) -> [usize; 3] {
        let connections = "SELECT id::text FROM connections";
        let requests = self.sandbox.requests();
        let granting = requests
            .iter()
            .filter(|it| it.path.ends_with("/login/v2/poll") && it.took_effect);
        [
            self.fleet.database.column(connections).await.len(),
            self.sandbox.nextcloud().state().app_passwords.len(),
            granting.count(),
        ]
    }
}

#[tokio::test]
async fn a_flow_that_began_at_one_server_is_finished_at_another() {
    let servers = Servers::start(2).await;
    let annas = &servers.fleet.annas;
    let (path, login_url) = begin(&annas[0], &servers.access).await;
    assert_eq!(servers.look(1, &path).await["status"], "pending");
    grant(&servers.access, &login_url).await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    let looks = (0..8).map(|number| annas[number % 2].get(&path).send());
    for look in join_all(looks).await {
        let status = text(&look.expect(200).json()["status"]);
        assert!(["pending", "connected"].contains(&&*status), "{status}");
    }
    let connected = servers.look(1, &path).await;
    assert_eq!(connected["status"], "connected");
    assert_eq!(servers.look(0, &path).await, connected);
    assert_eq!(servers.counts().await, [1, 1, 1]);

    let connection = text(&connected["connection"]["id"]);
    let ended = format!("/api/cloud/connections/{connection}");
    annas[0].delete(&ended).send().await.expect(200);
    assert_eq!(servers.look(1, &path).await["connection"], json!(null));
    assert_eq!(servers.counts().await[1], 0);
}

#[tokio::test]
async fn a_death_before_the_nextcloud_answered_leaves_the_flow_to_another() {
    let mut servers = Servers::start(2).await;
    let path = servers.granted().await;
    servers
        .look_into(&path, FaultRule::on(POLL, Fault::Stall))
        .await;
    servers.fleet.processes[0].kill();
    // Who died may have been given the password, for all that the other one knows.
    assert_eq!(servers.look(1, &path).await["status"], "pending");
    servers.end_lease().await;
    assert_eq!(servers.look(1, &path).await["status"], "connected");
    assert_eq!(servers.counts().await, [1, 1, 1]);
}

#[tokio::test]
async fn a_password_that_came_outlives_the_server_that_got_it() {
    for finishing in [0, 1] {
        let mut servers = Servers::start(2).await;
        let path = servers.granted().await;
        servers
            .look_into(&path, FaultRule::on(WHOSE, Fault::Stall))
            .await;
        if finishing == 0 {
            servers.fleet.processes[0].kill_and_restart().await;
        } else {
            servers.fleet.processes[0].kill();
        }
        assert_eq!(servers.counts().await, [0, 1, 1]);
        servers.end_lease().await;
        let connected = servers.look(finishing, &path).await;
        assert_eq!(connected["status"], "connected", "{connected}");
        assert_eq!(servers.counts().await, [1, 1, 1]);
    }
}

// What a Nextcloud has told once it does not tell again. The flow ends, and another may be begun.
#[tokio::test]
async fn a_password_that_died_on_its_way_is_a_flow_to_begin_again() {
    let mut servers = Servers::start(2).await;
    let path = servers.granted().await;
    servers
        .look_into(&path, FaultRule::on(POLL, Fault::StallInBody))
        .await;
    servers.fleet.processes[0].kill();
    servers.end_lease().await;
    assert_eq!(servers.look(1, &path).await["status"], "pending");
    servers.let_it_expire().await;
    let failed = servers.look(1, &path).await;
    assert_eq!(
        [&failed["status"], &failed["reason"], &failed["begin_again"]],
        ["failed", "expired", FLOWS]
    );
    assert_eq!(servers.counts().await, [0, 1, 1]);

    let anna = &servers.fleet.annas[1];
    let (path, login_url) = begin(anna, &servers.access).await;
    grant(&servers.access, &login_url).await;
    assert_eq!(servers.look(1, &path).await["status"], "connected");
    // The one that died stays in the person's list of devices.
    assert_eq!(servers.counts().await, [1, 2, 2]);
}

#[tokio::test]
async fn a_flow_that_nobody_grants_in_time_says_so_ever_after() {
    let servers = Servers::start(1).await;
    let (path, login_url) = begin(&servers.fleet.annas[0], &servers.access).await;
    assert_eq!(servers.look(0, &path).await["status"], "pending");
    servers.let_it_expire().await;
    let failed = servers.look(0, &path).await;
    assert_eq!(
        [&failed["status"], &failed["reason"], &failed["begin_again"]],
        ["failed", "expired", FLOWS]
    );
    // The Nextcloud has forgotten it, too.
    let page = Client::anonymous("").get(&login_url).send().await;
    assert_eq!(page.status, 403);
    assert_eq!(servers.look(0, &path).await, failed);
    assert_eq!(servers.counts().await, [0, 0, 0]);
}
