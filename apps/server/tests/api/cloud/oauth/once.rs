//! An answer is taken once, however often it comes (O-02).

use futures_util::future::join_all;

use serde_json::json;

use crate::support::consent::{ANNA, Consenting, GOOGLE, begin, grant, outcome, parameter};
use crate::support::environment;
use crate::support::postgres::Database;
use crate::support::settings::Settings;

#[tokio::test]
async fn of_a_hundred_equal_answers_one_connects_in_process() {
    one_of_a_hundred(&Consenting::start().await).await;
}

#[tokio::test]
async fn of_a_hundred_equal_answers_one_connects_in_redis() {
    let redis = environment::redis_url();
    one_of_a_hundred(&Consenting::with(|settings| settings.redis(&redis)).await).await;
}

// O-02
async fn one_of_a_hundred(scene: &Consenting) {
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    let answers = (0..100).map(|_| scene.bring(&back, Some(&begun.cookie)));
    let answers = join_all(answers).await;

    let (won, lost): (Vec<_>, Vec<_>) =
        answers.into_iter().partition(|answer| answer.status == 303);
    assert_eq!(won.len(), 1);
    for answer in lost {
        answer.problem(400, "invalid_state");
    }
    assert_eq!(scene.asked("POST", "/token"), 1);
    assert_eq!(scene.connections().await.len(), 1);
}

#[tokio::test]
async fn an_answer_that_could_not_be_read_comes_again_in_process() {
    let database = Database::fresh().await;
    let scene = Consenting::with(|settings| settings.database(&database.url)).await;
    comes_again(&scene, &database).await;
}

#[tokio::test]
async fn an_answer_that_could_not_be_read_comes_again_in_redis() {
    let (database, redis) = (Database::fresh().await, environment::redis_url());
    let settings = |settings: Settings| settings.database(&database.url).redis(&redis);
    comes_again(&Consenting::with(settings).await, &database).await;
}

// O-02: whoever is told to come again is taken then, and still one of all who come.
async fn comes_again(scene: &Consenting, database: &Database) {
    let go = "ALTER TABLE user_keys RENAME TO user_keys_away";
    let come_back = "ALTER TABLE user_keys_away RENAME TO user_keys";
    let begun = begin(&scene.anna, GOOGLE).await;
    let back = grant(&begun, ANNA).await;
    database.column(go).await;
    for _ in 0..2 {
        let answer = scene.bring(&back, Some(&begun.cookie)).await;
        answer.problem(503, "database_unavailable");
    }
    database.column(come_back).await;
    let answers = (0..20).map(|_| scene.bring(&back, Some(&begun.cookie)));
    let answers = join_all(answers).await;
    let won = answers.iter().filter(|answer| answer.status == 303);
    assert_eq!(won.count(), 1);
    assert_eq!(scene.asked("POST", "/token"), 1);
    assert_eq!(scene.connections().await.len(), 1);

    // The same for a code that waits for its user.
    let begun = begin(&scene.anna, GOOGLE).await;
    let location = scene.come_back(&grant(&begun, ANNA).await, None).await;
    assert_eq!(outcome(&location), "confirm");
    let confirmation = parameter(&location, "confirmation").unwrap();
    let complete = async || {
        let call = scene.anna.post("/api/cloud/oauth/complete");
        call.json(&json!({"confirmation": confirmation}))
            .send()
            .await
    };
    database.column(go).await;
    complete().await.problem(503, "database_unavailable");
    database.column(come_back).await;
    complete().await.expect(200);
    complete().await.problem(400, "invalid_state");
}
