//! The HTTP server: its limits, its routes, its start and its end.

use std::io;
use std::net::TcpListener;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Condition, from_fn};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{App, HttpServer, web};

use crate::connection;
use crate::error::{ApiError, Code};
use crate::middleware::{cors, envelope};
use crate::routes;
use crate::state::State;

/// How long a client may take to send the head of a request (D-01).
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a connection may be idle (D-01).
const KEEP_ALIVE: Duration = Duration::from_secs(60);
/// How long a connection may take to close, and how long an unread body is read on.
const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How many connections there may be at once (D-01).
const MAX_CONNECTIONS: usize = 4096;
/// How long requests may take to end once the server is told to stop, in seconds.
const SHUTDOWN_SECS: u64 = 30;

/// Adds every route and what surrounds it: what production and tests have in common.
pub fn configure(config: &mut ServiceConfig, state: &State) {
    let cors = Condition::new(!state.cors_origins.is_empty(), cors(&state.cors_origins));
    let routes = routes::add_to(web::scope(""))
        .default_service(web::route().to(unknown_route))
        .wrap(cors)
        .wrap(from_fn(envelope));
    // A target that is no path, such as `*`, belongs to no scope.
    let elsewhere = web::route().to(unknown_route).wrap(from_fn(envelope));
    config
        .app_data(Data::new(state.clone()))
        .service(routes)
        .default_service(elsewhere);
}

async fn unknown_route() -> Result<&'static str, ApiError> {
    Err(Code::UnknownRoute.into())
}

/// Starts to serve on `listener`, until the handle of the returned server stops it.
///
/// # Errors
/// If the listener cannot be used.
pub fn serve(state: State, listener: TcpListener) -> io::Result<Server> {
    let workers = available_parallelism().map_or(1, usize::from);
    let bounded = connection::bounded(state.client_patience);
    let server = HttpServer::new(move || App::new().configure(|config| configure(config, &state)))
        .workers(workers)
        .max_connections(MAX_CONNECTIONS.div_ceil(workers))
        .client_request_timeout(REQUEST_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .on_connect(bounded)
        .shutdown_timeout(SHUTDOWN_SECS)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}
