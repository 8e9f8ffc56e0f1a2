//! `GET /api/users/me`.

use crate::support::server::Server;

#[tokio::test]
async fn everybody_sees_their_own_profile() {
    let server = Server::start().await;
    let anna = server.regular("Anna@Example.org").await;
    let profile = anna.get("/api/users/me").send().await.expect(200).json();
    insta::assert_json_snapshot!(profile, {
        ".id" => "[id]",
        ".created_at" => "[time]",
    }, @r#"
    {
      "created_at": "[time]",
      "default_storage": "house",
      "email": "anna@example.org",
      "id": "[id]",
      "role": "regular"
    }
    "#);
    let admin = server.admin("root@example.org").await;
    let profile = admin.get("/api/users/me").send().await.expect(200).json();
    assert_eq!((&profile["role"], &profile["email"]), (&"admin".into(), &"root@example.org".into()));
}
