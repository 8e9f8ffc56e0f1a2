//! Accounts: who may open which storage. Of the ways to prove it this knows Basic authentication (RFC
//! 7617).

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::storage::Storage;

/// What a client needs to use an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Access {
    /// The account's top folder, with a slash at the end.
    pub url: String,
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// The accounts by user name.
#[derive(Default)]
pub(crate) struct Accounts(RwLock<HashMap<String, Entry>>);

struct Entry {
    password: String,
    storage: Arc<Storage>,
}

/// An account that somebody may use.
pub(crate) struct Account {
    /// Whose it is.
    pub(crate) username: String,
    /// What is in it.
    pub(crate) storage: Arc<Storage>,
}

impl Accounts {
    /// Gives a user a password; a new user also gets what `make_storage` makes.
    pub(crate) fn set(
        &self,
        username: &str,
        password: &str,
        make_storage: impl FnOnce() -> io::Result<Storage>,
    ) -> io::Result<()> {
        let mut accounts = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let storage = match accounts.get(username) {
            Some(account) => Arc::clone(&account.storage),
            None => Arc::new(make_storage()?),
        };
        let password = password.to_owned();
        accounts.insert(username.to_owned(), Entry { password, storage });
        Ok(())
    }

    /// The account that a Basic `Authorization` header opens.
    pub(crate) fn open(&self, authorization: &[u8]) -> Option<Account> {
        let (username, password) = basic_credentials(authorization)?;
        self.open_if(&username, |known| known == password)
    }

    /// The account of this user, if its password passes the test.
    pub(crate) fn open_if(
        &self,
        username: &str,
        is_proven: impl FnOnce(&str) -> bool,
    ) -> Option<Account> {
        let accounts = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let entry = accounts.get(username)?;
        is_proven(&entry.password).then(|| Account {
            username: username.to_owned(),
            storage: Arc::clone(&entry.storage),
        })
    }
}

/// The user name and the password in a Basic `Authorization` header.
pub(crate) fn basic_credentials(authorization: &[u8]) -> Option<(String, String)> {
    let (scheme, encoded) = str::from_utf8(authorization).ok()?.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (username, password) = decoded.split_once(':')?;
    Some((username.to_owned(), password.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_well_formed_basic_credentials_are_read() {
        let aladdin = Some(("Aladdin".to_owned(), "open sesame".to_owned()));
        // The example of RFC 7617, section 2.
        assert_eq!(
            basic_credentials(b"Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            aladdin
        );
        assert_eq!(
            basic_credentials(b"basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="),
            aladdin
        );
        for other in [
            &b""[..],
            b"Basic",
            b"Basic !",
            b"Bearer QWxhZGRpbjpvcGVuIHNlc2FtZQ==",
            b"Basic QWxhZGRpbg==",
        ] {
            assert_eq!(basic_credentials(other), None, "{other:?}");
        }
    }
}
