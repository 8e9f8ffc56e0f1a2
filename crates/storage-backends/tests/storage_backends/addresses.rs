//! Addresses that people type, judged by their text alone.

use tempfile::TempDir;
use wharf_domain::connection::Endpoint;
use wharf_domain::credential::Credential;
use wharf_domain::item::ItemId;
use wharf_domain::ports::backends::Backends;
use wharf_domain::ports::storage::{AddressRefusal, StorageErrorKind};
use wharf_domain::provider::Provider;
use wharf_storage_backends::Registry;

use crate::support::registry;

fn with_registry<T>(test: impl FnOnce(&Registry) -> T) -> T {
    let folder = TempDir::new().unwrap();
    test(&registry(folder.path()))
}

fn check(typed: &str) -> Result<String, AddressRefusal> {
    with_registry(|registry| {
        let endpoint = registry.check_address(Provider::Webdav, typed)?;
        Ok(endpoint.0)
    })
}

#[tokio::test]
async fn an_address_gets_one_spelling_that_ends_in_a_slash() {
    for (typed, canonical) in [
        ("https://Cloud.example.org", "https://cloud.example.org/"),
        (
            "https://cloud.example.org:443/dav",
            "https://cloud.example.org/dav/",
        ),
        (
            "https://cloud.example.org//a/./b/../d%C3%A4v//",
            "https://cloud.example.org/a/d%C3%A4v/",
        ),
        (
            "https://b\u{fc}cher.example.org/",
            "https://xn--bcher-kva.example.org/",
        ),
    ] {
        assert_eq!(check(typed).unwrap(), canonical, "{typed}");
        assert_eq!(check(canonical).unwrap(), canonical);
    }
}

// S-12
#[tokio::test]
async fn only_what_the_text_decided_is_told() {
    for (typed, rule) in [
        ("ftp://cloud.example.org/", "scheme"),
        ("https://anna@cloud.example.org/", "userinfo"),
        ("https://cloud.example.org/?a", "query-fragment"),
        ("https://cloud.example.org/a%2Fb/", "path"),
    ] {
        let refusal = check(typed).unwrap_err();
        assert_eq!(refusal.rule, rule, "{typed}");
        assert!(refusal.told.is_some(), "{typed}");
    }
    for typed in [
        "http://10.0.0.1/",
        "http://169.254.169.254/",
        "http://[::1]/",
    ] {
        let refusal = check(typed).unwrap_err();
        assert_eq!((refusal.rule, refusal.told), ("address", None), "{typed}");
    }
}

// S-02: what passed once must pass whenever the storage is opened, so its canonical form is bounded too.
#[tokio::test]
async fn an_address_that_grows_too_long_in_its_one_spelling_is_refused() {
    let typed = format!("https://cloud.example.org/{}", "\u{fc}".repeat(900));
    assert_eq!(check(&typed).unwrap_err().rule, "length");
}

// S-09, S-12: an endpoint of another time or of a tampered row is judged anew, and nothing is sent.
#[tokio::test]
async fn an_endpoint_that_is_no_longer_allowed_refuses_every_call() {
    let storage = with_registry(|registry| {
        let endpoint = Endpoint("http://192.168.0.1/dav/".to_owned());
        let credential = Credential::Basic {
            username: "anna".parse().unwrap(),
            password: "secret".to_owned().into(),
        };
        registry.open(Provider::Webdav, &endpoint, &credential)
    });
    let refusal = StorageErrorKind::AddressRefused(AddressRefusal {
        rule: "address",
        told: None,
        found: true,
    });
    assert_eq!(storage.probe().await.unwrap_err().kind, refusal);
    let listed = storage.list(&ItemId::root()).await;
    assert_eq!(listed.err().map(|error| error.kind), Some(refusal));
}
