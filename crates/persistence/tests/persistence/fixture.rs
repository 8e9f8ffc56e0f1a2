//! Things to save.

use secrecy::SecretString;
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint, SealedCredential,
};
use wharf_domain::content::ContentType;
use wharf_domain::context::{Actor, RequestId};
use wharf_domain::document::{Document, Sha256Digest};
use wharf_domain::event::{Action, Event};
use wharf_domain::id::{ConnectionId, DocumentId, EventId, SessionId, UserId};
use wharf_domain::item::ItemId;
use wharf_domain::ports::connections::Connections;
use wharf_domain::ports::sessions::Sessions;
use wharf_domain::ports::users::Users;
use wharf_domain::provider::Provider;
use wharf_domain::session::{Session, TokenDigest};
use wharf_domain::time::Timestamp;
use wharf_domain::user::{PasswordHash, Role, StoragePlace, User, WrappedDataKey};
use wharf_domain::verification::Verification;

use crate::scratch::Scratch;

pub(crate) const NOW: Timestamp = Timestamp::from_unix_micros(1_795_421_730_123_456);

pub(crate) fn event(number: u32, action: Action) -> Event {
    Event {
        id: EventId::from_bytes(u128::from(number).to_be_bytes()),
        at: NOW,
        actor: Actor::Operator,
        request: RequestId([0; 16]),
        client: None,
        action,
        resource: None,
    }
}

pub(crate) fn document(number: u32, owner: UserId, place: StoragePlace) -> Document {
    Document {
        id: DocumentId::from_bytes(u128::from(number).to_be_bytes()),
        owner,
        name: "report.pdf".parse().unwrap(),
        content_type: ContentType::octet_stream(),
        size_bytes: 1,
        sha256: Sha256Digest([0; 32]),
        place,
        item: ItemId::new("report.pdf").unwrap(),
        storage_etag: None,
        storage_modified_at: None,
        storage_size_bytes: 1,
        verification: Verification::Digest,
        created_at: NOW,
    }
}

pub(crate) fn password_hash() -> PasswordHash {
    PasswordHash(SecretString::from("$argon2id$"))
}

impl Scratch {
    /// Inserts a user.
    pub(crate) async fn with_user(&self) -> User {
        let email = "anna@example.com".parse().unwrap();
        let user = User::new(UserId::from_bytes([1; 16]), email, Role::Regular, NOW);
        let key = WrappedDataKey(vec![1]);
        let password = Some(&password_hash());
        let inserted = Users::insert(&self.database, &user, password, &key, &[]).await;
        inserted.unwrap();
        user
    }

    /// Inserts a session of this user.
    pub(crate) async fn with_session(&self, owner: &User) -> SessionId {
        let digest = TokenDigest([3; 32]);
        let id = SessionId::from_bytes([3; 16]);
        let session = Session::begin(id, owner, digest, digest, NOW);
        let inserted = Sessions::insert(&self.database, &session, &[]).await;
        inserted.unwrap();
        id
    }

    /// Inserts a connection of this user.
    pub(crate) async fn with_connection(&self, owner: UserId) -> Connection {
        let connection = Connection {
            id: ConnectionId::from_bytes([2; 16]),
            owner,
            provider: Provider::Webdav,
            account: AccountKey("anna".to_owned()),
            endpoint: Endpoint("https://cloud.example.com/".to_owned()),
            display_name: "Cloud".parse().unwrap(),
            status: ConnectionStatus {
                state: ConnectionState::Active,
                since: NOW,
            },
            credential: Some(SealedCredential(vec![1])),
            credential_version: 1,
            renewed_at: NOW,
            created_at: NOW,
        };
        let inserted = Connections::insert(&self.database, &connection, &[]).await;
        inserted.unwrap();
        connection
    }
}
