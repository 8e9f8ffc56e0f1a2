//! Where the person's browser is sent (RFC 6749, section 4.1.1).

use std::collections::BTreeMap;

use url::Url;
use wharf_oauth::{DriveScope, GoogleDrive, Onedrive};

use crate::support::{Asked, CHALLENGE, REDIRECT_URI, request};

/// The address without its query, and the query's parameters; each comes once.
fn taken_apart(url: &str) -> (String, BTreeMap<String, String>) {
    let mut url: Url = url.parse().unwrap();
    let pairs: Vec<_> = url.query_pairs().into_owned().collect();
    let parameters: BTreeMap<_, _> = pairs.iter().cloned().collect();
    assert_eq!(parameters.len(), pairs.len());
    url.set_query(None);
    (url.into(), parameters)
}

fn parameters(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let always = [
        ("response_type", "code"),
        ("client_id", "the client"),
        ("state", "the state"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("redirect_uri", REDIRECT_URI),
    ];
    let pairs = always.iter().chain(pairs);
    pairs
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect()
}

fn google(scope: DriveScope) -> GoogleDrive {
    GoogleDrive {
        client_id: "the client".to_owned(),
        client_secret: "secret".into(),
        scope,
        auth_url: None,
        token_url: None,
        revoke_url: None,
        api_url: None,
    }
}

fn microsoft(tenant: &str) -> Onedrive {
    Onedrive {
        client_id: "the client".to_owned(),
        client_secret: "secret".into(),
        tenant: tenant.parse().unwrap(),
        auth_url: None,
        token_url: None,
        api_url: None,
    }
}

// O-06, O-08
#[tokio::test]
async fn google_is_asked_for_offline_access_and_drive() {
    for (scope, expected) in [
        (
            DriveScope::Drive,
            "https://www.googleapis.com/auth/drive email openid",
        ),
        (
            DriveScope::DriveFile,
            "email https://www.googleapis.com/auth/drive.file openid",
        ),
    ] {
        let asked = Asked::of(google(scope).describe(REDIRECT_URI.to_owned()));
        let begun = asked.server().begin(&request());
        let (address, told) = taken_apart(&begun.url);
        assert_eq!(address, "https://accounts.google.com/o/oauth2/v2/auth");
        let mut words: Vec<_> = told["scope"].split(' ').collect();
        let mut expected: Vec<_> = expected.split(' ').collect();
        words.sort_unstable();
        expected.sort_unstable();
        assert_eq!(words, expected);
        let scope = told["scope"].clone();
        assert_eq!(
            told,
            parameters(&[
                ("scope", &scope),
                ("access_type", "offline"),
                ("prompt", "consent"),
            ])
        );
        assert_eq!(begun.issuer.as_deref(), Some("https://accounts.google.com"));
        assert_eq!(begun.redirect_uri, REDIRECT_URI);
    }
}

// O-06, O-08
#[tokio::test]
async fn microsoft_is_asked_for_files_at_its_tenant() {
    let asked = Asked::of(microsoft("common").describe(REDIRECT_URI.to_owned()));
    let begun = asked.server().begin(&request());
    let (address, told) = taken_apart(&begun.url);
    assert_eq!(
        address,
        "https://login.microsoftonline.com/common/oauth2/v2.0/authorize"
    );
    let expected = parameters(&[
        ("scope", "Files.ReadWrite offline_access openid profile"),
        ("prompt", "select_account"),
    ]);
    assert_eq!(told, expected);
    assert_eq!(begun.issuer, None);
}

#[tokio::test]
async fn a_national_cloud_is_only_other_addresses() {
    let at = |url: &str| Some(url.parse().unwrap());
    let microsoft = Onedrive {
        auth_url: at("https://login.microsoftonline.us/{tenant}/oauth2/v2.0/authorize"),
        token_url: at("https://login.microsoftonline.us/{tenant}/oauth2/v2.0/token"),
        api_url: at("https://graph.microsoft.us"),
        ..microsoft("contoso.onmicrosoft.us")
    };
    let asked = Asked::of(microsoft.describe(REDIRECT_URI.to_owned()));
    let (address, _) = taken_apart(&asked.server().begin(&request()).url);
    assert_eq!(
        address,
        "https://login.microsoftonline.us/contoso.onmicrosoft.us/oauth2/v2.0/authorize"
    );
    let description = asked.server().description();
    assert_eq!(
        description.token_url.as_str(),
        "https://login.microsoftonline.us/contoso.onmicrosoft.us/oauth2/v2.0/token"
    );
}
