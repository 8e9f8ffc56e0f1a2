//! Clears up behind work that was cancelled in the middle. It knows no storage.

use std::time::Duration;

use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio_util::task::TaskTracker;

/// The longest that a clean-up may take: whoever ends the process waits for it. It covers the last of its
/// attempts at a server that is slow, not at one that answers nothing.
const PATIENCE: Duration = Duration::from_secs(45);

/// When a clean-up is tried. A server may still be busy with what is to be undone, so that what is not there
/// is looked for again.
const DELAYS: &[Duration] = &[
    Duration::ZERO,
    Duration::from_millis(500),
    Duration::from_secs(3),
];

/// Where clean-ups run that nobody waits for at the moment: on a runtime that outlives them, and counted,
/// so that the end of the process can wait for them.
#[derive(Clone, Debug)]
pub struct Background {
    runtime: Handle,
    running: TaskTracker,
}

impl Background {
    /// Runs on this runtime what `running` counts.
    pub const fn new(runtime: Handle, running: TaskTracker) -> Self {
        Self { runtime, running }
    }
}

/// Undoes something unless it is told in time that it may stay.
///
/// A future that is dropped cannot await its own clean-up, so that runs in the background. It is best
/// effort: it ends after 45 seconds, and a process that is killed takes it along.
pub(crate) struct Undo {
    undoing: Option<BoxFuture<'static, ()>>,
    background: Background,
}

impl Undo {
    /// Runs `undoing` when this is dropped.
    pub(crate) fn on_drop(
        background: &Background,
        undoing: impl Future<Output = ()> + Send + 'static,
    ) -> Self {
        Self {
            undoing: Some(Box::pin(undoing)),
            background: background.clone(),
        }
    }

    /// What was done may stay.
    pub(crate) fn defuse(mut self) {
        self.undoing = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        let Some(undoing) = self.undoing.take() else {
            return;
        };
        let Background { runtime, running } = &self.background;
        let bounded = async move {
            if tokio::time::timeout(PATIENCE, undoing).await.is_err() {
                tracing::warn!("a part of an upload may be left behind: deleting it took too long");
            }
        };
        running.spawn_on(bounded, runtime);
    }
}

/// Clears something up, after each of the delays until that succeeds.
pub(crate) async fn persistently<F, E>(clear: impl Fn() -> F + Send)
where
    F: Future<Output = Result<(), E>> + Send,
    E: Send,
{
    for delay in DELAYS {
        tokio::time::sleep(*delay).await;
        if clear().await.is_ok() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    fn background() -> Background {
        Background::new(Handle::current(), TaskTracker::new())
    }

    /// What undoes something in two steps, and whether it has.
    fn undoing() -> (impl Future<Output = ()> + Send + 'static, Arc<AtomicBool>) {
        let is_undone = Arc::new(AtomicBool::new(false));
        let undone = Arc::clone(&is_undone);
        let undoing = async move {
            tokio::task::yield_now().await;
            undone.store(true, Ordering::Relaxed);
        };
        (undoing, is_undone)
    }

    async fn end(Background { running, .. }: &Background) {
        running.close();
        running.wait().await;
    }

    // dropped on a thread that no runtime knows, and awaited all the same.
    #[tokio::test]
    async fn whoever_waits_for_the_end_waits_for_what_is_undone() {
        let background = background();
        let (undoing, is_undone) = undoing();
        let undo = Undo::on_drop(&background, undoing);
        std::thread::spawn(|| drop(undo)).join().unwrap();
        end(&background).await;
        assert!(is_undone.load(Ordering::Relaxed));
    }

    #[tokio::test]
    async fn what_may_stay_is_not_undone() {
        let background = background();
        let (undoing, is_undone) = undoing();
        Undo::on_drop(&background, undoing).defuse();
        end(&background).await;
        assert!(!is_undone.load(Ordering::Relaxed));
    }
}
