//! Every reason to refuse a key file (K-07), each with its own fault.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use serde_json::{Value, json};
use tempfile::TempDir;
use wharf_crypto::{KeyProvider as _, KeyText, Keyring, KeyringError, KeyringFault};

const FIRST_ID: &str = "00000000000000000000000000000001";
const SECOND_ID: &str = "00000000000000000000000000000002";
const THIRD_ID: &str = "00000000000000000000000000000003";

// SHA-256 of "one", "two" and "three" in base64url (Python's hashlib and base64).
const ONE: &str = "dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z_0Me0";
const TWO: &str = "P8TM_nRYcOLA2Z9x8w_wZWyN7dQcwdfT03aw2-aF4vM";
const THREE: &str = "i1udsME9skJWyCmqNkqpDG0uujGLkjKkq5MTuVTTVV8";

/// A key file in its own folder, mode 0600.
pub(crate) struct KeyFile {
    pub(crate) path: PathBuf,
    _folder: TempDir,
}

impl KeyFile {
    pub(crate) fn with_text(text: impl AsRef<[u8]>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring.json");
        fs::write(&path, text).unwrap();
        let file = Self {
            path,
            _folder: folder,
        };
        file.set_mode(0o600);
        file
    }

    fn set_mode(&self, mode: u32) {
        fs::set_permissions(&self.path, fs::Permissions::from_mode(mode)).unwrap();
    }
}

/// A file that is accepted: each case below spoils one thing in it.
fn good() -> Value {
    json!({
        "version": 2,
        "sealing_keys": [
            { "id": FIRST_ID, "state": "primary", "created_secs": 1_795_421_730, "key": ONE },
            { "id": SECOND_ID, "state": "former", "key": TWO },
        ],
        "signing_keys": [{ "id": THIRD_ID, "state": "primary", "key": THREE }],
    })
}

/// The same in the first version's form.
fn first() -> Value {
    json!({
        "version": 1,
        "sealing_keys": [
            { "id": FIRST_ID, "primary": true, "key": ONE },
            { "id": SECOND_ID, "primary": false, "key": TWO },
        ],
        "signing_keys": [{ "id": THIRD_ID, "primary": true, "key": THREE }],
    })
}

/// The good file with one value replaced, or added, at a JSON pointer.
fn with(pointer: &str, value: impl Into<Value>) -> String {
    let mut file = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(parent).unwrap();
    match parent {
        Value::Array(items) => items[name.parse::<usize>().unwrap()] = value.into(),
        _ => parent[name] = value.into(),
    }
    file.to_string()
}

fn without(pointer: &str) -> String {
    let mut file = good();
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(parent).unwrap();
    parent.as_object_mut().unwrap().remove(name).unwrap();
    file.to_string()
}

/// Why a file with this text is refused; checks what every refusal must say.
fn fault(text: impl AsRef<[u8]>) -> KeyringFault {
    let file = KeyFile::with_text(text);
    let error: KeyringError = Keyring::load(&file.path).expect_err("the file must be refused");
    let message = error.to_string();
    assert!(message.contains(file.path.to_str().unwrap()), "{message}");
    for key in [ONE, TWO, THREE] {
        assert!(!format!("{message} {error:?}").contains(key), "{message}");
    }
    error.fault
}

#[test]
fn the_good_file_is_accepted() {
    let file = KeyFile::with_text(good().to_string());
    let keyring = Keyring::load(&file.path).unwrap();

    assert_eq!(keyring.primary_id().to_string(), FIRST_ID);
    assert_eq!(keyring.current_signing_key().kid().to_string(), THIRD_ID);
}

#[test]
fn what_is_known_of_each_key_is_told() {
    let file = KeyFile::with_text(good().to_string());
    let described = |text: &str| -> Vec<(String, &str, Option<u64>)> {
        let keyring = KeyText::new("a test", text.into()).load().unwrap();
        let keys = keyring.sealing_keys();
        keys.map(|key| (key.id.to_string(), key.state.as_str(), key.created_secs))
            .collect()
    };
    let first_key = |created| (FIRST_ID.to_owned(), "primary", created);
    let second_key = |state| (SECOND_ID.to_owned(), state, None);

    let text = fs::read_to_string(&file.path).unwrap();
    let created = Some(1_795_421_730);
    assert_eq!(described(&text), [first_key(created), second_key("former")]);
    assert_eq!(
        described(&with("/sealing_keys/1/state", "added")),
        [first_key(created), second_key("added")]
    );
    // A file of the first version is read for good.
    assert_eq!(
        described(&first().to_string()),
        [first_key(None), second_key("former")]
    );
}

