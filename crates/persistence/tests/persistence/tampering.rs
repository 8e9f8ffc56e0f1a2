//! Whoever can write to the database can make credentials unusable, and nothing else: whatever they change,
//! swap or bring back is refused, and the trail tells (K-03, K-05).

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, TestRunner};
use wharf_domain::connection::{
    AccountKey, Connection, ConnectionState, ConnectionStatus, Endpoint,
};
use wharf_domain::credential::Credential;
use wharf_domain::id::{ConnectionId, UserId};
use wharf_domain::ports::connections::Connections;
use wharf_domain::provider::Provider;
use wharf_services::vault::{CredentialOf, VaultError};

use crate::fixture::NOW;
use crate::keys::{World, user_id};
use crate::on_both;
use crate::scratch::{Place, Scratch};

/// How many changes are tried on each database.
const CHANGES: usize = 64;

/// A credential record has at least so many bits, and a wrapped key too.
const BITS: usize = 800;

/// What somebody does to the rows of a connection, its owner, or another's.
#[derive(Clone, Debug)]
enum Tampering {
    /// A bit of the credential is another.
    FlipCredential { bit: usize },
    /// The credential is cut short.
    CutCredential { bytes: usize },
    /// The credential is that of another connection of the same user, or of another user.
    TakeCredential { from: u8 },
    /// The credential is the one from before it was replaced.
    BringBack,
    /// The version is another.
    Version { version: u32 },
    /// The kind of storage is another.
    Provider,
    /// A bit of the owner's wrapped key is another; not one of the id of the key that wrapped it.
    FlipKey { bit: usize },
    /// The owner's wrapped key is another user's.
    TakeKey,
}

fn tampering() -> impl Strategy<Value = Tampering> {
    let beyond_key_id = 18 * 8..BITS;
    prop_oneof![
        4 => (0..BITS).prop_map(|bit| Tampering::FlipCredential { bit }),
        1 => (0..90_usize).prop_map(|bytes| Tampering::CutCredential { bytes }),
        2 => (2..=3_u8).prop_map(|from| Tampering::TakeCredential { from }),
        1 => Just(Tampering::BringBack),
        2 => any::<u32>()
            .prop_filter("it is the right one", |version| *version != 2)
            .prop_map(|version| Tampering::Version { version }),
        1 => Just(Tampering::Provider),
        3 => prop_oneof![0..2 * 8_usize, beyond_key_id].prop_map(|bit| Tampering::FlipKey { bit }),
        1 => Just(Tampering::TakeKey),
    ]
}

/// Bytes as the database writes them in a statement.
fn literal(place: &Place, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    match place {
        Place::Sqlite(_) => format!("X'{hex}'"),
        Place::Postgres(_) => format!("'\\x{hex}'::bytea"),
    }
}

/// An id as the database writes it in a statement.
fn id_literal(place: &Place, bytes: &[u8; 16]) -> String {
    match place {
        Place::Sqlite(_) => literal(place, bytes),
        Place::Postgres(_) => format!("'{}'::uuid", UserId::from_bytes(*bytes)),
    }
}

fn flipped(bytes: &[u8], bit: usize) -> Vec<u8> {
    let mut flipped = bytes.to_vec();
    let place = (bit / 8) % flipped.len();
    flipped[place] ^= 1 << (bit % 8);
    flipped
}

/// Three connections: the first and the second are Anna's, the third is Bert's.
struct Rows {
    world: World,
    /// The credential that the first one had before.
    former: Vec<u8>,
    credentials: Vec<Vec<u8>>,
    keys: Vec<Vec<u8>>,
}

const OWNERS: [u32; 3] = [0, 0, 1];

fn connection(number: u8, version: u32) -> Connection {
    Connection {
        id: ConnectionId::from_bytes([number; 16]),
        owner: user_id(OWNERS[usize::from(number) - 1]),
        provider: Provider::Webdav,
        account: AccountKey(format!("account {number}")),
        endpoint: Endpoint("https://cloud.example.com/".to_owned()),
        display_name: "Cloud".parse().unwrap(),
        status: ConnectionStatus {
            state: ConnectionState::Active,
            since: NOW,
        },
        credential: None,
        credential_version: version,
        renewed_at: NOW,
        created_at: NOW,
    }
}

impl Rows {
    async fn of(scratch: Scratch) -> Self {
        let world = World::of(scratch);
        world.with_users(0..2).await;
        let mut rows = Self {
            world,
            former: Vec::new(),
            credentials: Vec::new(),
            keys: Vec::new(),
        };
        let database = &rows.world.scratch.database;
        for number in 1..=3 {
            let first = rows.sealed(number, 1).await;
            Connections::insert(database, &first, &[]).await.unwrap();
            let second = rows.sealed(number, 2).await;
            let replaced = database.replace_credential(&second, 1, &[]).await;
            assert!(replaced.unwrap());
            if number == 1 {
                rows.former = first.credential.unwrap().0;
            }
            rows.credentials.push(second.credential.unwrap().0);
        }
        for number in 0..2 {
            use wharf_domain::ports::data_keys::DataKeys as _;
            let key = database.data_key(user_id(number)).await.unwrap();
            rows.keys.push(key.unwrap().0);
        }
        rows
    }

