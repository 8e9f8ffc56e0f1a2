//! What is known of a server by having asked it once: where the account really is, and how the server
//! wants to be told who asks. Shared by all clients of one account, and nothing is lost with it but
//! time. It holds no password and sends nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use reqwest::{Request, StatusCode};
use url::Url;
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::Response;

use crate::fault::Fault;

use super::base::Base;
use super::client::{DESTINATION, IF};
use super::error;
use super::scheme::Scheme;

/// The accounts that are remembered at most.
const MAX_KNOWN: usize = 10_000;

/// One account's server.
pub(crate) struct Acquaintance {
    /// Where redirects led from the address that was typed.
    base: Base,
    pub(crate) scheme: Scheme,
}

impl Acquaintance {
    /// What the answer to a request for the account's top folder, sent without a credential, tells.
    pub(crate) fn from_answer(answer: &Response, typed: &Base) -> Result<Self, Fault> {
        let status = answer.status();
        // Of a server in trouble nothing is learnt.
        if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
            return Err(error::of_answer(answer));
        }
        // Only a storage is worth following: what else strangers are led to may be a login page.
        if ![StatusCode::UNAUTHORIZED, StatusCode::MULTI_STATUS].contains(&status) {
            return Ok(Self::unknown(typed));
        }
        let scheme = Scheme::offered(answer.headers());
        Ok(Self {
            base: base_of(answer.url())?,
            scheme: scheme.ok_or(StorageErrorKind::WrongProtocol)?,
        })
    }

    /// A server that tells strangers nothing: where it was said to be, with the scheme that needs no
    /// challenge.
    pub(crate) fn unknown(typed: &Base) -> Self {
        Self {
            base: typed.clone(),
            scheme: Scheme::Basic,
        }
    }

    /// What a refusal tells anew, if the credential was not what was refused (D-03).
    pub(crate) fn renewed_by(&self, answer: &Response) -> Option<Self> {
        if answer.status() != StatusCode::UNAUTHORIZED {
            return None;
        }
        let scheme = Scheme::offered(answer.headers())?;
        scheme.renews(&self.scheme).then(|| Self {
            base: self.base.clone(),
            scheme,
        })
    }

    /// Leads a request, and the destination or condition that it may name, from the address that was typed to where
    /// the account really is.
    pub(crate) fn lead(&self, request: &mut Request, typed: &Base) {
        let (typed, real) = (typed.as_url(), self.base.as_url());
        let path = request.url().path().strip_prefix(typed.path());
        if let Some(path) = path.map(|rest| [real.path(), rest].concat()) {
            request.url_mut().set_path(&path);
        }
        // A tagged condition names its URL in angle brackets (RFC 4918, section 10.4.2).
        for (header, opening) in [(DESTINATION, ""), (IF, "<")] {
            let named = request.headers().get(&header);
            let led = named
                .and_then(|value| value.to_str().ok()?.strip_prefix(opening))
                .and_then(|value| value.strip_prefix(typed.as_str()))
                .and_then(|rest| [opening, real.as_str(), rest].concat().parse().ok());
            if let Some(led) = led {
                request.headers_mut().insert(header, led);
            }
        }
    }

    /// Whether an answer is still about the item that was asked for: a redirect may lead elsewhere, to a
    /// login page for one, but an item keeps its path beneath the account.
    pub(crate) fn is_about(&self, asked: &Url, answered: &Url) -> bool {
        if asked == answered {
            return true;
        }
        let item = asked.path().strip_prefix(self.base.as_url().path());
        let item = item.unwrap_or_default().trim_end_matches('/');
        base_of(answered).is_ok_and(|answered| {
            let answered = answered.as_url().path().trim_end_matches('/');
            answered
                .strip_suffix(item)
                .is_some_and(|folder| item.is_empty() || folder.ends_with('/'))
        })
    }
}

fn base_of(url: &Url) -> Result<Base, Fault> {
    let mut url = url.clone();
    url.set_query(None);
    Base::new(url).ok_or_else(|| StorageErrorKind::WrongProtocol.into())
}

/// The account of one user name at one address.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct AccountName {
    pub(crate) address: String,
    pub(crate) username: String,
}

/// The servers that are known, within this process.
#[derive(Clone, Default)]
pub(crate) struct Acquaintances(Arc<Mutex<HashMap<AccountName, Arc<Acquaintance>>>>);

impl Acquaintances {
    /// What is known of this account's server.
    pub(crate) fn of(&self, account: &AccountName) -> Option<Arc<Acquaintance>> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(account).map(Arc::clone)
    }

    /// Remembers, and forgets all others where there are too many.
    pub(crate) fn remember(&self, account: &AccountName, new: Acquaintance) -> Arc<Acquaintance> {
        let new = Arc::new(new);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_KNOWN {
            known.clear();
        }
        known.insert(account.clone(), Arc::clone(&new));
        new
    }

    /// Forgets, so that the server is asked anew.
    pub(crate) fn forget(&self, account: &AccountName) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.remove(account);
    }
}

#[cfg(test)]
mod tests {
    use reqwest::Method;

    use super::*;

    fn base(url: &str) -> Base {
        Base::new(url.parse().unwrap()).unwrap()
    }

    fn at(url: &str) -> Acquaintance {
        Acquaintance {
            base: base(url),
            scheme: Scheme::Basic,
        }
    }

    #[test]
    fn a_request_is_led_to_where_the_account_is() {
        let typed = base("https://a.org/dav/");
        let method = Method::from_bytes(b"MOVE").unwrap();
        let mut request = Request::new(method, "https://a.org/dav/dav/x%20y".parse().unwrap());
        let destination = "https://a.org/dav/z/".parse().unwrap();
        request.headers_mut().insert(DESTINATION, destination);
        at("https://a.org/new/place/").lead(&mut request, &typed);
        assert_eq!(request.url().as_str(), "https://a.org/new/place/dav/x%20y");
        assert_eq!(request.headers()[DESTINATION], "https://a.org/new/place/z/");
    }

    #[test]
    fn an_item_keeps_its_path_beneath_the_account() {
        let known = at("https://a.org/dav/");
        let is_about = |asked: &str, answered: &str| {
            known.is_about(&asked.parse().unwrap(), &answered.parse().unwrap())
        };
        for answered in [
            "https://a.org/dav/b/c",
            "https://a.org/dav/b/c/",
            "https://a.org/other/b/%63",
        ] {
            assert!(is_about("https://a.org/dav/b/c", answered), "{answered}");
        }
        for answered in [
            "https://a.org/login?to=/dav/b/c",
            "https://a.org/dav/c",
            "https://a.org/dav/bb/c/d",
            "https://a.org/davb/c",
        ] {
            assert!(!is_about("https://a.org/dav/b/c", answered), "{answered}");
        }
        assert!(is_about("https://a.org/dav/", "https://a.org/elsewhere/"));
    }

    #[test]
    fn no_more_accounts_are_remembered_than_fit() {
        let known = Acquaintances::default();
        for number in 0..=MAX_KNOWN {
            let account = AccountName {
                address: number.to_string(),
                username: String::new(),
            };
            known.remember(&account, at("https://a.org/"));
        }
        assert_eq!(known.0.lock().unwrap().len(), 1);
    }
}