#[test]
fn the_versions_are_not_mixed() {
    let mut late = first();
    late["version"] = json!(2);
    let mut early = good();
    early["version"] = json!(1);
    for text in [late, early] {
        let fault = fault(text.to_string());
        assert!(matches!(fault, KeyringFault::Malformed { .. }), "{fault}");
    }
}

#[test]
fn the_current_signing_key_comes_first_of_all() {
    let older = json!({ "id": SECOND_ID, "state": "former", "key": TWO });
    let mut value = good();
    value["sealing_keys"].as_array_mut().unwrap().pop();
    value["signing_keys"]
        .as_array_mut()
        .unwrap()
        .insert(0, older);
    let file = KeyFile::with_text(value.to_string());
    let keyring = Keyring::load(&file.path).unwrap();

    let kids: Vec<String> = keyring
        .signing_keys()
        .map(|key| key.kid().to_string())
        .collect();

    assert_eq!(kids, [THIRD_ID, SECOND_ID]);
}

#[test]
fn a_missing_file_is_told_apart() {
    let file = KeyFile::with_text("");
    fs::remove_file(&file.path).unwrap();

    let error = Keyring::load(&file.path).unwrap_err();

    assert!(matches!(error.fault, KeyringFault::Missing), "{error}");
}

#[test]
fn a_file_that_group_or_others_have_rights_to_is_refused() {
    let file = KeyFile::with_text(good().to_string());
    for mode in [
        0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o644, 0o666, 0o777,
    ] {
        file.set_mode(mode);
        let error = Keyring::load(&file.path).unwrap_err();
        assert!(
            matches!(error.fault, KeyringFault::Exposed { mode: found } if found == mode),
            "{error}"
        );
        assert!(error.to_string().contains("chmod 600"), "{error}");
    }
    file.set_mode(0o400);
    assert!(Keyring::load(&file.path).is_ok());
}

#[test]
fn each_truncation_is_refused() {
    let text = good().to_string();
    for length in 0..text.len() {
        let fault = fault(&text[..length]);
        assert!(
            matches!(fault, KeyringFault::Malformed { .. }),
            "{length}: {fault}"
        );
    }
}

#[test]
fn what_is_not_of_the_form_is_malformed() {
    for text in [
        "not json".to_owned(),
        "[]".to_owned(),
        format!("{} {{}}", good()),
        with("/version", "1"),
        with("/version", -1),
        with("/extra", 1),
        with("/sealing_keys/0/extra", 1),
        with("/signing_keys/0/kid", THIRD_ID),
        with("/sealing_keys/0/state", ONE),
        with("/sealing_keys/0/state", true),
        with("/sealing_keys/0/created_secs", "today"),
        with("/sealing_keys/0/primary", true),
        with("/sealing_keys/0/key", 7),
        with("/sealing_keys", Value::Null),
        without("/version"),
        without("/sealing_keys"),
        without("/signing_keys"),
        without("/sealing_keys/0/id"),
        without("/sealing_keys/0/state"),
        without("/sealing_keys/0/key"),
    ] {
        let fault = fault(&text);
        assert!(
            matches!(fault, KeyringFault::Malformed { .. }),
            "{text}: {fault}"
        );
    }
    assert!(matches!(
        fault([0xff, 0xfe]),
        KeyringFault::Malformed { .. }
    ));
}

#[test]
fn a_later_version_is_told_even_when_its_form_is_unknown() {
    for text in [
        with("/version", 3),
        r#"{"version":3,"rings":[]}"#.to_owned(),
    ] {
        assert!(matches!(
            fault(text),
            KeyringFault::UnknownVersion { version: 3 }
        ));
    }
    assert!(matches!(
        fault(with("/version", 0)),
        KeyringFault::UnknownVersion { version: 0 }
    ));
}

#[test]
fn an_endless_file_is_not_read_to_its_end() {
    let fault = fault(vec![b' '; 70_000]);

    assert!(
        matches!(
            fault,
            KeyringFault::TooLong {
                limit_bytes: 65_536
            }
        ),
        "{fault}"
    );
}

