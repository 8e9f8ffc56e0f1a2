//! Connections to a PostgreSQL server. It knows no table.

use std::sync::Arc;
use std::time::Duration;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use diesel_async::pooled_connection::{
    AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
};
use futures_util::FutureExt as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::runtime::Handle;
use tokio_postgres::config::SslMode;
use tokio_postgres::{Config, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::error::DatabaseError;

/// Makes and checks the pool's connections.
pub(crate) type PostgresConnections = AsyncDieselConnectionManager<AsyncPgConnection>;

/// A statement that takes longer, or a transaction that is left alone for longer, is ended.
const SESSION_OPTIONS: &str = "-c statement_timeout=5s -c idle_in_transaction_session_timeout=5s";

/// A peer that acknowledges nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(5);

/// A PostgreSQL server, with what it takes to be let in.
#[derive(Clone)]
pub(crate) struct PostgresServer {
    config: Config,
    tls: Option<MakeRustlsConnect>,
    runtime: Handle,
}

impl PostgresServer {
    /// The server that a `postgres://` address names.
    ///
    /// `sslmode=require`, `verify-ca` and `verify-full` all mean an encrypted connection to a server
    /// whose certificate is checked against its name and the system's authorities. `disable` and
    /// `prefer`, the default, mean a connection in the clear.
    pub(crate) fn parse(address: &str, runtime: Handle) -> Result<Self, DatabaseError> {
        let mut config: Config = with_known_ssl_mode(address)
            .parse()
            .map_err(|_| DatabaseError::InvalidAddress("not a postgres:// address"))?;
        let tls = match config.get_ssl_mode() {
            SslMode::Disable | SslMode::Prefer => None,
            _ => Some(MakeRustlsConnect::new(client_config()?)),
        };
        if config.get_application_name().is_none() {
            config.application_name("wharf");
        }
        config.tcp_user_timeout(SILENCE).keepalives_idle(SILENCE);
        Ok(Self {
            config,
            tls,
            runtime,
        })
    }

    /// What makes connections for a pool, with the limits of a request.
    pub(crate) fn connections(&self) -> PostgresConnections {
        let mut server = self.clone();
        // Later options win, so the operator's own stand behind ours.
        let operators = server.config.get_options().unwrap_or_default();
        let options = format!("{SESSION_OPTIONS} {operators}");
        server.config.options(options);

        let mut config = ManagerConfig::default();
        config.custom_setup = Box::new(move |_| {
            let server = server.clone();
            async move { server.connect().await }.boxed()
        });
        // A connection that broke is noticed without asking the server, and one with an open
        // transaction never comes back to the pool.
        config.recycling_method = RecyclingMethod::Fast;
        AsyncDieselConnectionManager::new_with_config("", config)
    }

    /// Opens a connection.
    ///
    /// The task that drives it runs on the runtime that opened the database: one spawned on an HTTP
    /// server's worker would die with that worker, and take the connection with it.
    pub(crate) async fn connect(self) -> ConnectionResult<AsyncPgConnection> {
        let runtime = self.runtime.clone();
        let connecting = runtime.spawn(async move {
            match self.tls {
                Some(tls) => {
                    let (client, connection) = self.config.connect(tls).await.map_err(refused)?;
                    AsyncPgConnection::try_from_client_and_connection(client, connection).await
                }
                None => {
                    let (client, connection) = self.config.connect(NoTls).await.map_err(refused)?;
                    AsyncPgConnection::try_from_client_and_connection(client, connection).await
                }
            }
        });
        connecting
            .await
            .map_err(|error| ConnectionError::BadConnection(error.to_string()))?
    }
}

#[expect(clippy::needless_pass_by_value, reason = "as map_err hands it over")]
fn refused(error: tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(&error).map(ToString::to_string);
    ConnectionError::BadConnection(match cause {
        Some(cause) => format!("{error}: {cause}"),
        None => error.to_string(),
    })
}

/// The driver knows `require` only, and here that already means what the stricter modes say.
fn with_known_ssl_mode(address: &str) -> String {
    match address.split_once('?') {
        Some((server, parameters)) => {
            let parameters = parameters
                .replace("sslmode=verify-full", "sslmode=require")
                .replace("sslmode=verify-ca", "sslmode=require");
            format!("{server}?{parameters}")
        }
        None => address.to_owned(),
    }
}

fn client_config() -> Result<ClientConfig, DatabaseError> {
    // What cannot be read is left out: then the server's certificate is refused, and that is told.
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| DatabaseError::Unreachable(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
