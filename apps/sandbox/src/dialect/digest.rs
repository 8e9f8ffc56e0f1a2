//! Digest authentication as a server (RFC 7616), without the client's library, so that the two check
//! each other.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use md5::Md5;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

const REALM: &str = "sandbox";

/// After this many requests a nonce of a strict server is stale.
const USES: usize = 5;

/// The nonces that were given out, and which counts came with each.
#[derive(Default)]
pub(crate) struct Digest(Mutex<Nonces>);

#[derive(Default)]
struct Nonces {
    used: HashMap<String, HashSet<String>>,
}

/// What an `Authorization` of this scheme is worth.
pub(crate) enum Verdict {
    /// The password was known.
    Accepted,
    /// It was not, or the header cannot be read.
    Refused,
    /// It was, but the nonce is unknown or used up (section 3.3).
    Stale,
}

impl Digest {
    /// The challenges for these algorithms, one header each; all with one fresh nonce.
    pub(crate) fn challenges(&self, algorithms: &[&str], is_stale: bool) -> Vec<String> {
        let mut nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let nonce = format!("{:032x}", nonces.used.len() + 1);
        nonces.used.insert(nonce.clone(), HashSet::new());
        let stale = if is_stale { ", stale=true" } else { "" };
        let challenge = |algorithm: &&str| {
            format!(
                r#"Digest realm="{REALM}", qop="auth", algorithm={algorithm}, nonce="{nonce}"{stale}"#
            )
        };
        algorithms.iter().map(challenge).collect()
    }

    /// Judges the response to a challenge; `wears_out` says whether nonces do.
    pub(crate) fn verdict(&self, response: &Response, password: &str, wears_out: bool) -> Verdict {
        if response.expected(password).as_deref() != response.get("response") {
            return Verdict::Refused;
        }
        let (Some(nonce), Some(count)) = (response.get("nonce"), response.get("nc")) else {
            return Verdict::Refused;
        };
        let mut nonces = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(counts) = nonces.used.get_mut(nonce) else {
            return Verdict::Stale;
        };
        let is_worn_out = wears_out && counts.len() == USES;
        // A count that came before is a replay.
        if !is_worn_out && counts.insert(count.to_owned()) {
            Verdict::Accepted
        } else {
            Verdict::Stale
        }
    }
}

/// The parameters of an `Authorization` header, for one request.
pub(crate) struct Response {
    parameters: HashMap<String, String>,
    method: String,
}

impl Response {
    /// The response in a header; `None` if it is none for this request.
    pub(crate) fn read(header: &[u8], method: &str, path: &str) -> Option<Self> {
        let (scheme, rest) = str::from_utf8(header).ok()?.split_once(' ')?;
        let parameters = parameters(rest);
        let is_for_this = parameters.get("uri").is_some_and(|uri| uri == path);
        (scheme.eq_ignore_ascii_case("digest") && is_for_this).then(|| Self {
            parameters,
            method: method.to_owned(),
        })
    }

    /// The user name; empty if there is none.
    pub(crate) fn username(&self) -> &str {
        self.get("username").unwrap_or_default()
    }

    /// The algorithm (section 3.4).
    pub(crate) fn algorithm(&self) -> &str {
        self.get("algorithm").unwrap_or("MD5")
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters.get(name).map(String::as_str)
    }

    /// Section 3.4.1
    fn expected(&self, password: &str) -> Option<String> {
        let hash = match self.algorithm() {
            "SHA-256" => |text: String| hex(&Sha256::digest(text)),
            "MD5" => |text: String| hex(&Md5::digest(text)),
            _ => return None,
        };
        let (username, realm) = (self.get("username")?, self.get("realm")?);
        let (nonce, count, client) = (self.get("nonce")?, self.get("nc")?, self.get("cnonce")?);
        let secret = hash(format!("{username}:{realm}:{password}"));
        let request = hash(format!("{}:{}", self.method, self.get("uri")?));
        Some(hash(format!(
            "{secret}:{nonce}:{count}:{client}:auth:{request}"
        )))
    }
}

/// `name=value` or `name="value"` between commas; a quote within quotes stands behind a backslash.
fn parameters(text: &str) -> HashMap<String, String> {
    let mut parameters = HashMap::new();
    let mut rest = text;
    while let Some((name, behind)) = rest.split_once('=') {
        let mut value = String::new();
        let mut characters = behind.chars();
        let is_quoted = behind.starts_with('"');
        if is_quoted {
            characters.next();
        }
        while let Some(character) = characters.next() {
            match character {
                '"' if is_quoted => break,
                ',' if !is_quoted => break,
                '\\' if is_quoted => value.extend(characters.next()),
                character => value.push(character),
            }
        }
        parameters.insert(name.trim().to_owned(), value.trim().to_owned());
        rest = characters.as_str().trim_start_matches([',', ' ']);
    }
    parameters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mufasa(algorithm: &str) -> Response {
        // RFC 7616, section 3.9.1
        let header = format!(
            r#"Digest username="Mufasa", realm="http-auth@example.org", uri="/dir/index.html", algorithm={algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", nc=00000001, cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", qop=auth"#
        );
        Response::read(header.as_bytes(), "GET", "/dir/index.html").unwrap()
    }

    #[test]
    fn the_examples_of_the_rfc_are_expected() {
        assert_eq!(
            mufasa("MD5").expected("Circle of Life").as_deref(),
            Some("8ca523f5e9506fed4657c9700eebdbec")
        );
        assert_eq!(
            mufasa("SHA-256").expected("Circle of Life").as_deref(),
            Some("753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1")
        );
        assert_eq!(mufasa("SHA-512").expected("Circle of Life"), None);
    }

    #[test]
    fn a_response_is_for_one_path() {
        let header = br#"Digest username="a", uri="/other""#;
        assert!(Response::read(header, "GET", "/").is_none());
    }

    #[test]
    fn quotes_and_commas_are_read() {
        let read = parameters(r#"username="a \"b\", c", nc=00000001, uri="/x""#);
        assert_eq!(read["username"], "a \"b\", c");
        assert_eq!((&*read["nc"], &*read["uri"]), ("00000001", "/x"));
    }
}
