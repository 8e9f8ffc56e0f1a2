//! G-01: keys cannot be printed, serialised or copied by accident.

use std::fmt::Display;

use secrecy::{ExposeSecret as _, SecretBox, SecretSlice};
use serde::Serialize;
use static_assertions::{assert_impl_all, assert_not_impl_any};
use wharf_crypto::{DataKey, KeyFile, KeyText, Keyring, LiveKeyring, SigningKey};
use zeroize::ZeroizeOnDrop;

assert_not_impl_any!(Keyring: Display, Serialize, Clone, AsRef<[u8]>);
assert_not_impl_any!(DataKey: Display, Serialize, Clone, AsRef<[u8]>);
assert_not_impl_any!(SigningKey: Display, Serialize, Clone, AsRef<[u8]>);
assert_not_impl_any!(LiveKeyring: Display, Serialize, AsRef<[u8]>);
assert_not_impl_any!(KeyText: Display, Serialize, Clone, AsRef<str>);
assert_not_impl_any!(KeyFile: Serialize, AsRef<[u8]>);

// What holds the bytes of every key, and what opening gives.
assert_not_impl_any!(SecretBox<[u8; 32]>: Display, Serialize, Clone);
assert_not_impl_any!(SecretSlice<u8>: Display, Serialize);
assert_impl_all!(SecretBox<[u8; 32]>: ZeroizeOnDrop);
assert_impl_all!(SecretSlice<u8>: ZeroizeOnDrop);

#[test]
fn debug_of_a_keyring_shows_ids_and_nothing_else() {
    let keyring = Keyring::generate().unwrap();
    let signing_key = keyring.current_signing_key();
    let seed = signing_key.seed().expose_secret();

    let shown = format!("{keyring:?}");

    let (primary, kid) = (keyring.primary_id(), signing_key.kid());
    let rest = "state: Primary, created_secs: None }, others: [] }";
    assert_eq!(
        shown,
        format!(
            "Keyring {{ sealing: Keys {{ primary: Held {{ key: SealingKey {{ id: KeyId({primary}), .. }}, {rest}, \
             signing: Keys {{ primary: Held {{ key: SigningKey {{ kid: KeyId({kid}), .. }}, {rest} }}"
        )
    );
    assert!(!shown.contains(&format!("{seed:?}")));
}

#[test]
fn debug_of_where_keys_come_from_shows_no_key() {
    let text = "{\"version\": 2, \"key\": \"c2VjcmV0\"}";
    let handed = KeyText::new("WHARF_KEYS", text.into());
    assert_eq!(
        format!("{handed:?}"),
        "KeyText { name: \"WHARF_KEYS\", .. }"
    );
    let live = LiveKeyring::fixed(Keyring::generate().unwrap().into());
    assert_eq!(format!("{live:?}"), "LiveKeyring { place: Memory, .. }");
}

#[test]
fn debug_of_a_data_key_and_an_opened_value_shows_no_byte() {
    let key = DataKey::generate().unwrap();
    let purpose = wharf_crypto::Purpose::new("test.value");
    let context = wharf_crypto::Context::new();
    let record = key.seal(purpose, &context, b"hunter2hunter2").unwrap();
    let opened = key.open(purpose, &context, &record).unwrap();

    assert_eq!(
        format!("{key:?}"),
        format!("DataKey(SealingKey {{ id: KeyId({}), .. }})", key.id())
    );
    assert_eq!(format!("{opened:?}"), "SecretBox<[u8]>([REDACTED])");
}
