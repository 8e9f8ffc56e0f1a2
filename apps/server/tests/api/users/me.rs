//! `GET /api/users/me`.

use serde_json::json;

use crate::support::server::Server;

#[tokio::test]
async fn everybody_sees_their_own_profile() {
    let server = Server::start().await;
    let anna = server.regular("Anna@Example.org").await;
    let profile = anna.get("/api/users/me").send().await.expect(200).json();
    let expected = json!({
        "id": profile["id"],
        "email": "anna@example.org",
        "role": "regular",
        "default_storage": "house",
        "created_at": profile["created_at"],
    });
    assert_eq!(profile, expected);
    assert!(
        profile["created_at"].as_str().unwrap().ends_with('Z'),
        "{profile}"
    );
    let admin = server.admin("root@example.org").await;
    let profile = admin.get("/api/users/me").send().await.expect(200).json();
    assert_eq!(
        (&profile["role"], &profile["email"]),
        (&"admin".into(), &"root@example.org".into())
    );
}
