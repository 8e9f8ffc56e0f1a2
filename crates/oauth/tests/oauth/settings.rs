//! Descriptions that cannot be used are refused at the start, with the key that is wrong.

use std::sync::Arc;

use wharf_domain::ports::oauth::{AuthorizationServers as _, OAuthErrorKind};
use wharf_domain::provider::Provider;
use wharf_domain::scopes::Scopes;
use wharf_domain::time::{Clock, Timestamp};
use wharf_oauth::{Description, Error, Identification, Registry};

use crate::support::{egress, google, microsoft, request};

struct AtTheEpoch;

impl Clock for AtTheEpoch {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(0)
    }
}

fn registry(described: Vec<(String, Description)>) -> Result<Registry, Error> {
    let clock: Arc<dyn Clock> = Arc::new(AtTheEpoch);
    Registry::new(&egress(), &clock, described)
}

/// The key that is wrong after this change.
fn objection(change: impl FnOnce(&mut Description)) -> &'static str {
    let mut description = google("https://provider.example");
    change(&mut description);
    let Error::InvalidDescription { provider, key, .. } =
        registry(vec![("google_drive".to_owned(), description)]).unwrap_err()
    else {
        panic!("another error");
    };
    assert_eq!(provider, "google_drive");
    key
}

// O-06, O-07, O-09
#[tokio::test]
async fn each_key_is_looked_at() {
    let at = |address: &str| address.parse().unwrap();
    assert_eq!(
        objection(|it| it.auth_url = at("http://a.example/")),
        "auth_url"
    );
    assert_eq!(
        objection(|it| it.token_url = at("http://10.0.0.1/")),
        "token_url"
    );
    assert_eq!(
        objection(|it| it.token_url = at("ftp://a.example/")),
        "token_url"
    );
    assert_eq!(
        objection(|it| it.token_url = at("https://a.example/#b")),
        "token_url"
    );
    assert_eq!(
        objection(|it| it.revoke_url = Some(at("https://a:b@c.example/"))),
        "revoke_url"
    );
    assert_eq!(
        objection(|it| it.storage_url = at("http://localhost.example/")),
        "storage_url"
    );
    let userinfo = Identification::Userinfo {
        url: at("http://a.example/"),
    };
    assert_eq!(
        objection(|it| it.identification = userinfo),
        "identification"
    );

    assert_eq!(objection(|it| it.client_id.clear()), "client_id");
    assert_eq!(
        objection(|it| it.client_secret = "".into()),
        "client_secret"
    );
    for address in ["", "/callback", "https://a.example/#b", "data:a"] {
        assert_eq!(
            objection(|it| it.redirect_uri = address.to_owned()),
            "redirect_uri"
        );
    }
    let nameless = |it: &mut Description| (it.issuer, it.sends_issuer) = (None, true);
    assert_eq!(objection(nameless), "issuer");
    assert_eq!(objection(|it| it.scopes = Scopes::default()), "scopes");
    assert_eq!(objection(|it| it.needed = Scopes::parse("more")), "scopes");
    for name in [
        "state",
        "code_challenge_method",
        "redirect_uri",
        "response_type",
    ] {
        let set = |it: &mut Description| {
            it.authorization_parameters
                .insert(name.to_owned(), "plain".to_owned());
        };
        assert_eq!(objection(set), "authorization_parameters", "{name}");
    }
}

#[tokio::test]
async fn only_what_is_set_up_is_offered() {
    let nothing = registry(Vec::new()).unwrap();
    assert!(!nothing.offers(Provider::GoogleDrive));
    assert_eq!(nothing.needed(Provider::GoogleDrive), None);
    assert_eq!(nothing.refresh_kind(Provider::GoogleDrive), None);
    let error = nothing
        .begin(Provider::GoogleDrive, &request())
        .unwrap_err();
    assert_eq!(error.kind, OAuthErrorKind::NotConfigured);
    assert_eq!(error.provider, Provider::GoogleDrive);
    let error = nothing.refresh(Provider::Onedrive, &"r".into()).await;
    assert_eq!(error.err().unwrap().kind, OAuthErrorKind::NotConfigured);

    let described = [
        ("google_drive", google("http://127.0.0.1:9")),
        ("onedrive", microsoft("http://localhost:9", "common")),
    ];
    let described = described.map(|(name, description)| (name.to_owned(), description));
    let both = registry(described.into()).unwrap();
    assert!(both.offers(Provider::GoogleDrive) && both.offers(Provider::Onedrive));
    assert!(!both.offers(Provider::Webdav));
    let begun = both.begin(Provider::Onedrive, &request()).unwrap();
    assert!(begun.url.starts_with("http://localhost:9/common/"));
    assert_eq!(
        both.needed(Provider::Onedrive).unwrap().to_string(),
        "Files.ReadWrite"
    );
}
