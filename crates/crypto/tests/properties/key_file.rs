//! A key file's text is read or refused, and what is read is a ring with one primary key (K-07).

use wharf_crypto::{KeyProvider as _, KeyState, KeyText};

/// Panics if it does not hold of this text.
pub(crate) fn holds(text: &str) {
    let read = KeyText::new("a test", text.into()).load();
    match read {
        Ok(keyring) => {
            let keys: Vec<_> = keyring.sealing_keys().collect();
            let primary = keys.iter().filter(|key| key.state == KeyState::Primary);
            assert_eq!(primary.count(), 1);
            for key in keys {
                assert!(keyring.has(key.id));
                let canary = keyring.seal_canary(key.id).unwrap().unwrap();
                assert!(keyring.check_canary(&canary).is_ok());
            }
        }
        // Whatever is wrong, its words quote nothing of a text that may hold keys.
        Err(error) => {
            let words = error.to_string();
            let long = text.split(|c: char| !c.is_ascii_alphanumeric());
            for word in long.filter(|word| word.len() >= 40) {
                assert!(!words.contains(word), "{words}");
            }
        }
    }
}
