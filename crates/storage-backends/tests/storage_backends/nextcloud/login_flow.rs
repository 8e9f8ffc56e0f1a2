//! Login Flow v2, as far as the server is concerned.

use super::*;
use secrecy::ExposeSecret as _;
use wharf_domain::ports::nextcloud::{LoginBegun, Polled};
use wharf_sandbox::{Fault, FaultRule, LoginUrl};

async fn begun(cloud: &Cloud) -> Result<LoginBegun, StorageErrorKind> {
    let registry = registry(Duration::from_secs(20));
    let typed = format!("{}/apps/files/", cloud.access.url);
    let typed = registry.check_address(Provider::Nextcloud, &typed).unwrap();
    let begun = registry.nextcloud_servers().begin_login(&typed).await;
    begun.map_err(|error| error.kind)
}

async fn polled(flow: &LoginBegun) -> Result<Polled, StorageErrorKind> {
    let servers = registry(Duration::from_secs(20)).nextcloud_servers();
    servers
        .poll_login(&flow.poll)
        .await
        .map_err(|error| error.kind)
}

/// Decides as the person would in a browser.
async fn decide(cloud: &Cloud, flow: &LoginBegun) {
    let url = format!(
        "{}?sandbox_decision=grant&user={}",
        flow.login_url, cloud.access.login_name
    );
    let page = crate::support::get(&url).await;
    assert_eq!(page, 200);
}

#[tokio::test]
async fn a_granted_flow_gives_an_app_password_once() {
    let cloud = Cloud::start(false).await;
    let flow = begun(&cloud).await.unwrap();
    assert!(matches!(polled(&flow).await, Ok(Polled::Waiting)));
    decide(&cloud, &flow).await;
    let Ok(Polled::Granted { server, login }) = polled(&flow).await else {
        panic!("it was granted")
    };
    assert_eq!(server.unwrap().0, format!("{}/", cloud.access.url));
    assert_eq!(login.username.as_str(), cloud.access.login_name);
    assert_eq!(login.password.expose_secret().len(), 29);
    assert!(matches!(polled(&flow).await, Ok(Polled::Waiting)));
    let kept = cloud.sandbox.nextcloud().state().app_passwords;
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].name, "Wharf");
}

// O-12: another host, a metadata service, and the same host without TLS.
#[tokio::test]
async fn whatever_the_server_names_is_at_the_origin_that_was_typed() {
    for origin in [
        "https://cloud.example.com",
        "http://169.254.169.254",
        "http://127.0.0.1:1",
    ] {
        let foreign = |url| {
            let origin = origin.to_owned();
            FaultRule::on("*", Fault::ForeignOrigin { url, origin })
        };
        for url in [LoginUrl::Poll, LoginUrl::Login] {
            let cloud = Cloud::start(false).await;
            cloud.sandbox.inject(foreign(url));
            let refused = begun(&cloud).await.err().unwrap();
            assert!(
                matches!(refused, StorageErrorKind::AddressRefused(_)),
                "{origin}"
            );
        }
        let cloud = Cloud::start(false).await;
        let flow = begun(&cloud).await.unwrap();
        decide(&cloud, &flow).await;
        cloud.sandbox.inject(foreign(LoginUrl::Server));
        let Ok(Polled::Granted { server, .. }) = polled(&flow).await else {
            panic!("it was granted")
        };
        assert!(server.is_none(), "{origin}");
    }
}
