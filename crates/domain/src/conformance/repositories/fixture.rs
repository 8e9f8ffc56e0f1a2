//! Things to save. Ids are made of small numbers, so that a failure shows which thing it is about, and
//! a larger number was made later.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use secrecy::SecretString;

use super::Repositories;
use crate::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint, SealedCredential,
};
use crate::content::ContentType;
use crate::context::{Actor, RequestId};
use crate::document::{Document, Sha256Digest};
use crate::event::{Action, Event};
use crate::id::{ConnectionId, DocumentId, EventId, SessionId, StepId, UserId};
use crate::item::ItemId;
use crate::ports::users::{AccountChange, AccountChanged, DefaultStorageChosen};
use crate::provider::Provider;
use crate::session::{Session, TokenDigest};
use crate::step::{SealedPayload, Step, StepKind};
use crate::time::Timestamp;
use crate::user::{PasswordHash, Role, StoragePlace, User, WrappedDataKey};
use crate::verification::Verification;

/// 2026-11-23T08:15:30.123456Z: every digit of a microsecond counts.
pub(super) const NOW: Timestamp = Timestamp::from_unix_micros(1_795_421_730_123_456);

fn id_bytes(number: u64) -> [u8; 16] {
    let mut bytes = *b"\x01\x93\x00\x00\x00\x00\x70\x00\x80\x00\x00\x00\x00\x00\x00\x00";
    bytes[8..].copy_from_slice(&(0x8000_0000_0000_0000 | number).to_be_bytes());
    bytes
}

pub(super) fn user_id(number: u64) -> UserId {
    UserId::from_bytes(id_bytes(number))
}

pub(super) fn session_id(number: u64) -> SessionId {
    SessionId::from_bytes(id_bytes(number))
}

pub(super) fn connection_id(number: u64) -> ConnectionId {
    ConnectionId::from_bytes(id_bytes(number))
}

pub(super) fn document_id(number: u64) -> DocumentId {
    DocumentId::from_bytes(id_bytes(number))
}

pub(super) fn step_id(number: u64) -> StepId {
    StepId::from_bytes(id_bytes(number))
}

/// A step that is due.
pub(super) fn step(owner: UserId, number: u64) -> Step {
    Step {
        id: step_id(number),
        owner: Some(owner),
        kind: StepKind::RevokeGrant,
        payload: SealedPayload(vec![0, 1, 0xff]),
        created_at: NOW,
        due_at: NOW,
        deadline: NOW.plus(Duration::from_secs(72 * 3600)),
        attempts: 0,
    }
}

pub(super) fn user(number: u64) -> User {
    let email = format!("user{number}@example.com").parse().unwrap();
    User::new(user_id(number), email, Role::Regular, NOW)
}

/// The same user as an admin.
pub(super) fn admin(number: u64) -> User {
    User {
        role: Role::Admin,
        ..user(number)
    }
}

/// The same account without an admin's rights.
pub(super) fn regular(admin: &User) -> User {
    User {
        role: Role::Regular,
        ..admin.clone()
    }
}

pub(super) fn password(text: &str) -> PasswordHash {
    PasswordHash(SecretString::from(text))
}

pub(super) fn data_key(number: u64) -> WrappedDataKey {
    WrappedDataKey(number.to_be_bytes().to_vec())
}

/// A session that began a moment ago; its token's digest is made of `number` too.
pub(super) fn session(owner: UserId, number: u64) -> Session {
    Session {
        id: session_id(number),
        owner,
        epoch: 0,
        lineage: TokenDigest([0xfe; 32]),
        token: token_digest(number),
        started_at: NOW,
        ends_at: NOW.plus(Session::IDLE),
    }
}

pub(super) fn token_digest(number: u64) -> TokenDigest {
    let mut digest = [0xab; 32];
    digest[..8].copy_from_slice(&number.to_be_bytes());
    TokenDigest(digest)
}

