//! Work that must outlive the request that asked for it.
//!
//! A server may drop a request's future when its client hangs up. What must come to its end all the
//! same (storing the last bytes *and* the row that points at them) runs here, on a runtime that lives
//! as long as the process. See ADR 0008.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::error::ServiceError;

/// How long a job that panicked rests before it begins again.
const PAUSE: Duration = Duration::from_secs(5);

/// Runs work on the runtime that made it, whoever asks.
#[derive(Clone, Debug)]
pub struct Tasks {
    runtime: Handle,
    running: TaskTracker,
    stopping: CancellationToken,
}

impl Tasks {
    /// Tasks that run on this runtime.
    pub fn new(runtime: Handle) -> Self {
        Self {
            runtime,
            running: TaskTracker::new(),
            stopping: CancellationToken::new(),
        }
    }

    /// Runs `work` to its end, even if the caller does not wait for it.
    ///
    /// # Errors
    /// [`ServiceError::Aborted`] if it panicked or its runtime is gone.
    pub async fn complete<T>(
        &self,
        work: impl Future<Output = Result<T, ServiceError>> + Send + 'static,
    ) -> Result<T, ServiceError>
    where
        T: Send + 'static,
    {
        match self.running.spawn_on(work, &self.runtime).await {
            Ok(result) => result,
            Err(_) => Err(ServiceError::Aborted),
        }
    }

    /// What counts them, for work of others that the end must wait for as well.
    pub fn tracker(&self) -> &TaskTracker {
        &self.running
    }

    /// Runs a job as long as the process lives. It is told when to stop, and begins again if it panics.
    pub fn background<F>(&self, job: impl Fn(CancellationToken) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let (runtime, stopping) = (self.runtime.clone(), self.stopping.clone());
        let supervising = async move {
            while runtime.spawn(job(stopping.clone())).await.is_err() {
                tracing::error!("a background job panicked and begins again");
                stopping.run_until_cancelled(sleep(PAUSE)).await;
                if stopping.is_cancelled() {
                    return;
                }
            }
        };
        drop(self.running.spawn_on(supervising, &self.runtime));
    }

    /// Tells the jobs to stop, and waits until they have and all work that was begun has ended. New
    /// work should not be begun any more.
    pub async fn drain(&self) {
        self.stopping.cancel();
        self.running.close();
        self.running.wait().await;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::{Arc, Mutex};

    use super::*;

    #[tokio::test]
    async fn work_ends_though_its_caller_hung_up() {
        let tasks = Tasks::new(Handle::current());
        let (go, wait) = tokio::sync::oneshot::channel::<()>();
        let (done, mut outcome) = tokio::sync::oneshot::channel();
        let mut request = Box::pin(tasks.complete(async move {
            let _ = wait.await;
            let _ = done.send("stored");
            Ok(())
        }));
        assert!(futures_util::poll!(&mut request).is_pending());
        assert!(outcome.try_recv().is_err());

        drop(request);
        go.send(()).unwrap();
        tasks.drain().await;

        assert_eq!(outcome.try_recv(), Ok("stored"));
    }

    #[tokio::test]
    async fn a_job_runs_until_it_is_told_to_stop() {
        let tasks = Tasks::new(Handle::current());
        let (stopped, mut outcome) = tokio::sync::oneshot::channel();
        let stopped = Arc::new(Mutex::new(Some(stopped)));
        tasks.background(move |stopping| {
            let stopped = Arc::clone(&stopped);
            async move {
                stopping.cancelled().await;
                let _ = stopped.lock().unwrap().take().unwrap().send("stopped");
            }
        });
        tokio::task::yield_now().await;
        assert!(outcome.try_recv().is_err());

        tasks.drain().await;

        assert_eq!(outcome.try_recv(), Ok("stopped"));
    }

    #[tokio::test(start_paused = true)]
    async fn a_job_that_panics_begins_again() {
        let tasks = Tasks::new(Handle::current());
        let beginnings = AtomicU32::new(0);
        let (well, mut outcome) = tokio::sync::mpsc::channel(1);
        tasks.background(move |stopping| {
            let beginning = beginnings.fetch_add(1, Ordering::Relaxed);
            let well = well.clone();
            async move {
                assert!(beginning >= 2, "planted");
                well.send(beginning).await.unwrap();
                stopping.cancelled().await;
            }
        });
        assert_eq!(outcome.recv().await, Some(2));
        tasks.drain().await;
    }

    #[tokio::test]
    async fn a_panic_is_an_error_for_its_caller_alone() {
        let tasks = Tasks::new(Handle::current());
        let outcome = tasks.complete::<()>(async { panic!("planted") }).await;
        assert!(matches!(outcome, Err(ServiceError::Aborted)));
    }
}
