//! Clears up behind work that was cancelled in the middle. It knows no storage.

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;

/// Undoes something unless it is told in time that it may stay.
///
/// A future that is dropped cannot await its own clean-up, so that runs in the background, on the
/// runtime on which the drop happens. It is best effort: a process that ends takes it along.
pub(crate) struct Undo(Option<BoxFuture<'static, ()>>);

impl Undo {
    /// Runs `undoing` when this is dropped.
    pub(crate) fn on_drop(undoing: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Some(Box::pin(undoing)))
    }

    /// What was done may stay.
    pub(crate) fn defuse(mut self) {
        self.0 = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        let Some(undoing) = self.0.take() else {
            return;
        };
        match Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn(undoing)),
            Err(_) => tracing::warn!("a part of an upload is left behind: no runtime to delete it"),
        }
    }
}