    /// A connection with a credential that belongs to it.
    async fn sealed(&self, number: u8, version: u32) -> Connection {
        let connection = connection(number, version);
        let credential = Credential::Basic {
            username: "anna".parse().unwrap(),
            password: format!("password {number} {version}").into(),
        };
        let of = CredentialOf::from(&connection);
        let sealed = self.world.vault().seal(of, &credential).await.unwrap();
        Connection {
            credential: Some(sealed),
            ..connection
        }
    }

    /// What opening the first connection's credential gives, as it stands in its row.
    async fn open(&self) -> Result<Credential, VaultError> {
        let database = &self.world.scratch.database;
        let id = ConnectionId::from_bytes([1; 16]);
        let stored = Connections::find(database, user_id(0), id).await?.unwrap();
        let sealed = stored.credential.as_ref().unwrap();
        let of = CredentialOf::from(&stored);
        self.world.vault().open(of, sealed).await
    }

    /// Changes the rows past the crate.
    async fn tamper(&self, tampering: &Tampering) {
        let place = &self.world.scratch.place;
        let anna = *user_id(0).as_bytes();
        let credential = |bytes: &[u8]| {
            let (bytes, id) = (literal(place, bytes), id_literal(place, &[1; 16]));
            format!("UPDATE connections SET credential = {bytes} WHERE id = {id}")
        };
        let key = |bytes: &[u8]| {
            let (bytes, id) = (literal(place, bytes), id_literal(place, &anna));
            format!("UPDATE user_keys SET wrapped = {bytes} WHERE user_id = {id}")
        };
        let column = |column: &str, value: String| {
            let id = id_literal(place, &[1; 16]);
            format!("UPDATE connections SET {column} = {value} WHERE id = {id}")
        };
        let [own, ..] = &self.credentials[..] else {
            unreachable!()
        };
        let statement = match tampering {
            Tampering::FlipCredential { bit } => credential(&flipped(own, *bit)),
            Tampering::CutCredential { bytes } => credential(&own[..*bytes.min(&(own.len() - 1))]),
            Tampering::TakeCredential { from } => {
                credential(&self.credentials[usize::from(*from) - 1])
            }
            Tampering::BringBack => credential(&self.former),
            Tampering::Version { version } => column("credential_version", version.to_string()),
            Tampering::Provider => column("provider", "'nextcloud'".to_owned()),
            Tampering::FlipKey { bit } => key(&flipped(&self.keys[0], *bit)),
            Tampering::TakeKey => key(&self.keys[1]),
        };
        place.run(&statement).await;
    }

    /// Puts everything back.
    async fn mend(&self) {
        let place = &self.world.scratch.place;
        let (credential, key) = (&self.credentials[0], &self.keys[0]);
        let anna = id_literal(place, user_id(0).as_bytes());
        let statement = format!(
            "UPDATE connections SET credential = {}, credential_version = 2, provider = 'webdav' \
             WHERE id = {}; UPDATE user_keys SET wrapped = {} WHERE user_id = {anna}",
            literal(place, credential),
            id_literal(place, &[1; 16]),
            literal(place, key),
        );
        place.run(&statement).await;
    }
}

async fn whatever_is_changed_is_refused_and_told(scratch: Scratch) {
    let rows = Rows::of(scratch).await;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::deterministic_rng(
            proptest::test_runner::RngAlgorithm::ChaCha,
        ),
    );
    assert!(rows.open().await.is_ok());
    assert!(rows.world.trail().await.is_empty());
    let always = [
        Tampering::BringBack,
        Tampering::Provider,
        Tampering::TakeKey,
    ];
    let random: Vec<_> = (0..CHANGES)
        .map(|_| tampering().new_tree(&mut runner).unwrap().current())
        .collect();
    for (tampering, told) in always.into_iter().chain(random).zip(1..) {
        rows.tamper(&tampering).await;

        let opened = rows.open().await;

        assert!(
            matches!(opened, Err(VaultError::Refused)),
            "{tampering:?}: {:?}",
            opened.err()
        );
        let purpose = match tampering {
            Tampering::FlipKey { .. } | Tampering::TakeKey => "data_key",
            _ => "connection.credential",
        };
        let trail = rows.world.trail().await;
        assert_eq!(trail.len(), told, "{tampering:?}");
        let event = format!("seal.refused {{\"purpose\":\"{purpose}\"}}");
        assert_eq!(trail.last(), Some(&event), "{tampering:?}");

        rows.mend().await;
        assert!(rows.open().await.is_ok(), "{tampering:?}");
    }
}

// K-04: the id of a key that is not there is no sign of an attack, and is told as what it is.
async fn a_key_that_another_operator_wrapped_is_unavailable(scratch: Scratch) {
    let rows = Rows::of(scratch).await;
    for bit in (2 * 8..18 * 8).step_by(13) {
        rows.tamper(&Tampering::FlipKey { bit }).await;
        let opened = rows.open().await;
        assert!(
            matches!(opened, Err(VaultError::KeyUnavailable { .. })),
            "bit {bit}"
        );
        rows.mend().await;
    }
}

on_both!(
    whatever_is_changed_is_refused_and_told,
    a_key_that_another_operator_wrapped_is_unavailable,
);
