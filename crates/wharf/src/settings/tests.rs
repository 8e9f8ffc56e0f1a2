//! Settings from sources given by hand; the process's own environment plays no part.

use secrecy::ExposeSecret as _;
use wharf_domain::ports::oauth::RefreshKind;

use super::*;

fn with(variables: &[(&str, &str)]) -> Result<Settings, SettingsError> {
    Settings::from_sources(
        None,
        variables
            .iter()
            .map(|(name, value)| (name.into(), value.into())),
    )
}

#[test]
fn everything_has_a_default() {
    let settings = with(&[]).unwrap();
    assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(settings.public_url(), "http://127.0.0.1:8080");
    assert_eq!(
        settings.database_url().expose_secret(),
        "sqlite:./wharf-data/wharf.sqlite3"
    );
    assert_eq!(
        settings.keyring_file(),
        Path::new("./wharf-data/keyring.json")
    );
    assert_eq!(
        settings.house_storage(),
        HouseStorage::Folder("./wharf-data/documents".into())
    );
    assert_eq!(settings.folder_cache_ttl(), Duration::from_secs(60));
    assert_eq!(settings.documents_folder.as_str(), "Wharf");
    assert!(settings.egress.allow_networks.is_empty() && !settings.egress.allow_http);
}

#[test]
fn the_public_address_has_an_origin_and_may_be_this_machine() {
    for (url, origin, is_plain_loopback) in [
        ("https://a.example/wharf/", "https://a.example", false),
        ("https://a.example:443", "https://a.example", false),
        ("http://a.example:8080/", "http://a.example:8080", false),
        ("https://localhost:8080", "https://localhost:8080", false),
        ("http://LOCALHOST:8080", "http://localhost:8080", true),
        ("http://127.0.0.2", "http://127.0.0.2", true),
        ("http://[::1]:9", "http://[::1]:9", true),
        (
            "http://localhost.a.example",
            "http://localhost.a.example",
            false,
        ),
    ] {
        let settings = with(&[("WHARF_PUBLIC_URL", url)]).unwrap();
        assert_eq!(settings.public_origin(), origin);
        assert_eq!(settings.is_plain_loopback(), is_plain_loopback, "{url}");
    }
    for (listen, is_plain_loopback) in [("127.0.0.1:9", true), ("0.0.0.0:9", false)] {
        let settings = with(&[("WHARF_LISTEN", listen)]).unwrap();
        assert_eq!(settings.public_origin(), format!("http://{listen}"));
        assert_eq!(settings.is_plain_loopback(), is_plain_loopback, "{listen}");
    }
}

#[test]
fn variables_set_every_kind_of_value() {
    let settings = with(&[
        ("WHARF_LISTEN", "[::1]:9"),
        ("WHARF_FOLDER_CACHE_TTL_SECS", "5"),
        ("WHARF_CORS_ORIGINS", "https://a.example, https://b.example"),
        ("WHARF_EGRESS__ALLOW_HTTP", "true"),
        ("WHARF_EGRESS__ALLOW_NETWORKS", "127.0.0.0/8,fd00::/8"),
        ("WHARF_EGRESS__ALLOW_PORTS", "443,1024-65535"),
        ("WHARF_EGRESS__NAT64_PREFIX", "64:ff9b::/96"),
        ("HOME", "ignored"),
    ])
    .unwrap();
    assert_eq!(settings.listen.to_string(), "[::1]:9");
    assert_eq!(settings.folder_cache_ttl_secs, 5);
    assert_eq!(
        settings.cors_origins,
        ["https://a.example", "https://b.example"]
    );
    assert!(settings.egress.allow_http);
    assert_eq!(settings.egress.allow_networks.len(), 2);
    assert!(settings.egress.allow_ports.unwrap().contains(2000));
    let prefix = settings.egress.nat64_prefix.unwrap();
    assert_eq!(prefix.to_string(), "64:ff9b::/96");
}

