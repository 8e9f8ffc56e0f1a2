//! An answer is taken once, however often it comes (O-02).

use futures_util::future::join_all;

use crate::support::consent::{ANNA, Consenting, GOOGLE, begin, grant};
use crate::support::environment;

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
