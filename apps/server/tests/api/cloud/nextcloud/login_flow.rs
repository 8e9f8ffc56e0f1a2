//! By logging in at the server's own page.

use super::*;
use futures_util::future::join_all;
use wharf_sandbox::{Fault, FaultRule, LoginUrl};

#[tokio::test]
async fn a_granted_login_is_connected_and_says_so_ever_after() {
    let scene = Scene::start().await;
    let (path, login_url) = scene.begin().await;
    let pending = scene.look(&path).await;
    assert_eq!(pending["status"], "pending");
    assert!(pending["expires_in"].as_u64().unwrap() > 1000, "{pending}");
    scene.grant(&login_url).await;
    let connected = scene.look(&path).await;
    assert_eq!(connected["status"], "connected", "{connected}");
    let connection = &connected["connection"];
    assert_eq!(connection["provider"], "nextcloud");
    assert_eq!(connection["server_url"], scene.access.files_url.as_str());
    assert_eq!(scene.look(&path).await, connected);
    assert_eq!(scene.app_passwords(), 1);
    let connection = text(&connection["id"]);
    stored(&scene.anna, &connection, "a.txt", b"a".to_vec())
        .await
        .expect(201);

    // The same account again: the same connection.
    let (path, login_url) = scene.begin().await;
    scene.grant(&login_url).await;
    let again = scene.look(&path).await;
    assert_eq!(again["connection"]["id"], connection.as_str());

    scene.disconnect(&connection).await;
    let ended = scene.look(&path).await;
    assert_eq!(
        (&ended["status"], &ended["connection"]),
        (&json!("connected"), &json!(null))
    );
}

// Nobody else can ask, connect, or find out that there is a flow.
#[tokio::test]
async fn a_flow_is_its_beginner_s_alone() {
    let scene = Scene::start().await;
    let ben = scene.server.regular("ben@example.org").await;
    let (path, login_url) = scene.begin().await;
    scene.grant(&login_url).await;
    let foreign = ben.get(&path).send().await.problem(404, "not_found");
    let nobody = format!("{FLOWS}/01900000-0000-7000-8000-000000000000");
    let unknown = ben.get(&nobody).send().await.problem(404, "not_found");
    assert_eq!(foreign["detail"], unknown["detail"]);
    assert_eq!(scene.look(&path).await["status"], "connected");
}

// The server tells it once, so that one asks and the others wait.
#[tokio::test]
async fn of_many_who_look_one_connects() {
    let scene = Scene::start().await;
    let (path, login_url) = scene.begin().await;
    scene.grant(&login_url).await;
    let looks = (0..8).map(|_| scene.anna.get(&path).send());
    let looks = join_all(looks).await;
    let connected = looks.into_iter().map(|answer| answer.expect(200).json());
    let connected = connected.filter(|it| it["status"] == "connected").count();
    assert!(connected >= 1);
    assert_eq!(scene.look(&path).await["status"], "connected");
    let requests = scene.sandbox.requests();
    let polls = requests
        .iter()
        .filter(|it| it.path.ends_with("/login/v2/poll"));
    assert_eq!(polls.count(), 1);
    assert_eq!(scene.app_passwords(), 1);
}

// O-12
#[tokio::test]
async fn a_server_that_leads_elsewhere_is_not_followed() {
    for url in [LoginUrl::Poll, LoginUrl::Login] {
        let scene = Scene::start().await;
        let origin = "http://169.254.169.254".to_owned();
        scene
            .sandbox
            .inject(FaultRule::on("*", Fault::ForeignOrigin { url, origin }));
        let start = json!({"server_url": scene.access.url});
        let refused = scene.anna.post(FLOWS).json(&start).send().await;
        refused.problem(422, "url_not_allowed");
    }
    let scene = Scene::start().await;
    let (path, login_url) = scene.begin().await;
    scene.grant(&login_url).await;
    let origin = "https://cloud.example.com".to_owned();
    let url = LoginUrl::Server;
    scene
        .sandbox
        .inject(FaultRule::on("*", Fault::ForeignOrigin { url, origin }));
    let failed = scene.look(&path).await;
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["reason"], "server_not_allowed");
    assert_eq!(failed["begin_again"], FLOWS);
    // The password that came is nobody's any more.
    assert_eq!(scene.app_passwords(), 0);
}

// What came but could not be connected is not left behind.
#[tokio::test]
async fn a_login_that_cannot_be_connected_leaves_no_password() {
    let scene = Scene::start().await;
    let (path, login_url) = scene.begin().await;
    scene.grant(&login_url).await;
    assert_eq!(scene.app_passwords(), 1);
    let refusal = Fault::Answer {
        status: 403,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    scene.sandbox.inject(FaultRule::on("PROPFIND *", refusal));
    let failed = scene.look(&path).await;
    assert_eq!(
        (&failed["status"], &failed["reason"]),
        (&json!("failed"), &json!("unconnected"))
    );
    assert_eq!(scene.app_passwords(), 0);
}

// The answer that the server gives once is lost: the flow comes to nothing, and says so in time.
#[tokio::test]
async fn a_lost_answer_leaves_the_flow_pending() {
    let scene = Scene::start().await;
    let (path, login_url) = scene.begin().await;
    scene.grant(&login_url).await;
    let rule = FaultRule::on("POST *login/v2/poll", Fault::LostAnswer);
    scene.sandbox.inject(rule.times(1));
    assert_eq!(scene.look(&path).await["status"], "pending");
    assert_eq!(scene.look(&path).await["status"], "pending");
}

// However many a user begins, five are kept.
#[tokio::test]
async fn the_oldest_of_many_flows_goes() {
    let scene = Scene::start().await;
    let (oldest, _) = scene.begin().await;
    let mut newest = String::new();
    for _ in 0..5 {
        (newest, _) = scene.begin().await;
    }
    scene
        .anna
        .get(&oldest)
        .send()
        .await
        .problem(404, "not_found");
    scene.anna.get(&newest).send().await.expect(200);
}
