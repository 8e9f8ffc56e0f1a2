//! Several real servers on one database, a sandbox beside them, and a connection of Anna's whose token has ended.

use std::time::Duration;

use sha2::{Digest as _, Sha256};
use wharf_sandbox::{Fault, FaultRule, LoggedRequest, Sandbox};

use super::client::Client;
use super::consent::{ANNA, MICROSOFT, begin, grant, outcome, parameter};
use super::fleet::Fleet;
use super::patience;
use super::postgres::Database;
use super::process::Process;
use super::settings::Settings;

/// The token endpoints of both simulated providers.
pub(crate) const TOKEN: &str = "POST */token";

/// Servers that share a database, and Anna's connection.
pub(crate) struct Replicas {
    pub(crate) sandbox: Sandbox,
    pub(crate) database: Database,
    pub(crate) processes: Vec<Process>,
    /// Anna, as each of the servers knows her.
    pub(crate) annas: Vec<Client>,
    /// The id of Anna's connection.
    pub(crate) connection: String,
}

impl Replicas {
    /// So many servers on PostgreSQL alone or with Redis, and a connection of this provider whose access
    /// token has ended: at Google before its time, at Microsoft as it was announced.
    pub(crate) async fn at_expiry(number: usize, provider: &str, redis: Option<&str>) -> Self {
        Self::start(number, provider, |settings| match redis {
            Some(url) => settings.redis(url),
            None => settings,
        })
        .await
    }

    /// The same on PostgreSQL alone, at Microsoft behind an identity provider whose refresh tokens die
    /// by their use, which the servers are told.
    pub(crate) async fn at_strict_expiry(number: usize) -> Self {
        let replicas = Self::start(number, MICROSOFT, Settings::with_strict_onedrive).await;
        let strict = Fault::StrictRotation {
            reuse_ends_grant: false,
        };
        replicas.sandbox.inject(FaultRule::on(TOKEN, strict));
        replicas
    }

    async fn start(number: usize, provider: &str, choose: impl Fn(Settings) -> Settings) -> Self {
        let sandbox = Sandbox::start();
        let Fleet {
            database,
            processes,
            annas,
        } = Fleet::start(number, |settings| choose(settings.offering(&sandbox))).await;
        if provider == MICROSOFT {
            let short = Fault::ExpiresIn { secs: 0 };
            sandbox.inject(FaultRule::on(TOKEN, short).times(1));
        }
        let connection = connect(&annas[0], provider).await;
        sandbox.advance_clock(Duration::from_secs(7200));
        Self {
            sandbox,
            database,
            processes,
            annas,
            connection,
        }
    }

    /// Has the server of this number use the connection; gives the answer's status.
    pub(crate) async fn call(&self, number: usize) -> u16 {
        call(&self.annas[number], &self.connection).await
    }

    /// The same without waiting for it.
    pub(crate) fn begin_call(&self, number: usize) -> tokio::task::JoinHandle<Option<u16>> {
        let (anna, connection) = (self.annas[number].clone(), self.connection.clone());
        tokio::spawn(async move {
            let path = format!("/api/cloud/connections/{connection}/check");
            let answer = anna.post(&path).try_stream().await.ok()?;
            Some(answer.status().as_u16())
        })
    }

    /// The refreshes that arrived at the provider.
    pub(crate) fn refreshes(&self) -> Vec<LoggedRequest> {
        let mut requests = self.sandbox.requests();
        requests.retain(|request| request.grant_type.as_deref() == Some("refresh_token"));
        requests
    }

    /// Waits until a refresh has arrived of which this holds.
    pub(crate) async fn refresh_where(&self, what: &str, is_so: impl Fn(&LoggedRequest) -> bool) {
        patience::until(what, async || self.refreshes().iter().any(&is_so)).await;
    }

    /// Lets the time of a claim pass.
    pub(crate) async fn end_lease(&self) {
        let ended = "UPDATE connections SET refresh_lease_until = refresh_lease_until - interval '1 hour' \
                     WHERE refresh_lease_until IS NOT NULL RETURNING id::text";
        assert_eq!(
            self.database.column(ended).await.len(),
            1,
            "a claim is there"
        );
    }

    /// What is stored of the credential: its version, and a digest of its bytes.
    pub(crate) async fn credential(&self) -> (String, [u8; 32]) {
        let version = "SELECT credential_version::text FROM connections";
        let bytes = "SELECT encode(credential, 'hex') FROM connections";
        let version = self.database.column(version).await.remove(0);
        let bytes = self.database.column(bytes).await.remove(0);
        (version, Sha256::digest(bytes).into())
    }

    /// The connection's status and its reason.
    pub(crate) async fn status(&self) -> String {
        let status = "SELECT status || coalesce(' ' || status_reason, '') FROM connections";
        self.database.column(status).await.remove(0)
    }

    /// The names of the connection's events.
    pub(crate) async fn events(&self) -> Vec<String> {
        self.database.events("action", "cloud.%").await
    }
}

/// Has a server use a connection; gives the answer's status.
pub(crate) async fn call(anna: &Client, connection: &str) -> u16 {
    let path = format!("/api/cloud/connections/{connection}/check");
    anna.post(&path).send().await.status
}

/// Connects Anna's account at a provider; gives the connection's id.
async fn connect(anna: &Client, provider: &str) -> String {
    let begun = begin(anna, provider).await;
    let back = grant(&begun, ANNA).await;
    let came = anna.get(&back).header("cookie", &begun.cookie).send().await;
    let came = came.expect(303);
    let location = came.header("location").unwrap();
    assert_eq!(outcome(location), "connected", "{location}");
    parameter(location, "connection_id").unwrap()
}

/// An answer that takes so long that a test can do something meanwhile.
pub(crate) fn slow() -> Fault {
    let ms = u64::try_from(Duration::from_secs(2).as_millis()).unwrap();
    Fault::Latency { ms }
}
