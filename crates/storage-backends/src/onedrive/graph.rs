//! `graph-rs-sdk` as this backend uses it: it describes requests, and egress sends them. It never sees a token,
//! and never opens a connection. See ADR 24.

use std::sync::{Arc, LazyLock};

use graph_http::api_impl::RequestHandler;
use graph_rs_sdk::GraphClient;
use graph_rs_sdk::drives::DrivesItemsIdApiClient;
use reqwest::Request;
use reqwest::header::{CONTENT_TYPE, HeaderValue};
use url::Url;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

use super::id::Address;

/// What all accounts share: setting the client up costs some milliseconds, so it waits until somebody needs it.
#[derive(Clone)]
pub(crate) struct Graphs(Arc<LazyLock<GraphClient>>);

impl Default for Graphs {
    fn default() -> Self {
        Self(Arc::new(LazyLock::new(|| GraphClient::new(""))))
    }
}

impl Graphs {
    /// The requests to Graph beneath this address.
    pub(crate) fn at(&self, api: &Url) -> Graph {
        let mut graph = GraphClient::clone(&self.0);
        let mut endpoint = api.clone();
        // Only a URL without a host has no segments, and those are refused when a client is made.
        if let Ok(mut segments) = endpoint.path_segments_mut() {
            segments.pop_if_empty().push("v1.0");
        }
        // Whatever else takes an address has a list of Microsoft's, to which neither a gateway nor the
        // sandbox belongs.
        graph.use_test_endpoint(&endpoint);
        Graph(graph)
    }
}

/// Describes requests about one account's drive.
#[derive(Clone)]
pub(crate) struct Graph(GraphClient);

impl Graph {
    /// The drive itself.
    pub(crate) fn drive(&self) -> RequestHandler {
        self.0.me().drive().get_drive()
    }

    /// An item of the drive.
    pub(crate) fn item(&self, address: &Address) -> DrivesItemsIdApiClient {
        self.0.me().drive().item(address.as_str())
    }
}

/// The request that was described. Of the headers only those go on that belong to the body.
pub(crate) async fn described(handler: RequestHandler) -> Result<Request, Fault> {
    let unspeakable = |_| Fault::from(StorageErrorKind::Unavailable).finally();
    let described = handler.build().await.map_err(unspeakable)?;
    let described = described
        .build()
        .map_err(|_| Fault::from(StorageErrorKind::Unavailable).finally())?;
    let mut request = Request::new(described.method().clone(), described.url().clone());
    if let Some(json) = described.body().and_then(|body| body.as_bytes()) {
        *request.body_mut() = Some(json.to_vec().into());
        let kind = HeaderValue::from_static("application/json");
        request.headers_mut().insert(CONTENT_TYPE, kind);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use graph_rs_sdk::ODataQuery as _;
    use reqwest::Method;
    use reqwest::header::AUTHORIZATION;
    use serde_json::json;

    use super::super::name::Name;
    use super::*;

    fn graph(api: &str) -> Graph {
        Graphs::default().at(&api.parse().unwrap())
    }

    // I-02, S-11
    #[tokio::test]
    async fn a_request_is_described_with_every_name_encoded_and_without_a_token() {
        let graph = graph("https://gateway.example/graph/");
        let name = Name::of(&"100% #1 \u{fc}.txt".parse().unwrap()).unwrap();
        let item = graph.item(&Address::top().child(&name));
        let request = item.get_items().select(&["id", "name"]);
        let request = described(request).await.unwrap();
        assert_eq!(
            request.url().as_str(),
            "https://gateway.example/graph/v1.0/me/drive/items/root:/100%25%20%231%20%C3%BC.txt:\
             ?%24select=id%2Cname"
        );
        assert_eq!(
            (request.method(), request.body().is_none()),
            (&Method::GET, true)
        );
        assert!(!request.headers().contains_key(AUTHORIZATION));
    }

    #[tokio::test]
    async fn a_body_is_described_too() {
        let graph = graph("https://graph.microsoft.com");
        let update = graph
            .item(&Address::top())
            .update_items(&json!({"name": "a"}));
        let request = described(update).await.unwrap();
        assert_eq!(
            request.url().as_str(),
            "https://graph.microsoft.com/v1.0/me/drive/items/root"
        );
        assert_eq!(request.method(), Method::PATCH);
        let body = request.body().unwrap().as_bytes().unwrap();
        assert_eq!(body, br#"{"name":"a"}"#);
        assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
    }
}