#[test]
fn a_wrong_variable_is_named_and_its_value_is_not_repeated() {
    for (name, value) in [
        ("WHARF_LISTN", "127.0.0.1:1"),
        ("WHARF_LISTEN", "canary"),
        ("WHARF_EGRESS__ALLOW_HTTP", "canary"),
        ("WHARF_EGRESS__ALLOW_NETWORKS", "canary"),
        ("WHARF_EGRESS__NAT64_PREFIX", "canary"),
        ("WHARF_EGRESS__TYPO", "canary"),
        ("WHARF_LOG_FORMAT", "canary"),
        ("WHARF_DOCUMENTS_FOLDER", "a/b"),
    ] {
        let error = with(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
        assert!(!error.contains("canary"), "{error}");
    }
}

#[test]
fn the_environment_wins_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wharf.toml");
    std::fs::write(
        &file,
        "folder_cache_ttl_secs = 7\nlog = \"warn\"\n[egress]\nallow_http = true\n",
    )
    .unwrap();
    let variables = [("WHARF_LOG".into(), "debug".into())];
    let settings = Settings::from_sources(Some(&file), variables).unwrap();
    assert_eq!(
        (settings.folder_cache_ttl_secs, settings.log.as_str()),
        (7, "debug")
    );
    assert!(settings.egress.allow_http);
}

#[test]
fn a_missing_or_misspelt_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wharf.toml");
    assert!(matches!(
        Settings::from_sources(Some(&file), []),
        Err(SettingsError::File { .. })
    ));
    std::fs::write(&file, "listn = \"127.0.0.1:1\"").unwrap();
    assert!(matches!(
        Settings::from_sources(Some(&file), []),
        Err(SettingsError::File { .. })
    ));
}

#[test]
fn a_secret_may_stand_in_a_file_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, "postgres://wharf:canary@db/wharf\n").unwrap();
    let settings = with(&[("WHARF_DATABASE_URL_FILE", file.to_str().unwrap())]).unwrap();

    assert_eq!(
        settings.database_url().expose_secret(),
        "postgres://wharf:canary@db/wharf"
    );
    assert!(
        settings
            .to_string()
            .contains("database_url = \"postgres://[redacted]\"")
    );
    assert!(
        !settings.to_string().contains("canary") && !format!("{settings:?}").contains("canary")
    );

    let missing = with(&[("WHARF_DATABASE_URL_FILE", "/nonexistent")]).unwrap_err();
    assert!(matches!(missing, SettingsError::SecretFile { .. }));
}

#[test]
fn the_address_of_redis_is_a_secret() {
    assert!(with(&[]).unwrap().redis_url.is_none());
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("url");
    std::fs::write(&file, "rediss://wharf:canary@cache/1\n").unwrap();
    let settings = with(&[("WHARF_REDIS_URL_FILE", file.to_str().unwrap())]).unwrap();

    let url = settings.redis_url.as_ref().unwrap();
    assert_eq!(url.expose_secret(), "rediss://wharf:canary@cache/1");
    let shown = settings.to_string();
    assert!(
        shown.contains("redis_url = \"rediss://[redacted]\""),
        "{shown}"
    );
    assert!(!shown.contains("canary") && !format!("{settings:?}").contains("canary"));

    let misspelt = with(&[("WHARF_REDIS_URL", "redis:canary")]).unwrap();
    assert!(!misspelt.to_string().contains("canary"));
}

#[test]
fn the_house_is_a_folder_or_a_bucket_whose_key_is_a_secret() {
    let folder = with(&[("WHARF_HOUSE_STORAGE", "/srv/s3")]).unwrap();
    assert_eq!(
        folder.house_storage(),
        HouseStorage::Folder("/srv/s3".into())
    );

    let place = ("WHARF_HOUSE_STORAGE", "s3://wharf/documents");
    let keyless = with(&[place, ("WHARF_S3__ACCESS_KEY_ID", "house")]).unwrap();
    assert!(
        keyless
            .to_string()
            .contains("house_storage = \"s3://wharf/documents\"")
    );
    assert_eq!(
        keyless.s3.access().unwrap_err().to_string(),
        "s3.secret_access_key is missing, which a bucket needs"
    );

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "canary\n").unwrap();
    let settings = with(&[
        place,
        ("WHARF_S3__ENDPOINT", "https://minio.example.org:9000"),
        ("WHARF_S3__ACCESS_KEY_ID", "house"),
        (
            "WHARF_S3__SECRET_ACCESS_KEY_FILE",
            file.path().to_str().unwrap(),
        ),
    ])
    .unwrap();
    let access = settings.s3.access().unwrap();
    assert_eq!(access.secret_access_key.expose_secret(), "canary");
    assert_eq!(access.region, "us-east-1");
    let shown = settings.to_string();
    assert!(
        shown.contains("secret_access_key = \"[redacted]\""),
        "{shown}"
    );
    assert!(!shown.contains("canary") && !format!("{settings:?}{access:?}").contains("canary"));

    let misspelt = with(&[("WHARF_HOUSE_STORAGE", "s3://Wharf")]).unwrap_err();
    assert!(misspelt.to_string().contains("WHARF_HOUSE_STORAGE"));
}

