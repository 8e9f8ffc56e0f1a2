//! Readings that end when the test lets them, counted as they begin.

use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use futures_util::future::join_all;
use futures_util::poll;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

/// A storage whose n-th reading gives the number n.
#[derive(Clone)]
struct Storage {
    begun: Arc<AtomicUsize>,
    gate: Arc<Semaphore>,
    fails: bool,
}

type Reading = Pin<Box<dyn Future<Output = Result<u32, ServiceError>> + Send>>;

impl Storage {
    fn new() -> Self {
        Self {
            begun: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
            fails: false,
        }
    }

    fn read(&self) -> Reading {
        let Self { begun, gate, fails } = self.clone();
        Box::pin(async move {
            let number = begun.fetch_add(1, Ordering::SeqCst) + 1;
            gate.acquire().await.unwrap().forget();
            if fails {
                return Err(ServiceError::RequiresReauth);
            }
            Ok(u32::try_from(number).unwrap())
        })
    }

    /// Lets so many readings end.
    fn release(&self, readings: usize) {
        self.gate.add_permits(readings);
    }

    /// Waits until so many readings have begun.
    async fn has_begun(&self, readings: usize) {
        while self.begun.load(Ordering::SeqCst) < readings {
            tokio::task::yield_now().await;
        }
    }
}

fn flights() -> Flights<Route, u32> {
    Flights::new(Tasks::new(Handle::current()))
}

/// A folder between two changes.
type Route = (String, u32);

fn route(folder: &str) -> Route {
    (folder.to_owned(), 1)
}

/// Which reading it was.
#[track_caller]
fn number(landed: &Landed<u32>) -> u32 {
    *landed.as_ref().unwrap()
}

#[tokio::test]
async fn all_who_come_in_time_share_one_reading() {
    let (flights, storage) = (flights(), Storage::new());
    storage.release(1);
    let callers = (0..100).map(|_| flights.share(route("a"), Join::Any, || storage.read()));
    for landed in join_all(callers).await {
        assert_eq!(number(&landed), 1);
    }
    assert!(flights.state().under_way.is_empty());
}

#[tokio::test]
async fn other_folders_and_later_generations_are_read_apart() {
    let (flights, storage) = (flights(), Storage::new());
    storage.release(3);
    let later = ("a".to_owned(), 2);
    let routes = [route("a"), route("b"), later];
    let callers = routes.map(|route| flights.share(route, Join::Any, || storage.read()));
    let mut numbers: Vec<u32> = join_all(callers).await.iter().map(number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3]);
}

#[tokio::test]
async fn who_hangs_up_does_not_end_the_reading_of_the_others() {
    let (flights, storage) = (flights(), Storage::new());
    let mut first = Box::pin(flights.share(route("a"), Join::Any, || storage.read()));
    assert!(poll!(&mut first).is_pending());
    let mut second = Box::pin(flights.share(route("a"), Join::Any, || storage.read()));
    assert!(poll!(&mut second).is_pending());

    drop(first);
    storage.release(1);
    assert_eq!(number(&second.await), 1);
}

#[tokio::test]
async fn an_error_is_told_to_all_who_wait_and_to_nobody_later() {
    let (flights, mut storage) = (flights(), Storage::new());
    storage.fails = true;
    storage.release(1);
    let callers = (0..10).map(|_| flights.share(route("a"), Join::Any, || storage.read()));
    for landed in join_all(callers).await {
        assert!(matches!(*landed.unwrap_err(), ServiceError::RequiresReauth));
    }

    storage.fails = false;
    storage.release(1);
    let later = flights
        .share(route("a"), Join::Any, || storage.read())
        .await;
    assert_eq!(number(&later), 2);
}

#[tokio::test]
async fn a_panic_is_an_error_for_all_who_wait() {
    let flights = flights();
    let panics = || async { panic!("planted") };
    let callers = (0..3).map(|_| flights.share(route("a"), Join::Any, panics));
    for landed in join_all(callers).await {
        assert!(matches!(*landed.unwrap_err(), ServiceError::Aborted));
    }
    assert!(flights.state().under_way.is_empty());
}

#[tokio::test]
async fn who_wants_it_fresh_waits_for_a_reading_that_began_after_they_came() {
    let (flights, storage) = (flights(), Storage::new());
    let mut first = Box::pin(flights.share(route("a"), Join::Later, || storage.read()));
    assert!(poll!(&mut first).is_pending());
    storage.has_begun(1).await;

    // Ten come while the first reading is under way: they share the next one.
    let mut later =
        Box::pin(join_all((0..10).map(|_| {
            flights.share(route("a"), Join::Later, || storage.read())
        })));
    assert!(poll!(&mut later).is_pending());
    storage.release(2);
    assert_eq!(number(&first.await), 1);
    for landed in later.await {
        assert_eq!(number(&landed), 2);
    }
}

#[tokio::test]
async fn beyond_the_bound_everybody_reads_for_themselves() {
    let (flights, storage) = (flights(), Storage::new());
    let mut waiting = Box::pin(join_all((0..Flights::<Route, u32>::MAX).map(|number| {
        let folder = number.to_string();
        flights.share(route(&folder), Join::Any, || storage.read())
    })));
    assert!(poll!(&mut waiting).is_pending());
    storage.has_begun(Flights::<Route, u32>::MAX).await;

    let alone = [(); 2].map(|()| flights.share(route("a"), Join::Any, || storage.read()));
    let mut alone = Box::pin(join_all(alone));
    assert!(poll!(&mut alone).is_pending());
    assert_eq!(flights.state().under_way.len(), Flights::<Route, u32>::MAX);
    storage.has_begun(Flights::<Route, u32>::MAX + 2).await;

    storage.release(Flights::<Route, u32>::MAX + 2);
    let (waiting, alone) = (waiting.await, alone.await);
    assert!(waiting.iter().chain(&alone).all(Result::is_ok));
}
