//! A server within the test's own process: the product's own composition on a free loopback port.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use confique::Config as _;
use secrecy::SecretString;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use wharf::domain::context::{Actor, Context};
use wharf::domain::outside::OutsideSubject;
use wharf::domain::user::Role;
use wharf::services::accounts::NewLogin;
use wharf::{Settings, Wharf};
use wharf_server::state::State;

use super::client::Client;
use super::postgres::Database;
use super::settings;

/// The password of everybody who is made here.
pub(crate) const PASSWORD: &str = "a good password";

/// A running server; it ends, and its folder goes, when it is dropped.
pub(crate) struct Server {
    running: Running,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    data_dir: PathBuf,
    /// Keeps the folder.
    _folder: TempDir,
}

/// What a server's thread tells of it.
struct Running {
    url: String,
    wharf: Wharf,
    runtime: Handle,
}

impl Server {
    /// A server on SQLite that may reach loopback.
    pub(crate) async fn start() -> Self {
        Self::with(|settings| settings).await
    }

    /// The same on PostgreSQL.
    pub(crate) async fn on(database: &Database) -> Self {
        Self::with(|settings| settings.database(&database.url)).await
    }

    /// A server on SQLite that caches in the Redis at this address.
    pub(crate) async fn caching_in(redis_url: &str) -> Self {
        Self::with(|settings| settings.redis(redis_url)).await
    }

    /// A server on SQLite that gives up soon on storages that stall.
    pub(crate) async fn impatient() -> Self {
        Self::with(settings::Settings::impatient).await
    }

    /// A server whose operator made no exception from the rules of egress.
    pub(crate) async fn public_only() -> Self {
        Self::with(settings::Settings::public_only).await
    }

    /// A server that browsers reach under an address of its own, and that serves pages of `origin` too.
    pub(crate) async fn public(url: &'static str, origin: &'static str) -> Self {
        Self::with(|settings| settings.public(url).for_pages_of(origin)).await
    }

    /// A server on SQLite that gives up soon on clients that take nothing.
    pub(crate) async fn hurrying_clients() -> Self {
        let hurry = |state: &mut State| state.client_patience = Duration::from_secs(1);
        Self::adjusted(|settings| settings, hurry).await
    }

    /// A server with settings of the caller's choice.
    pub(crate) async fn with(
        choose: impl FnOnce(settings::Settings) -> settings::Settings,
    ) -> Self {
        Self::adjusted(choose, |_| {}).await
    }

    async fn adjusted(
        choose: impl FnOnce(settings::Settings) -> settings::Settings,
        adjust: impl FnOnce(&mut State) + Send + 'static,
    ) -> Self {
        let folder = TempDir::with_prefix("wharf-api-").unwrap();
        let chosen = choose(settings::Settings::within(folder.path()));
        // The file alone, without the environment of whoever runs the tests.
        let settings = Settings::from_file(chosen.write("127.0.0.1:0")).unwrap();
        let (started, start) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || run(&settings, adjust, started, stopped));
        Self {
            running: start.await.expect("the server starts"),
            stop: Some(stop),
            thread: Some(thread),
            data_dir: chosen.data_dir(),
            _folder: folder,
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.running.url
    }

    pub(crate) fn data_dir(&self) -> &Path {
        &self.data_dir
    }

    /// Somebody who is not logged in.
    pub(crate) fn client(&self) -> Client {
        Client::anonymous(self.url())
    }

    /// Makes a regular user; gives a client that is logged in.
    pub(crate) async fn regular(&self, email: &str) -> Client {
        self.user(email, Role::Regular, PASSWORD).await
    }

    /// Makes an admin; gives a client that is logged in.
    pub(crate) async fn admin(&self, email: &str) -> Client {
        self.user(email, Role::Admin, PASSWORD).await
    }

    /// Makes a user; gives a client that is logged in.
    pub(crate) async fn user(&self, email: &str, role: Role, password: &str) -> Client {
        let Running { wharf, runtime, .. } = &self.running;
        let context = Context {
            actor: Actor::Operator,
            request: wharf.new_request_id(),
            client: None,
        };
        let (wharf, address) = (wharf.clone(), email.parse().unwrap());
        let login = NewLogin::Password(SecretString::from(password));
        // On the server's own runtime, where its connections to the database live.
        let creating = runtime.spawn(async move {
            wharf
                .accounts()
                .create(&context, address, role, login)
                .await
        });
        creating.await.unwrap().unwrap();
        let client = self.client();
        let token = client.login(email, password).await;
        client.with_token(&token)
    }
}

impl Server {
    /// Makes so many users whom somebody else's login vouches for.
    pub(crate) async fn outsiders(&self, number: usize) {
        let Running { wharf, runtime, .. } = &self.running;
        let wharf = wharf.clone();
        let creating = runtime.spawn(async move {
            for number in 0..number {
                let context = Context {
                    actor: Actor::Operator,
                    request: wharf.new_request_id(),
                    client: None,
                };
                let subject = OutsideSubject::new("https://issuer.example", &number.to_string());
                let login = NewLogin::Outside(subject.unwrap());
                let email = format!("outsider{number}@example.org").parse().unwrap();
                let created = wharf
                    .accounts()
                    .create(&context, email, Role::Regular, login);
                created.await.unwrap();
            }
        });
        creating.await.unwrap();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed already.
            let _ = thread.join();
        }
    }
}

/// Runs a server until it is told to stop.
fn run(
    settings: &Settings,
    adjust: impl FnOnce(&mut State),
    started: oneshot::Sender<Running>,
    stopped: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        let wharf = Wharf::start(settings).await.unwrap();
        let listener = TcpListener::bind(settings.listen).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let mut state = State::new(wharf.clone(), settings);
        adjust(&mut state);
        let server = wharf_server::serve(state, listener).unwrap();
        let running = Running {
            url,
            wharf,
            runtime: Handle::current(),
        };
        assert!(started.send(running).is_ok(), "the test waits for it");
        let handle = server.handle();
        tokio::select! {
            ended = server => ended.unwrap(),
            _ = stopped => drop(handle.stop(false)),
        }
    });
}
