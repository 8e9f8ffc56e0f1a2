//! What is sealed for one row opens for no other.

use super::*;
use async_trait::async_trait;
use std::collections::BTreeSet;
use wharf_crypto::Keyring;

const ANNA: UserId = UserId::from_bytes([1; 16]);
const BERT: UserId = UserId::from_bytes([2; 16]);

/// Data keys in memory.
struct Kept(Vec<(UserId, WrappedDataKey)>);

#[async_trait]
impl DataKeys for Kept {
    async fn data_key(&self, user: UserId) -> Result<Option<WrappedDataKey>, RepositoryError> {
        let kept = self.0.iter().find(|(owner, _)| *owner == user);
        Ok(kept.map(|(_, key)| key.clone()))
    }
}

/// A vault that knows Anna and Bert.
fn vault(keyring: &Arc<Keyring>) -> Vault {
    let fixed = || LiveKeyring::fixed(Arc::clone(keyring));
    let empty = Vault::new(fixed(), Arc::new(Kept(Vec::new())));
    let keys = [ANNA, BERT].map(|user| (user, empty.new_data_key(user).unwrap()));
    Vault::new(fixed(), Arc::new(Kept(keys.to_vec())))
}

fn keyring() -> Arc<Keyring> {
    Arc::new(Keyring::generate().unwrap())
}

fn credential() -> Credential {
    Credential::Basic {
        username: "anna".parse().unwrap(),
        password: "secret".into(),
    }
}

const HOME: CredentialOf = CredentialOf {
    owner: ANNA,
    connection: ConnectionId::from_bytes([3; 16]),
    provider: Provider::Webdav,
    version: 7,
};

#[tokio::test]
async fn what_is_sealed_opens_for_its_own_row() {
    let vault = vault(&keyring());
    let sealed = vault.seal(HOME, &credential()).await.unwrap();
    let Ok(Credential::Basic { username, password }) = vault.open(HOME, &sealed).await else {
        panic!("it opens")
    };
    assert_eq!(
        (username.as_str(), password.expose_secret()),
        ("anna", "secret")
    );
    assert!(!sealed.0.windows(6).any(|window| window == b"secret"));
}

// K-03, K-05
#[tokio::test]
async fn what_is_sealed_opens_for_no_other_row() {
    let vault = vault(&keyring());
    let sealed = vault.seal(HOME, &credential()).await.unwrap();
    for elsewhere in [
        CredentialOf {
            owner: BERT,
            ..HOME
        },
        CredentialOf {
            connection: ConnectionId::from_bytes([4; 16]),
            ..HOME
        },
        CredentialOf { version: 6, ..HOME },
        CredentialOf { version: 8, ..HOME },
    ] {
        let opened = vault.open(elsewhere, &sealed).await;
        assert!(matches!(opened, Err(VaultError::Refused)), "{elsewhere:?}");
    }
}

// K-04
#[tokio::test]
async fn another_operators_key_is_said_to_be_missing() {
    let original = keyring();
    let keys = [(ANNA, vault(&original).new_data_key(ANNA).unwrap())];
    let other = LiveKeyring::fixed(keyring());
    let elsewhere = Vault::new(other, Arc::new(Kept(keys.to_vec())));
    let Err(VaultError::KeyUnavailable { id }) = elsewhere.seal(HOME, &credential()).await else {
        panic!("the key is missing")
    };
    assert_eq!(id, original.primary_id().to_string());
}

// K-03
#[tokio::test]
async fn a_data_key_of_another_user_is_refused() {
    let keyring = keyring();
    let of_anna = vault(&keyring).new_data_key(ANNA).unwrap();
    let kept = Arc::new(Kept(vec![(BERT, of_anna)]));
    let swapped = Vault::new(LiveKeyring::fixed(keyring), kept);
    let sealed = swapped
        .seal(
            CredentialOf {
                owner: BERT,
                ..HOME
            },
            &credential(),
        )
        .await;
    assert!(matches!(sealed, Err(VaultError::Refused)));
}

#[tokio::test]
async fn without_a_data_key_nothing_opens() {
    let vault = Vault::new(LiveKeyring::fixed(keyring()), Arc::new(Kept(Vec::new())));
    let sealed = vault.seal(HOME, &credential()).await;
    assert!(matches!(sealed, Err(VaultError::NoDataKey)));
}

// K-02: what data keys seal for, which never changes but for new rows.
#[test]
fn the_purposes_are_these_and_no_two_are_alike() {
    let names = PURPOSES.map(Purpose::name);
    assert_eq!(
        names,
        [
            "connection.credential",
            "oauth.state",
            "oauth.parked",
            "nextcloud.login_flow",
            "outbox.revocation",
            "erasure.credential",
            "audit.client",
        ]
    );
    assert_eq!(BTreeSet::from(names).len(), names.len());
}

// K-06: another server's rotation is noticed by the first row that needs it.
#[tokio::test]
async fn a_key_that_came_into_the_file_opens_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = wharf_crypto::KeyFile::at(folder.path().join("keyring.json"));
    file.load_or_create(None).unwrap();
    let open = || LiveKeyring::open(Box::new(file.clone())).unwrap();
    let (here, there) = (open(), open());
    there
        .change(|keyring| {
            let id = keyring.add(1).unwrap();
            Ok::<_, wharf_crypto::KeyringError>(keyring.promote(id))
        })
        .unwrap();
    let empty = Arc::new(Kept(Vec::new()));
    let key = Vault::new(there, empty).new_data_key(ANNA).unwrap();

    let vault = Vault::new(here, Arc::new(Kept(vec![(ANNA, key)])));
    assert!(vault.seal(HOME, &credential()).await.is_ok());
}
