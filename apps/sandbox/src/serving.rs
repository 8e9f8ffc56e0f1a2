//! The thread that serves: which request goes where, and through what.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::mpsc;
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};

use crate::connection::Connection;
use crate::simulation::Simulation;
use crate::{control, fault, google, identity, log, microsoft, nextcloud, odd, tls, webdav};

const WORKERS: usize = 2;

/// A server and the thread that it runs on.
pub(crate) struct Serving {
    handle: ServerHandle,
    thread: Option<JoinHandle<io::Result<()>>>,
}

/// Serves on a thread with a runtime of its own, so that no caller's runtime matters.
pub(crate) fn serve(
    listener: TcpListener,
    tls: Option<tls::Identity>,
    simulation: web::Data<Simulation>,
) -> io::Result<Serving> {
    let (started, start) = mpsc::sync_channel(1);
    let thread = thread::Builder::new()
        .name("wharf-sandbox".to_owned())
        .spawn(move || {
            rt::System::new().block_on(async {
                let listener = match tls {
                    Some(identity) => behind_tls(listener, identity)?,
                    None => listener,
                };
                let app = move || {
                    let simulation = simulation.clone();
                    App::new().app_data(simulation).configure(routes)
                };
                let server = HttpServer::new(app)
                    .workers(WORKERS)
                    .disable_signals()
                    .on_connect(|accepted, data| {
                        if let Some(connection) = Connection::of(accepted) {
                            data.insert(connection);
                        }
                    })
                    .listen(listener)?
                    .run();
                // The receiver waits for exactly this.
                let _ = started.send(server.handle());
                server.await
            })
        })?;
    match start.recv() {
        Ok(handle) => Ok(Serving {
            handle,
            thread: Some(thread),
        }),
        Err(_) => Err(match thread.join() {
            Ok(Err(error)) => error,
            _ => io::Error::other("the sandbox's thread ended before it served"),
        }),
    }
}

/// Puts TLS before the server; the server itself listens on a port of its own.
fn behind_tls(listener: TcpListener, identity: tls::Identity) -> io::Result<TcpListener> {
    listener.set_nonblocking(true)?;
    let outer = tokio::net::TcpListener::from_std(listener)?;
    let inner = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))?;
    rt::spawn(tls::front(outer, identity, inner.local_addr()?));
    Ok(inner)
}

/// The URL table. The middleware that comes last is met first.
fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::scope(control::BASE).configure(control::routes))
        .service(
            web::scope("")
                .wrap(from_fn(fault::apply))
                .wrap(from_fn(log::record))
                .wrap(from_fn(identity::read_form))
                .service(web::resource("/dav/{path:.*}").to(webdav::handle))
                .service(web::resource("/moved/dav/{path:.*}").to(webdav::handle))
                .service(web::resource("/odd/{scenario}/{path:.*}").to(odd::handle))
                .configure(google::routes)
                .configure(microsoft::routes)
                .configure(nextcloud::routes),
        );
}

impl Drop for Serving {
    fn drop(&mut self) {
        // The command is on its way as soon as `stop` returns; the thread's end is the answer.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // Whatever went wrong there has nobody left to concern.
            let _ = thread.join();
        }
    }
}