#[test]
fn what_is_shown_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("wharf.toml");
    let shown = with(&[("WHARF_EGRESS__ALLOW_PORTS", "443,8000-8080")])
        .unwrap()
        .to_string();
    std::fs::write(&file, &shown).unwrap();
    assert_eq!(
        Settings::from_sources(Some(&file), []).unwrap().to_string(),
        shown
    );
}

#[test]
fn providers_are_set_by_nested_keys_and_their_secrets_are_not_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("secret");
    std::fs::write(&file, "canary\n").unwrap();
    let settings = with(&[
        ("WHARF_PUBLIC_URL", "https://wharf.example.com/x/"),
        ("WHARF_PROVIDERS__GOOGLE_DRIVE__CLIENT_ID", "google"),
        ("WHARF_PROVIDERS__GOOGLE_DRIVE__CLIENT_SECRET", "canary"),
        ("WHARF_PROVIDERS__GOOGLE_DRIVE__SCOPE", "drive.file"),
        ("WHARF_PROVIDERS__ONEDRIVE__CLIENT_ID", "microsoft"),
        (
            "WHARF_PROVIDERS__ONEDRIVE__CLIENT_SECRET_FILE",
            file.to_str().unwrap(),
        ),
        ("WHARF_PROVIDERS__ONEDRIVE__TENANT", "consumers"),
        ("WHARF_PROVIDERS__ONEDRIVE__ROTATION", "strict"),
    ])
    .unwrap();
    let shown = settings.to_string();
    for line in [
        "scope = \"drive.file\"",
        "tenant = \"consumers\"",
        "rotation = \"strict\"",
        "client_secret = \"[redacted]\"",
    ] {
        assert!(shown.contains(line), "{shown}");
    }
    assert!(!shown.contains("canary") && !format!("{settings:?}").contains("canary"));

    let descriptions = settings
        .providers
        .descriptions(|provider| settings.redirect_uri(provider))
        .unwrap();
    let redirects: Vec<_> = descriptions
        .iter()
        .map(|(_, description)| description.redirect_uri.as_str())
        .collect();
    assert_eq!(
        redirects,
        [
            "https://wharf.example.com/x/api/cloud/oauth/callback/google_drive",
            "https://wharf.example.com/x/api/cloud/oauth/callback/onedrive"
        ]
    );
    let refreshes = descriptions
        .iter()
        .map(|(_, description)| description.refresh);
    let expected = [RefreshKind::Stable, RefreshKind::Strict];
    assert!(refreshes.eq(expected), "{shown}");
    let incomplete = with(&[("WHARF_PROVIDERS__ONEDRIVE__CLIENT_ID", "microsoft")]).unwrap();
    let missing = incomplete.providers.descriptions(|_| String::new());
    assert_eq!(
        missing.unwrap_err().to_string(),
        "providers.onedrive.client_secret is missing"
    );
}

#[test]
fn lives_and_return_addresses_have_bounds() {
    for (name, value) in [
        ("WHARF_OAUTH_STATE_TTL_SECS", "59"),
        ("WHARF_OAUTH_STATE_TTL_SECS", "1801"),
        ("WHARF_RETURN_URLS", "app.example.com"),
        ("WHARF_RETURN_URLS", "javascript:alert(1)"),
        ("WHARF_RETURN_URLS", "http://app.example.com/"),
        ("WHARF_RETURN_URLS", "http://127.0.0.1.example.com/"),
        (
            "WHARF_RETURN_URLS",
            "https://a.example/,https://b.example/#c",
        ),
        ("WHARF_PROVIDERS__GOOGLE_DRIVE__SCOPE", "everything"),
        ("WHARF_PROVIDERS__ONEDRIVE__TENANT", "../evil"),
        ("WHARF_PROVIDERS__ONEDRIVE__TYPO", "x"),
        ("WHARF_PROVIDERS__NOBODY__CLIENT_ID", "x"),
    ] {
        let error = with(&[(name, value)]).unwrap_err().to_string();
        assert!(error.contains(name), "{error}");
    }
    for local in [
        "http://localhost:3000/",
        "http://127.0.0.1/",
        "http://[::1]/",
    ] {
        let settings = with(&[("WHARF_RETURN_URLS", local)]).unwrap();
        assert_eq!(settings.return_urls, [local]);
    }
    let settings = with(&[("WHARF_OAUTH_STATE_TTL_SECS", "60")]).unwrap();
    assert_eq!(settings.oauth_state_life(), Duration::from_secs(60));
}

