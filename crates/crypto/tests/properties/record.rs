//! No bytes open but those that were sealed (K-03).

use std::sync::LazyLock;

use secrecy::ExposeSecret as _;
use wharf_crypto::{Context, DataKey, KeyProvider as _, KeyText, Keyring, Purpose};

/// Records that libsodium made, and the keys that open them.
struct Golden {
    keyring: Keyring,
    owner: Context,
    wrapped: Vec<u8>,
    value: Vec<u8>,
    data_key: DataKey,
}

static GOLDEN: LazyLock<Golden> = LazyLock::new(|| {
    let text = include_str!("../crypto/golden/keyring.json");
    let keyring = KeyText::new("the golden file", text.into()).load().unwrap();
    let owner = Context::new().field("owner", "alice");
    let wrapped = bytes_of(include_str!("../crypto/golden/wrapped_data_key.hex"));
    let data_key = keyring.unwrap_key(&owner, &wrapped).unwrap();
    Golden {
        keyring,
        owner,
        wrapped,
        value: bytes_of(include_str!("../crypto/golden/value.hex")),
        data_key,
    }
});

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.trim_end().as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

/// Panics if it does not hold of these bytes.
pub(crate) fn holds(bytes: &[u8]) {
    let Golden {
        keyring,
        owner,
        wrapped,
        value,
        data_key,
    } = &*GOLDEN;

    let unwrapped = keyring.unwrap_key(owner, bytes);
    assert_eq!(unwrapped.is_ok(), bytes == wrapped.as_slice());
    assert!(keyring.check_canary(bytes).is_err());

    let purpose = Purpose::new("test.value");
    let context = owner.clone().field("version", 7_u32.to_be_bytes());
    let opened = data_key.open(purpose, &context, bytes);
    assert_eq!(opened.is_ok(), bytes == value.as_slice());
    if let Ok(opened) = opened {
        assert_eq!(opened.expose_secret(), b"correct horse battery staple");
    }
    assert!(
        data_key
            .open(Purpose::new("test.valu"), &context, bytes)
            .is_err()
    );
    assert!(data_key.open(purpose, owner, bytes).is_err());
}