pub(super) fn connection(owner: UserId, number: u64) -> Connection {
    Connection {
        id: connection_id(number),
        owner,
        provider: Provider::Webdav,
        account: AccountKey(format!("https://cloud.example.com/dav/ anna{number}")),
        endpoint: Endpoint("https://cloud.example.com/dav/".to_owned()),
        display_name: format!("Cloud {number}").parse().unwrap(),
        status: status(ConnectionState::Active),
        credential: Some(SealedCredential(vec![0, 1, 2, 0xff])),
        credential_version: 1,
        renewed_at: NOW,
        created_at: Timestamp::from_unix_micros(NOW.as_unix_micros() + number.cast_signed()),
    }
}

pub(super) const fn status(state: ConnectionState) -> ConnectionStatus {
    ConnectionStatus { state, since: NOW }
}

pub(super) fn document(owner: UserId, number: u64, place: StoragePlace) -> Document {
    Document {
        id: document_id(number),
        owner,
        name: format!("report {number}.pdf").parse().unwrap(),
        content_type: ContentType::octet_stream(),
        size_bytes: 5_000_000_000 + number,
        sha256: Sha256Digest([0xab; 32]),
        place,
        item: ItemId::new(format!("Wharf/report {number}.pdf")).unwrap(),
        storage_etag: Some("W/\"5f-61\"".parse().unwrap()),
        storage_modified_at: Some(NOW),
        storage_size_bytes: 5_000_000_100 + number,
        verification: Verification::StoredDiffers,
        created_at: NOW,
    }
}

/// An event with an id of its own.
pub(super) fn event(action: Action) -> Event {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    Event {
        id: EventId::from_bytes(id_bytes(NEXT.fetch_add(1, Ordering::Relaxed))),
        at: NOW,
        actor: Actor::Operator,
        request: RequestId([7; 16]),
        client: None,
        action,
        resource: None,
    }
}

impl Repositories {
    pub(super) async fn with_user(&self, number: u64) -> UserId {
        let user = user(number);
        self.with(&user).await;
        user.id
    }

    pub(super) async fn with(&self, user: &User) {
        let password = password("$argon2id$");
        let key = data_key(1);
        let inserted = self.users.insert(user, Some(&password), &key, &[]).await;
        inserted.unwrap();
    }

    /// Changes an account as it is known to what it is to be.
    pub(super) async fn change(&self, before: &User, after: User) -> AccountChanged {
        let change = AccountChange {
            before,
            after: &after,
            password: None,
            kept: None,
        };
        self.users.change(change, &[]).await.unwrap()
    }

    pub(super) async fn with_connection(&self, owner: UserId, number: u64) -> Connection {
        let connection = connection(owner, number);
        self.connections.insert(&connection, &[]).await.unwrap();
        connection
    }

    pub(super) async fn with_document(
        &self,
        owner: UserId,
        number: u64,
        place: StoragePlace,
    ) -> Document {
        let document = document(owner, number, place);
        assert!(self.documents.insert(&document, &[]).await.unwrap());
        document
    }

    pub(super) async fn choose_storage(&self, owner: UserId, place: StoragePlace) {
        let chosen = self.users.set_default_storage(owner, place, &[]).await;
        assert_eq!(chosen.unwrap(), DefaultStorageChosen::Done);
    }

    pub(super) async fn default_storage(&self, id: UserId) -> StoragePlace {
        let user = self
            .users
            .find(id)
            .await
            .unwrap()
            .expect("the user is there");
        user.default_storage
    }

    pub(super) async fn stored(&self, connection: &Connection) -> Connection {
        self.connections
            .find(connection.owner, connection.id)
            .await
            .unwrap()
            .expect("the connection is there")
    }
}

/// Connections have no equality, because nobody should compare credentials; a test has to.
pub(super) fn assert_same(left: &Connection, right: &Connection) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
    assert_eq!(left.credential, right.credential, "the credentials");
}
