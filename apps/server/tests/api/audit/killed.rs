//! A server that is killed without any warning, again and again, while it places events (L-05).

use serde_json::json;

use super::{admin_of, events, verdict};
use crate::support::process::Process;

/// Each change that was acknowledged has its event, none has two, and the chain is whole.
#[tokio::test]
async fn no_event_is_lost_and_none_is_there_twice() {
    let mut process = Process::start().await;
    let admin = admin_of(&process, "root@example.org").await;
    let anna = process.regular("anna@example.org", "a good password").await;
    let choose = json!({"storage": "house"});
    let (mut asked, mut done) = (0_usize, 0_usize);
    for _ in 0..4 {
        // Goes on until the server is gone in the middle of something.
        let asking = async {
            loop {
                asked += 1;
                let call = anna.patch("/api/users/me/default-storage").json(&choose);
                match call.try_stream().await {
                    Ok(answer) if answer.status() == 200 => done += 1,
                    _ => break,
                }
            }
        };
        let killing = async {
            tokio::time::sleep(std::time::Duration::from_millis(1_300)).await;
            process.kill();
        };
        tokio::join!(asking, killing);
        process.kill_and_restart().await;
    }
    assert!(done > 20, "{done} of {asked}");

    let checked = verdict(&admin).await;
    assert_eq!(checked["sound"], true, "{checked}");
    let events = events(&admin).await;
    let changes = |event: &&serde_json::Value| event["action"] == "storage.default_changed";
    let listed = events.iter().filter(changes).count();
    if checked["events"].as_u64() <= Some(1_000) {
        assert!(done <= listed && listed <= asked, "{done} {listed} {asked}");
    }
    let made = checked["events"].as_u64().unwrap() as usize;
    // Two accounts, two log-ins, and the changes.
    assert!(
        (done + 4..=asked + 4).contains(&made),
        "{made}: {done} to {asked}"
    );
}
