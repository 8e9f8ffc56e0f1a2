//! The server's workers are single-threaded runtimes of their own, beside the one that opened the
//! database; they come and go.

use std::time::Duration;

use futures_util::future::join_all;
use tokio::runtime::{Builder, Runtime};
use tokio::time::timeout;
use wharf_domain::ports::users::{DefaultStorageChosen, Users};
use wharf_domain::user::StoragePlace;
use wharf_persistence::DatabaseOptions;

use crate::scratch::Scratch;

/// Far longer than any query takes.
const HANGS: Duration = Duration::from_secs(30);

#[test]
fn sqlite_is_used_from_workers_that_come_and_go() {
    let main = Runtime::new().unwrap();
    let scratch = main.block_on(Scratch::sqlite());
    a_database_outlives_the_workers_that_use_it(&main, scratch);
}

#[test]
fn postgres_is_used_from_workers_that_come_and_go() {
    let main = Runtime::new().unwrap();
    let scratch = main.block_on(Scratch::postgres());
    a_database_outlives_the_workers_that_use_it(&main, scratch);
}

fn a_database_outlives_the_workers_that_use_it(main: &Runtime, scratch: Scratch) {
    let anna = main.block_on(scratch.with_user());
    let database = main.block_on(scratch.place.open(DatabaseOptions::default()));
    for _ in 0..2 {
        let worker = Builder::new_current_thread().enable_all().build().unwrap();
        // Makes the pool's connections, where the worker before has not.
        let found = worker.block_on(join_all((0..4).map(async |_| {
            let house = StoragePlace::House;
            let changed = database.set_default_storage(anna.id, house, &[]).await;
            assert_eq!(changed.unwrap(), DefaultStorageChosen::Done);
            database.find(anna.id).await.unwrap()
        })));
        assert_eq!(found, vec![Some(anna.clone()); 4]);

        // The worker stands still here, and its connections must not.
        let found = main.block_on(async {
            let found = join_all((0..4).map(|_| database.find(anna.id)));
            timeout(HANGS, found)
                .await
                .expect("a connection stands still")
        });
        let found: Vec<_> = found.into_iter().map(Result::unwrap).collect();
        assert_eq!(found, vec![Some(anna.clone()); 4]);
    }
    main.block_on(async { drop((database, scratch)) });
}