#[test]
fn malformed_ids_are_refused() {
    for id in ["", "1", "0000000000000000000000000000000A", ONE] {
        let fault = fault(with("/sealing_keys/1/id", id));
        assert!(
            matches!(
                fault,
                KeyringFault::InvalidId {
                    list: "sealing_keys",
                    position: 1
                }
            ),
            "{id}: {fault}"
        );
    }
}

#[test]
fn keys_in_another_encoding_are_refused() {
    let padded = format!("{TWO}=");
    let standard_alphabet = TWO.replace('-', "+").replace('_', "/");
    let trailing_bits = TWO.replace("4vM", "4vN");
    for key in [&padded, &standard_alphabet, &trailing_bits, "!", "ü"] {
        let fault = fault(with("/signing_keys/0/key", key));
        assert!(
            matches!(
                fault,
                KeyringFault::InvalidKey {
                    list: "signing_keys",
                    position: 0
                }
            ),
            "{key}: {fault}"
        );
    }
}

#[test]
fn keys_of_the_wrong_length_are_refused() {
    for (key, length) in [
        ("", 0),
        ("LXEWQrcmsEQBYnyp-6wy9Q", 16),
        ("LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSA", 31),
        ("LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIF6", 33),
    ] {
        let fault = fault(with("/sealing_keys/0/key", key));
        assert!(
            matches!(
                fault,
                KeyringFault::KeyLength { list: "sealing_keys", position: 0, bytes } if bytes == length
            ),
            "{key}: {fault}"
        );
    }
}

// K-07: 32 bytes of 0x00, of 0xff, of "A", two rows of numbers, a word four times, a passphrase, and the
// key of RFC 8032's first example.
#[test]
fn keys_that_nobody_drew_at_random_are_refused() {
    for key in [
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "__________________________________________8",
        "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
        "IB8eHRwbGhkYFxYVFBMSERAPDg0MCwoJCAcGBQQDAgE",
        "3q2-796tvu_erb7v3q2-796tvu_erb7v3q2-796tvu8",
        "Y29ycmVjdCBob3JzZSBiYXR0ZXJ5IHN0YXBsZSAxMjM",
        "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
    ] {
        let sealing = fault(with("/sealing_keys/1/key", key));
        let signing = fault(with("/signing_keys/0/key", key));
        assert!(
            matches!(
                sealing,
                KeyringFault::WeakKey {
                    list: "sealing_keys",
                    position: 1
                }
            ),
            "{key}: {sealing}"
        );
        assert!(
            matches!(
                signing,
                KeyringFault::WeakKey {
                    list: "signing_keys",
                    position: 0
                }
            ),
            "{key}: {signing}"
        );
    }
}

#[test]
fn an_id_given_twice_is_refused_within_and_across_lists() {
    for pointer in ["/sealing_keys/1/id", "/signing_keys/0/id"] {
        let fault = fault(with(pointer, FIRST_ID));
        assert!(
            matches!(fault, KeyringFault::DuplicateId { id } if id.to_string() == FIRST_ID),
            "{pointer}: {fault}"
        );
    }
}

#[test]
fn one_key_of_each_list_must_be_primary() {
    let fault_of_list = |text: String| match fault(text) {
        KeyringFault::NoPrimary { list } => list,
        other => panic!("{other}"),
    };
    let none = json!([]);

    assert_eq!(
        fault_of_list(with("/sealing_keys/0/state", "former")),
        "sealing_keys"
    );
    assert_eq!(
        fault_of_list(with("/signing_keys/0/state", "added")),
        "signing_keys"
    );
    assert_eq!(
        fault_of_list(with("/sealing_keys", none.clone())),
        "sealing_keys"
    );
    assert_eq!(fault_of_list(with("/signing_keys", none)), "signing_keys");
}

#[test]
fn several_primaries_are_refused() {
    let sealing = fault(with("/sealing_keys/1/state", "primary"));
    let second = json!({ "id": SECOND_ID, "state": "primary", "key": TWO });
    let third = json!({ "id": THIRD_ID, "state": "primary", "key": THREE });
    let signing = fault(with("/signing_keys", json!([second, third])));

    assert!(
        matches!(
            sealing,
            KeyringFault::SeveralPrimaries {
                list: "sealing_keys"
            }
        ),
        "{sealing}"
    );
    assert!(
        matches!(
            signing,
            KeyringFault::SeveralPrimaries {
                list: "signing_keys"
            }
        ),
        "{signing}"
    );
}
