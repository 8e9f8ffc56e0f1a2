//! Sealed records: what opens, and that nothing else does.

use std::sync::LazyLock;

use proptest::prelude::*;
use secrecy::ExposeSecret as _;
use wharf_crypto::{Context, DataKey, KeyId, Keyring, OpenError, Purpose};

const PURPOSE: Purpose = Purpose::new("test.value");
const HEADER_BYTES: usize = 1 + 1 + 16 + 24;
const TAG_BYTES: usize = 16;
const KEY_ID: std::ops::Range<usize> = 2..18;

static KEY: LazyLock<DataKey> = LazyLock::new(|| DataKey::generate().unwrap());
static KEYRING: LazyLock<Keyring> = LazyLock::new(|| Keyring::generate().unwrap());

const LABELS: [&str; 4] = ["owner", "connection", "provider", "version"];

/// The context of four fields that callers build, here with any values.
fn context(values: &[Vec<u8>; 4]) -> Context {
    LABELS
        .iter()
        .zip(values)
        .fold(Context::new(), |context, (label, value)| {
            context.field(label, value)
        })
}

fn values() -> impl Strategy<Value = [Vec<u8>; 4]> {
    proptest::array::uniform4(proptest::collection::vec(any::<u8>(), 0..40))
}

fn plaintext() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(any::<u8>(), 0..300)
}

fn refused<T>(result: Result<T, OpenError>) -> bool {
    matches!(result, Err(OpenError::Refused))
}

// K-01: zero-length and 64 KiB values.
#[test]
fn round_trip_from_nothing_to_64_kib() {
    for length in [0, 1, 63, 64, 65, 64 * 1024] {
        let plaintext: Vec<u8> = (0..length).map(|i| (i % 251) as u8).collect();
        let context = Context::new().field("owner", "alice");

        let record = KEY.seal(PURPOSE, &context, &plaintext).unwrap();
        let opened = KEY.open(PURPOSE, &context, &record).unwrap();

        assert_eq!(opened.expose_secret(), plaintext);
        assert_eq!(record.len(), HEADER_BYTES + length + TAG_BYTES);
    }
}

#[test]
fn a_record_starts_with_version_algorithm_and_key_id() {
    let record = KEY.seal(PURPOSE, &Context::new(), b"secret").unwrap();
    let id: String = record[KEY_ID].iter().map(|b| format!("{b:02x}")).collect();

    assert_eq!(record[..2], [1, 1]);
    assert_eq!(id, KEY.id().to_string());
}

#[test]
fn the_same_value_never_looks_the_same() {
    let seal = || KEY.seal(PURPOSE, &Context::new(), b"secret").unwrap();

    assert_ne!(seal()[HEADER_BYTES..], seal()[HEADER_BYTES..]);
}

// K-03: every bit of the record counts. K-04: a bit of the key id names a key that is not there.
#[test]
fn each_flipped_bit_is_refused() {
    let context = Context::new().field("owner", "alice");
    let record = KEY.seal(PURPOSE, &context, b"a secret value").unwrap();
    for bit in 0..record.len() * 8 {
        let mut altered = record.clone();
        altered[bit / 8] ^= 1 << (bit % 8);

        let answer = KEY.open(PURPOSE, &context, &altered);

        match answer {
            Err(OpenError::KeyUnavailable { id }) => {
                assert!(KEY_ID.contains(&(bit / 8)), "bit {bit}");
                assert_ne!(id, KEY.id());
            }
            Err(OpenError::Refused) => assert!(!KEY_ID.contains(&(bit / 8)), "bit {bit}"),
            other => panic!("bit {bit}: {other:?}"),
        }
    }
}

#[test]
fn each_truncation_and_extension_is_refused() {
    let context = Context::new();
    let record = KEY.seal(PURPOSE, &context, b"a secret value").unwrap();
    for length in 0..record.len() {
        assert!(refused(KEY.open(PURPOSE, &context, &record[..length])));
    }
    let extended = [&record[..], &[0]].concat();
    assert!(refused(KEY.open(PURPOSE, &context, &extended)));
}

