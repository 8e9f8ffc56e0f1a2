//! Whose account it is, how full, and what a refusal of the credential leads to.

use super::*;
use wharf_sandbox::{Fault, FaultRule, Quota};

// A person pastes what stands in the browser's address bar.
#[tokio::test]
async fn an_account_is_found_from_any_page_of_the_installation() {
    let cloud = Cloud::start(false).await;
    let (url, sub) = (&cloud.access.url, &cloud.access.sub_path_url);
    let login = login(&cloud.access.login_name, &cloud.access.password);
    let files = |base: &str| format!("{base}/remote.php/dav/files/Cl%C3%A9o%20M%C3%BCller/");
    for (typed, base) in [
        (url.clone(), url),
        (format!("{url}/"), url),
        (
            format!("{url}/index.php/apps/files/files/7?dir=/Docs&openfile=true"),
            url,
        ),
        (format!("{url}/apps/dashboard/#top"), url),
        (files(url), url),
        (format!("{url}/some/page"), url),
        (sub.clone(), sub),
        (format!("{sub}/index.php/login"), sub),
    ] {
        let found = located(&registry(Duration::from_secs(20)), &typed, &login).await;
        assert_eq!(found.unwrap().0, files(base), "{typed}");
    }
    // No page was asked for with the password in vain.
    let requests = cloud.sandbox.requests();
    assert!(
        requests
            .iter()
            .all(|it| !it.has_credentials || it.status != Some(404))
    );
}

#[tokio::test]
async fn where_no_nextcloud_is_none_is_found() {
    let cloud = Cloud::start(false).await;
    let login = login("anna", "password");
    let typed = cloud.sandbox.webdav().url;
    let missed = located(&registry(Duration::from_secs(20)), &typed, &login).await;
    assert_eq!(missed.unwrap_err().kind, StorageErrorKind::WrongProtocol);
    let asked =
        |request: &wharf_sandbox::LoggedRequest| request.path.ends_with("/dav/anna/status.php");
    let requests = cloud.sandbox.requests();
    let asked = requests.iter().find(|request| asked(request)).unwrap();
    assert!(!asked.has_credentials);
}

#[tokio::test]
async fn an_account_is_named_by_installation_and_user_id() {
    let cloud = Cloud::start(true).await;
    let account = cloud.storage.probe().await.unwrap();
    let expected = format!("{}/ Cl\u{e9}o M\u{fc}ller", cloud.access.sub_path_url);
    assert_eq!(account.key.0, expected);
    assert_eq!(account.label, "cleo@example.com at 127.0.0.1");
}

#[tokio::test]
async fn a_quota_is_told_where_there_is_one() {
    let cloud = Cloud::start(false).await;
    cloud.store("a.txt", b"0123456789").await.unwrap();
    let (nextcloud, login) = (cloud.sandbox.nextcloud(), &cloud.access.login_name);
    for (quota, expected) in [
        (Quota::Bytes(1_000), Some(990)),
        (Quota::NotComputed, None),
        (Quota::Unknown, None),
        (Quota::Unlimited, None),
    ] {
        assert!(nextcloud.set_quota(login, quota));
        let told = cloud.storage.probe().await.unwrap().quota.unwrap();
        assert_eq!(
            (told.used_bytes, told.available_bytes),
            (Some(10), expected)
        );
    }
    nextcloud.set_quota(login, Quota::Bytes(100));
    assert_eq!(
        cloud.store("b", &[0; 200]).await,
        Err(StorageErrorKind::Full)
    );
    assert_eq!(
        cloud.store("c", &vec![0; LARGE]).await,
        Err(StorageErrorKind::Full)
    );
    assert_eq!(nextcloud.state().open_uploads, []);
}

// D-03: repeated wrong passwords shut out whoever shares our address.
#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let cloud = Cloud::start(false).await;
    cloud
        .sandbox
        .nextcloud()
        .add_account("cleo@example.com", "Cl\u{e9}o M\u{fc}ller", "another");
    let wrong = || {
        let tried = cloud.sandbox.nextcloud().state().wrong_passwords;
        tried.values().sum::<u64>()
    };
    assert_eq!(wrong(), 0);
    for (number, refused) in [
        cloud.storage.probe().await.map(drop),
        cloud.storage.list(&ItemId::root()).await.map(drop),
        cloud.store("a", b"a").await.map(drop).map_err(error),
        cloud
            .store("b", &vec![0; LARGE])
            .await
            .map(drop)
            .map_err(error),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(
            refused.unwrap_err().kind,
            StorageErrorKind::CredentialRefused
        );
        assert!(wrong() as usize == 4, "{number}: {}", wrong());
    }
    let login = login(&cloud.access.login_name, "a: b");
    let registry = registry(Duration::from_secs(20));
    let refused = located(&registry, &cloud.access.url, &login)
        .await
        .unwrap_err();
    assert_eq!(refused.kind, StorageErrorKind::CredentialRefused);
    assert_eq!(wrong(), 5);
}

fn error(kind: StorageErrorKind) -> StorageError {
    use wharf_domain::ports::storage::Operation;
    StorageError::new(kind, Operation::Write, Some(Provider::Nextcloud))
}

#[tokio::test]
async fn maintenance_and_patience_are_no_refusals() {
    let cloud = Cloud::start(false).await;
    let asked = async |fault: Fault| {
        cloud.sandbox.inject(FaultRule::on("*", fault).times(1));
        cloud.storage.probe().await.unwrap_err().kind
    };
    assert_eq!(
        asked(Fault::Maintenance).await,
        StorageErrorKind::Unavailable
    );
    let busy = Fault::Answer {
        status: 429,
        error: None,
        retry_after: None,
        after_effect: false,
    };
    let limited = StorageErrorKind::RateLimited { retry_after: None };
    assert_eq!(asked(busy).await, limited);
}

// An app password can be deleted by itself; the person's own cannot.
#[tokio::test]
async fn an_app_password_ends_at_the_server() {
    use wharf_domain::ports::nextcloud::AppPasswordEnd;

    let cloud = Cloud::start(true).await;
    let nextcloud = cloud.sandbox.nextcloud();
    let name = &cloud.access.login_name;
    let password = nextcloud.add_app_password(name, "Wharf").unwrap();
    let registry = registry(Duration::from_secs(20));
    let servers = registry.nextcloud_servers();
    let own = login(name, &cloud.access.password);
    let endpoint = located(&registry, &cloud.access.sub_path_url, &own)
        .await
        .unwrap();
    let ended = async |login: &Login| servers.end_app_password(&endpoint, login).await.unwrap();
    assert_eq!(ended(&own).await, AppPasswordEnd::NotAnAppPassword);
    let app = login(name, &password);
    assert_eq!(nextcloud.state().app_passwords.len(), 1);
    assert_eq!(ended(&app).await, AppPasswordEnd::Ended);
    assert_eq!(nextcloud.state().app_passwords.len(), 0);
    assert_eq!(ended(&app).await, AppPasswordEnd::Ended);
}
