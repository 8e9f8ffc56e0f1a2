//! Who has an account at Nextcloud, and by which passwords it is opened.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::Serialize;

use super::home::Home;

/// A person with an account.
#[derive(Debug)]
pub(super) struct User {
    /// What the person logs in with.
    pub(super) login_name: String,
    /// What stands in the paths of WebDAV.
    pub(super) user_id: String,
    pub(super) home: Arc<Home>,
}

/// A password that was made for one application and that works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LiveAppPassword {
    /// Whose it is.
    pub login_name: String,
    /// What the person sees of the application: the `User-Agent` that began the login flow.
    pub name: String,
}

/// How a user has proven to be one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Proof {
    /// By the password of the person.
    Password,
    /// By an app password.
    AppPassword,
}

/// The users by login name.
#[derive(Debug, Default)]
pub(super) struct Users(RwLock<BTreeMap<String, Entry>>);

#[derive(Debug)]
struct Entry {
    user: Arc<User>,
    password: String,
    /// Name by password.
    app_passwords: BTreeMap<String, String>,
}

impl Users {
    /// Adds a user, or changes the password of one that is there.
    pub(super) fn set(&self, user: User, password: &str) {
        let mut users = self.write();
        match users.get_mut(&user.login_name) {
            Some(entry) => password.clone_into(&mut entry.password),
            None => {
                let entry = Entry {
                    user: Arc::new(user),
                    password: password.to_owned(),
                    app_passwords: BTreeMap::new(),
                };
                users.insert(entry.user.login_name.clone(), entry);
            }
        }
    }

    /// The user of this name.
    pub(super) fn get(&self, login_name: &str) -> Option<Arc<User>> {
        Some(Arc::clone(&self.read().get(login_name)?.user))
    }

    /// All of them.
    pub(super) fn all(&self) -> Vec<Arc<User>> {
        let users = self.read();
        users
            .values()
            .map(|entry| Arc::clone(&entry.user))
            .collect()
    }

    /// The user whom this password opens the account of.
    pub(super) fn open(&self, login_name: &str, password: &str) -> Option<(Arc<User>, Proof)> {
        let users = self.read();
        let entry = users.get(login_name)?;
        let proof = if entry.password == password {
            Proof::Password
        } else {
            entry.app_passwords.get(password)?;
            Proof::AppPassword
        };
        Some((Arc::clone(&entry.user), proof))
    }

    /// Gives a user an app password; says whether there is that user.
    pub(super) fn add_app_password(&self, login_name: &str, password: &str, name: &str) -> bool {
        let mut users = self.write();
        let Some(entry) = users.get_mut(login_name) else {
            return false;
        };
        let (password, name) = (password.to_owned(), name.to_owned());
        entry.app_passwords.insert(password, name);
        true
    }

    /// Revokes one app password.
    pub(super) fn revoke(&self, login_name: &str, password: &str) {
        if let Some(entry) = self.write().get_mut(login_name) {
            entry.app_passwords.remove(password);
        }
    }

    /// Revokes all app passwords of a user; says how many there were.
    pub(super) fn revoke_all(&self, login_name: &str) -> usize {
        let mut users = self.write();
        let revoked = users
            .get_mut(login_name)
            .map(|entry| std::mem::take(&mut entry.app_passwords));
        revoked.map_or(0, |revoked| revoked.len())
    }

    /// The app passwords that work.
    pub(super) fn app_passwords(&self) -> Vec<LiveAppPassword> {
        let users = self.read();
        let live = users.iter().flat_map(|(login_name, entry)| {
            entry.app_passwords.values().map(|name| LiveAppPassword {
                login_name: login_name.clone(),
                name: name.clone(),
            })
        });
        live.collect()
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Entry>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Entry>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