// K-04: told apart from an altered record, so that a missing key is not taken for an attack.
#[test]
fn a_record_of_another_key_is_not_tried() {
    let other = DataKey::generate().unwrap();
    let record = other.seal(PURPOSE, &Context::new(), b"secret").unwrap();

    let answer = KEY.open(PURPOSE, &Context::new(), &record);

    let unavailable = |id: KeyId| Some(OpenError::KeyUnavailable { id });
    assert_eq!(answer.err(), unavailable(other.id()));
}

// K-03: even under the right id, another key opens nothing.
#[test]
fn a_record_relabelled_with_another_keys_id_is_refused() {
    let other = DataKey::generate().unwrap();
    let mut record = other.seal(PURPOSE, &Context::new(), b"secret").unwrap();
    let own = KEY.seal(PURPOSE, &Context::new(), b"secret").unwrap();
    record[KEY_ID].copy_from_slice(&own[KEY_ID]);

    assert!(refused(KEY.open(PURPOSE, &Context::new(), &record)));
}

#[test]
fn a_wrapped_data_key_keeps_its_id_and_opens_what_it_sealed() {
    let context = Context::new().field("owner", "alice");
    let value = KEY.seal(PURPOSE, &context, b"secret").unwrap();

    let wrapped = KEYRING.wrap(&context, &KEY).unwrap();
    let unwrapped = KEYRING.unwrap_key(&context, &wrapped).unwrap();

    assert_eq!(unwrapped.id(), KEY.id());
    let opened = unwrapped.open(PURPOSE, &context, &value).unwrap();
    assert_eq!(opened.expose_secret(), b"secret");
}

#[test]
fn a_wrapped_data_key_opens_for_its_owner_and_ring_alone() {
    let alice = Context::new().field("owner", "alice");
    let bob = Context::new().field("owner", "bob");
    let wrapped = KEYRING.wrap(&alice, &KEY).unwrap();
    let stranger = Keyring::generate().unwrap();

    assert!(refused(KEYRING.unwrap_key(&bob, &wrapped)));
    assert_eq!(
        stranger.unwrap_key(&alice, &wrapped).err(),
        Some(OpenError::KeyUnavailable {
            id: KEYRING.primary_id()
        })
    );
    for length in 0..wrapped.len() {
        assert!(refused(KEYRING.unwrap_key(&alice, &wrapped[..length])));
    }
}

proptest! {
    // K-03: swap any field between two rows.
    #[test]
    fn a_changed_context_field_is_refused(
        values in values(),
        plaintext in plaintext(),
        field in 0..4_usize,
        replacement in proptest::collection::vec(any::<u8>(), 0..40),
    ) {
        prop_assume!(values[field] != replacement);
        let record = KEY.seal(PURPOSE, &context(&values), &plaintext).unwrap();
        let mut swapped = values.clone();
        swapped[field] = replacement;

        prop_assert!(refused(KEY.open(PURPOSE, &context(&swapped), &record)));
        let opened = KEY.open(PURPOSE, &context(&values), &record).unwrap();
        prop_assert_eq!(opened.expose_secret(), plaintext);
    }

    #[test]
    fn two_fields_with_exchanged_values_are_refused(
        values in values(),
        plaintext in plaintext(),
        (left, right) in (0..4_usize, 0..4_usize),
    ) {
        prop_assume!(values[left] != values[right]);
        let record = KEY.seal(PURPOSE, &context(&values), &plaintext).unwrap();
        let mut swapped = values;
        swapped.swap(left, right);

        prop_assert!(refused(KEY.open(PURPOSE, &context(&swapped), &record)));
    }

    #[test]
    fn another_purpose_is_refused(plaintext in plaintext(), values in values()) {
        let record = KEY.seal(PURPOSE, &context(&values), &plaintext).unwrap();
        let other = Purpose::new("test.valu");

        prop_assert!(refused(KEY.open(other, &context(&values), &record)));
    }

    // K-03: never panics, whatever the bytes are.
    #[test]
    fn arbitrary_bytes_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(KEY.open(PURPOSE, &Context::new(), &bytes).is_err());
        prop_assert!(KEYRING.unwrap_key(&Context::new(), &bytes).is_err());
    }

    #[test]
    fn arbitrary_bytes_behind_a_true_header_are_refused(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let record = KEY.seal(PURPOSE, &Context::new(), b"").unwrap();
        let forged = [&record[..KEY_ID.end], &bytes].concat();

        prop_assert!(refused(KEY.open(PURPOSE, &Context::new(), &forged)));
    }
}
