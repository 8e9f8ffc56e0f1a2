//! Pre-authenticated addresses of contents: who holds one may read the file for a few minutes. Everything
//! is in the address itself, so that a listing of any size leaves nothing behind.

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::clock::unix_secs;

/// How long an address can be used.
const LIFE: Duration = Duration::from_secs(5 * 60);

/// What an address is for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) drive: String,
    pub(super) item: String,
}

/// Signs addresses. It need not be strong: nobody has anything to win here.
pub(super) struct LinkKey(String);

impl LinkKey {
    pub(super) fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret part of an address.
    pub(super) fn issue(&self, drive: &str, item: &str, now: SystemTime) -> String {
        let until = unix_secs(now + LIFE);
        let text = format!("{until} {drive} {item}");
        URL_SAFE_NO_PAD.encode(format!("{} {text}", self.signature(&text)))
    }

    /// What an address is for, if it was issued here and is still good.
    pub(super) fn read(&self, secret: &str, now: SystemTime) -> Option<Link> {
        let (until, link) = self.known(secret)?;
        (unix_secs(now) < until).then_some(link)
    }

    /// What an address is or was for, if it was issued here, and until when it is good.
    pub(super) fn known(&self, secret: &str) -> Option<(u64, Link)> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(secret).ok()?).ok()?;
        let (signature, text) = text.split_once(' ')?;
        if signature != self.signature(text) {
            return None;
        }
        let (until, link) = text.split_once(' ')?;
        let (drive, item) = link.split_once(' ')?;
        let link = Link {
            drive: drive.to_owned(),
            item: item.to_owned(),
        };
        Some((until.parse().ok()?, link))
    }

    /// What tells whether a text was made here.
    pub(super) fn signature(&self, text: &str) -> String {
        let digest = Sha256::digest(format!("{} {text}", self.0));
        URL_SAFE_NO_PAD.encode(digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_good_for_a_few_minutes_and_only_as_it_was_issued() {
        let key = LinkKey::new("key".to_owned());
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000);
        let secret = key.issue("D", "D!7", now);
        let link = Link {
            drive: "D".to_owned(),
            item: "D!7".to_owned(),
        };
        assert_eq!(
            key.read(&secret, now + LIFE - Duration::from_secs(1)),
            Some(link)
        );
        assert_eq!(key.read(&secret, now + LIFE), None);
        assert_eq!(LinkKey::new("another".to_owned()).read(&secret, now), None);
        assert_eq!(key.read(&secret.replace('a', "b"), now), None);
    }
}