#[test]
fn checkpoints_go_where_the_settings_say() {
    let settings = with(&[]).unwrap();
    assert!(settings.audit.checkpoint_log);
    assert!(settings.audit.checkpoint_file.is_none() && settings.audit.trusted_keys.is_empty());

    let key = "ed25519:_FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU";
    let settings = with(&[
        ("WHARF_AUDIT__CHECKPOINT_LOG", "false"),
        ("WHARF_AUDIT__CHECKPOINT_FILE", "/srv/checkpoints.jsonl"),
        ("WHARF_AUDIT__CHECKPOINT_BUCKET", "s3://audit/wharf"),
        ("WHARF_AUDIT__TRUSTED_KEYS", key),
    ])
    .unwrap();
    let shown = settings.to_string();
    for line in [
        "[audit]",
        "checkpoint_log = false",
        "checkpoint_file = \"/srv/checkpoints.jsonl\"",
        "checkpoint_bucket = \"s3://audit/wharf\"",
        &format!("trusted_keys = [\"{key}\"]"),
    ] {
        assert!(shown.lines().any(|it| it == line), "{line} in {shown}");
    }
    assert!(with(&[("WHARF_AUDIT__TRUSTED_KEYS", "ed25519:x")]).is_err());
    assert!(with(&[("WHARF_AUDIT__CHECKPOINT_BUCKET", "/srv")]).is_err());
}

#[test]
fn the_reference_in_the_documentation_is_in_step() {
    let documented = include_str!("../../../../docs/settings.md");
    assert!(
        documented.ends_with(&reference()),
        "docs/settings.md must end with this table:\n{}",
        reference()
    );
    assert!(reference().contains("| `egress.allow_http` | `WHARF_EGRESS__ALLOW_HTTP` | `false` |"));
}

#[test]
fn an_outside_issuer_is_whole_or_not_there() {
    const URL: (&str, &str) = ("WHARF_OUTSIDE_ISSUER__URL", "https://id.example.org");
    const AUDIENCE: (&str, &str) = ("WHARF_OUTSIDE_ISSUER__AUDIENCE", "wharf");
    const FILE: (&str, &str) = ("WHARF_OUTSIDE_ISSUER__JWKS_FILE", "jwks.json");
    const ADDRESS: (&str, &str) = (
        "WHARF_OUTSIDE_ISSUER__JWKS_URL",
        "https://id.example.org/jwks",
    );
    let described = |variables: &[(&'static str, &'static str)]| {
        let described = with(variables).unwrap().outside_issuer.described();
        described
            .map(|issuer| issuer.is_some())
            .map_err(|error| error.to_string())
    };
    assert_eq!(described(&[]), Ok(false));
    assert_eq!(described(&[URL, AUDIENCE, FILE]), Ok(true));
    assert_eq!(described(&[URL, AUDIENCE, ADDRESS]), Ok(true));
    for (variables, said) in [
        (&[URL, FILE][..], "audience is missing"),
        (&[URL, AUDIENCE], "one of jwks_url and jwks_file"),
        (
            &[URL, AUDIENCE, FILE, ADDRESS],
            "one of jwks_url and jwks_file",
        ),
        (&[AUDIENCE, FILE], "url is missing"),
        (
            &[("WHARF_OUTSIDE_ISSUER__PROVISION", "true")],
            "url is missing",
        ),
        (
            &[("WHARF_OUTSIDE_ISSUER__URL", ""), AUDIENCE, FILE],
            "name of an issuer",
        ),
        (
            &[URL, ("WHARF_OUTSIDE_ISSUER__AUDIENCE", ""), FILE],
            "audience is empty",
        ),
        (
            &[
                URL,
                AUDIENCE,
                FILE,
                ("WHARF_OUTSIDE_ISSUER__ROLE_CLAIM", ""),
            ],
            "role_claim is empty",
        ),
    ] {
        let error = described(variables).unwrap_err();
        assert!(error.contains(said), "{variables:?}: {error}");
    }
}
