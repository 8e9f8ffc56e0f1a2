//! A folder through the only connection that one has of a provider.

use wharf_sandbox::Sandbox;

use super::BY_PROVIDER;
use crate::support::scene::connect;
use crate::support::server::Server;
use crate::support::storage::account;

#[tokio::test]
async fn a_provider_is_known_connected_and_unambiguous() {
    let server = Server::start().await;
    let anna = server.regular("anna@example.org").await;
    anna.get("/api/cloud/folders/gopher/root")
        .send()
        .await
        .problem(404, "unknown_provider");
    anna.get(BY_PROVIDER)
        .send()
        .await
        .problem(404, "not_connected");

    let sandbox = Sandbox::start();
    let first = connect(&anna, &account(&sandbox.webdav())).await;
    anna.get(BY_PROVIDER).send().await.expect(200);
    let ben = sandbox.add_account("ben", "a password");
    let second = connect(&anna, &account(&ben)).await;
    anna.get(BY_PROVIDER)
        .send()
        .await
        .problem(409, "connection_ambiguous");
    for id in [&first, &second] {
        let page = anna
            .get(BY_PROVIDER)
            .query("connection_id", id)
            .send()
            .await
            .expect(200)
            .json();
        assert_eq!(page["connection_id"], id.as_str());
    }
    let unknown = "01900000-0000-7000-8000-000000000000";
    let answer = anna
        .get(BY_PROVIDER)
        .query("connection_id", unknown)
        .send()
        .await;
    answer.problem(404, "not_found");
    let answer = anna
        .get(BY_PROVIDER)
        .query("connection_id", "nonsense")
        .send()
        .await;
    assert_eq!(
        answer.problem(400, "invalid_request")["field"],
        "connection_id"
    );
    anna.delete(&format!("/api/cloud/connections/{first}"))
        .send()
        .await
        .expect(200);
    let page = anna.get(BY_PROVIDER).send().await.expect(200).json();
    assert_eq!(page["connection_id"], second.as_str());
}
