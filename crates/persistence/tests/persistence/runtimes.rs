//! The server's workers are single-threaded runtimes of their own, beside the one that opened the
//! database; they come and go.

use std::thread;

use tokio::runtime::{Builder, Runtime};
use wharf_domain::ports::users::Users;
use wharf_domain::user::StoragePlace;

use crate::scratch::Scratch;

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
    // The first connections of the pool are made by workers that are gone afterwards.
    let anna = main.block_on(scratch.with_user());
    for _ in 0..3 {
        let database = scratch.database.clone();
        let id = anna.id;
        let worker = thread::spawn(move || {
            let worker = Builder::new_current_thread().enable_all().build().unwrap();
            worker.block_on(async {
                let several = (0..4).map(async |_| {
                    let changed = database
                        .set_default_storage(id, StoragePlace::House, &[])
                        .await;
                    assert!(changed.unwrap());
                    database.find(id).await.unwrap()
                });
                futures_util::future::join_all(several).await
            })
        });
        let found = worker.join().unwrap();
        assert_eq!(found, vec![Some(anna.clone()); 4]);
    }
    let found = main.block_on(scratch.database.find(anna.id));
    assert_eq!(found.unwrap(), Some(anna));
    main.block_on(async { drop(scratch) });
}
