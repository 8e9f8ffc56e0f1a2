//! OCS: who asks, what the installation can do, and giving an app password back.

use serde_json::{Value, json};
use wharf_sandbox::Quota;

use super::{anna, ben, element};
use crate::client::call;

#[test]
fn the_user_id_is_found_by_asking() {
    let (_sandbox, anna) = anna();
    for version in ["v1", "v2"] {
        let answer = anna.ocs("GET", &format!("{version}.php/cloud/user?format=json"));
        let answer = answer.send().json();
        let number = if version == "v1" { 100 } else { 200 };
        assert_eq!(answer["ocs"]["meta"]["statuscode"], number);
        assert_eq!(answer["ocs"]["data"]["id"], anna.user_id);
        assert_eq!(answer["ocs"]["data"]["quota"]["quota"], -3);
    }
}

#[test]
fn the_quota_is_told_there_too() {
    let (sandbox, _) = anna();
    let ben = ben(&sandbox);
    assert_eq!(ben.put("a", b"12345"), 201);
    assert!(
        sandbox
            .nextcloud()
            .set_quota(&ben.login_name, Quota::Bytes(20))
    );
    let answer = ben
        .ocs("GET", "v2.php/cloud/user?format=json")
        .send()
        .json();
    assert_eq!(
        answer["ocs"]["data"]["quota"],
        json!({"free": 15, "used": 5, "total": 20, "relative": 25, "quota": 20})
    );
}

#[test]
fn xml_comes_where_json_is_not_asked_for() {
    let (_sandbox, anna) = anna();
    let answer = anna.ocs("GET", "v1.php/cloud/user").send();
    assert_eq!(
        answer.header("Content-Type"),
        "application/xml; charset=utf-8"
    );
    let text = answer.text();
    assert_eq!(element(&text, "statuscode"), Some("100"));
    assert_eq!(element(&text, "id"), Some(&*anna.user_id));
    assert_eq!(element(&text, "enabled"), Some("1"));
    let accepting = anna
        .ocs("GET", "v1.php/cloud/user")
        .header("Accept", "application/json");
    assert_eq!(accepting.send().json()["ocs"]["data"]["id"], anna.user_id);
}

#[test]
fn capabilities_say_how_large_chunks_may_be() {
    let (_sandbox, anna) = anna();
    let path = "v2.php/cloud/capabilities?format=json";
    let data = anna.ocs("GET", path).send().json()["ocs"]["data"].clone();
    let files = &data["capabilities"]["files"];
    assert_eq!(
        files["chunked_upload"],
        json!({"max_size": 104_857_600, "max_parallel_count": 5})
    );
    assert_eq!(
        (&files["bigfilechunking"], &files["undelete"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(data["version"]["major"], 32);
    let anonymous =
        call("GET", format!("{}/ocs/{path}", anna.url)).header("OCS-APIRequest", "true");
    let anonymous = anonymous.send().json();
    assert_eq!(anonymous["ocs"]["data"]["version"]["major"], 32);
    assert_eq!(
        anonymous["ocs"]["data"]["capabilities"]["files"],
        Value::Null
    );
}

#[test]
fn the_header_that_says_so_is_required() {
    let (_sandbox, anna) = anna();
    let answer = anna
        .call("GET", "/ocs/v1.php/cloud/user?format=json")
        .send();
    assert_eq!(answer.status, 412);
    assert_eq!(answer.json(), json!({"message": "CSRF check failed"}));
}

#[test]
fn wrong_credentials_and_unknown_calls_are_refused_in_the_envelope() {
    let (_sandbox, anna) = anna();
    let stranger = anna.with("wrong");
    for version in ["v1", "v2"] {
        let path = format!("{version}.php/cloud/user?format=json");
        let answer = stranger.ocs("GET", &path).send();
        assert_eq!(answer.status, 401);
        assert_eq!(answer.json()["ocs"]["meta"]["statuscode"], 997);
        let path = format!("{version}.php/cloud/nothing?format=json");
        let answer = anna.ocs("GET", &path).send();
        assert_eq!(answer.status, if version == "v1" { 200 } else { 404 });
        assert_eq!(answer.json()["ocs"]["meta"]["statuscode"], 404);
    }
}

#[test]
fn an_app_password_revokes_itself_and_the_persons_own_does_not() {
    let (sandbox, anna) = anna();
    let nextcloud = sandbox.nextcloud();
    let password = nextcloud.add_app_password(&anna.login_name, "one").unwrap();
    let other = nextcloud.add_app_password(&anna.login_name, "two").unwrap();
    let revoke = |password: &str| {
        let client = anna.with(password);
        client
            .ocs("DELETE", "v2.php/core/apppassword")
            .send()
            .status
    };
    assert_eq!(revoke(&anna.password), 403);
    assert!(anna.with(&password).get("Welcome.txt").is_some());
    assert_eq!(revoke(&password), 200);
    assert_eq!(
        anna.with(&password)
            .files("GET", "Welcome.txt")
            .send()
            .status,
        401
    );
    assert_eq!(revoke(&password), 401);
    let left = nextcloud.state().app_passwords;
    let names: Vec<&str> = left.iter().map(|left| &*left.name).collect();
    assert_eq!(names, ["two"]);
    assert!(anna.with(&other).get("Welcome.txt").is_some());
    assert_eq!(nextcloud.revoke_app_passwords(&anna.login_name), 1);
    assert_eq!(
        anna.with(&other).files("GET", "Welcome.txt").send().status,
        401
    );
}

#[test]
fn the_status_page_needs_no_credentials() {
    let (_sandbox, anna) = anna();
    let status = call("GET", format!("{}/status.php", anna.url))
        .send()
        .json();
    assert_eq!(status["productname"], "Nextcloud");
    assert_eq!(
        (&status["installed"], &status["maintenance"]),
        (&json!(true), &json!(false))
    );
}
