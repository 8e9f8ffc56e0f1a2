//! Files that libsodium made (`golden/make.py`) open here, so the formats cannot drift unnoticed.

use secrecy::ExposeSecret as _;
use wharf_crypto::{Context, Keyring, Purpose};

use crate::keyring_file::KeyFile;

const KEYRING: &str = include_str!("golden/keyring.json");
const SECOND_KEYRING: &str = include_str!("golden/keyring_2.json");
const WRAPPED_DATA_KEY: &str = include_str!("golden/wrapped_data_key.hex");
const VALUE: &str = include_str!("golden/value.hex");

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.trim_end().as_bytes();
    let byte = |pair: &[u8]| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap();
    digits.chunks(2).map(byte).collect()
}

// K-03, K-04: the data key was wrapped by the ring's older key, found by its id.
#[test]
fn keyring_data_key_and_value_open() {
    for text in [KEYRING, SECOND_KEYRING] {
        opens_the_golden_records(text);
    }
}

fn opens_the_golden_records(keyring: &str) {
    let file = KeyFile::with_text(keyring);
    let keyring = Keyring::load(&file.path).unwrap();
    let owner = Context::new().field("owner", "alice");

    let data_key = keyring
        .unwrap_key(&owner, &bytes_of(WRAPPED_DATA_KEY))
        .unwrap();
    let value = data_key
        .open(
            Purpose::new("test.value"),
            &owner.field("version", 7_u32.to_be_bytes()),
            &bytes_of(VALUE),
        )
        .unwrap();

    assert_eq!(value.expose_secret(), b"correct horse battery staple");
    assert_eq!(
        data_key.id().to_string(),
        "b60bcc6100f95955046fa57439dd89b6"
    );
    assert_eq!(
        keyring.primary_id().to_string(),
        "e04bb967d7bce78d32c6f7e94904529a",
        "the key marked as primary wraps"
    );
}

#[test]
fn the_signing_seed_is_read_as_it_stands() {
    let file = KeyFile::with_text(KEYRING);
    let keyring = Keyring::load(&file.path).unwrap();
    let current = keyring.current_signing_key();

    assert_eq!(
        current.kid().to_string(),
        "88f5642e8ae6bf1d31167577ad347c78"
    );
    assert_eq!(
        current.seed().expose_secret()[..],
        bytes_of("7dbd2fb6797c26f750d5b287b0cb209507210eb94ffe5bdcd8a0fd2f5701cb2e")
    );
    let kids: Vec<_> = keyring.signing_keys().map(|key| key.kid()).collect();
    assert_eq!(kids, [current.kid()]);
}
