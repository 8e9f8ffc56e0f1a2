//! HTTP over guarded connections: the pool, and how much of an answer waits in memory. Knows
//! nothing of URLs or rules.

use std::time::Duration;

use hyper::body::Body;
use hyper::rt::Executor;
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::Connect;
use hyper_util::rt::TokioTimer;
use tokio::runtime::Handle;

use crate::Connector;

/// A `hyper_util` client over guarded, pooled connections: one for everybody, and cheap to clone.
pub type Pooled<B> = legacy::Client<Connector, B>;

/// Sends requests over pooled connections.
pub(crate) type Transport = Pooled<reqwest::Body>;

/// The most of a connection's answers that waits for its reader. It bounds the head of an answer too.
const HTTP1_BUFFER: usize = 64 * 1024;

/// The same for one answer of several on a connection. 256 KiB over 20 ms are 100 Mbit/s.
const HTTP2_STREAM_WINDOW: u32 = 4 * 64 * 1024;

/// All of them together. It has room for the windows of 128 answers, for where it is full, those whose
/// readers are slow would keep all others on the connection waiting. It costs what does wait, no more.
const HTTP2_CONNECTION_WINDOW: u32 = 128 * HTTP2_STREAM_WINDOW;

/// How long a connection without a request is kept. It stands under the verdict of the moment when it
/// was made, so it must not stand for long (S-08).
const IDLE: Duration = Duration::from_secs(60);

/// The most such connections to one origin.
const MAX_IDLE: usize = 32;

/// A transport whose connections are driven by that runtime.
pub(crate) fn over<C, B>(connector: C, runtime: Handle) -> legacy::Client<C, B>
where
    C: Connect + Clone,
    B: Body + Send,
    B::Data: Send,
{
    legacy::Client::builder(OnRuntime(runtime))
        .pool_timer(TokioTimer::new())
        .pool_idle_timeout(IDLE)
        .pool_max_idle_per_host(MAX_IDLE)
        .http1_max_buf_size(HTTP1_BUFFER)
        .http2_initial_stream_window_size(HTTP2_STREAM_WINDOW)
        .http2_initial_connection_window_size(HTTP2_CONNECTION_WINDOW)
        .build(connector)
}

/// Spawns on one runtime, whichever asks.
#[derive(Clone)]
struct OnRuntime(Handle);

impl<F> Executor<F> for OnRuntime
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}

#[cfg(test)]
#[path = "transport_tests.rs"]
mod tests;
