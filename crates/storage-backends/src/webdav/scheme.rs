//! How a server is told who asks: Basic (RFC 7617) or Digest (RFC 7616). It knows which of them a
//! server offers, and no password beyond the call that uses it.

use std::sync::{Mutex, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use digest_auth::{Algorithm, AuthContext, Charset, HttpMethod, Qop, WwwAuthenticateHeader};
use reqwest::Request;
use reqwest::header::{HeaderMap, HeaderValue};
use secrecy::{ExposeSecret, SecretString};
use wharf_domain::random::Random;

use super::challenge::{Challenge, challenges};

/// The scheme that a server asks for.
pub(crate) enum Scheme {
    Basic,
    /// With the server's challenge, which counts its uses.
    Digest(Mutex<WwwAuthenticateHeader>),
}

/// A name and a password. Without `Debug`, for it is never to be printed.
pub(crate) struct Login {
    pub(crate) username: String,
    pub(crate) password: SecretString,
}

impl Scheme {
    /// The scheme for these challenges; `None` if none is one of ours.
    ///
    /// Digest wherever it is offered, in whatever order: Basic hands the password to whoever listens
    /// on the way, so RFC 7616, section 5.1, asks for the stronger scheme. Of several Digest
    /// challenges the first that we know, for the server prefers it (section 3.7). A server that
    /// names no scheme at all gets Basic.
    pub(crate) fn offered(headers: &HeaderMap) -> Option<Self> {
        let challenges = challenges(headers);
        match challenges.iter().find_map(digest) {
            Some(challenge) => Some(Self::Digest(Mutex::new(challenge))),
            None if challenges.iter().any(|offer| offer.is_of("Digest"))
                && !challenges.iter().any(|offer| offer.is_of("Basic")) =>
            {
                None
            }
            None => Some(Self::Basic),
        }
    }

    /// Whether the credential deserves another try in this scheme after it was refused in `refused`.
    ///
    /// So it does where the server asks for Digest only now, or calls the old nonce stale (RFC 7616,
    /// section 3.3), or may have forgotten one that has served before, as some do at a restart. A
    /// challenge that is refused at its first use was answered with a wrong password.
    pub(crate) fn renews(&self, refused: &Self) -> bool {
        match (self, refused) {
            (Self::Digest(_), Self::Basic) => true,
            (Self::Digest(new), Self::Digest(old)) => {
                let (new, old) = (copy(new), copy(old));
                new.nonce != old.nonce && (new.stale || old.nc > 1)
            }
            (Self::Basic, _) => false,
        }
    }

    /// The `Authorization` of a request; `None` if the credential cannot be written in a header.
    pub(crate) fn authorization(
        &self,
        login: &Login,
        request: &Request,
        random: &dyn Random,
    ) -> Option<HeaderValue> {
        let text = match self {
            Self::Basic => {
                let pair = format!("{}:{}", login.username, login.password.expose_secret());
                format!("Basic {}", STANDARD.encode(pair))
            }
            Self::Digest(challenge) => digest_response(challenge, login, request, random)?,
        };
        // Some names are beyond ASCII, and a Digest carries them as they are.
        let mut value = HeaderValue::from_bytes(text.as_bytes()).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

fn copy(challenge: &Mutex<WwwAuthenticateHeader>) -> WwwAuthenticateHeader {
    let challenge = challenge.lock().unwrap_or_else(PoisonError::into_inner);
    challenge.clone()
}

fn digest_response(
    challenge: &Mutex<WwwAuthenticateHeader>,
    login: &Login,
    request: &Request,
    random: &dyn Random,
) -> Option<String> {
    let password = login.password.expose_secret();
    let mut context = AuthContext::new(&login.username, password, request.url().path());
    context.method = HttpMethod::from(request.method().as_str());
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    context.set_custom_cnonce(format!("{:032x}", u128::from_be_bytes(bytes)));
    let mut challenge = challenge.lock().unwrap_or_else(PoisonError::into_inner);
    Some(challenge.respond(&context).ok()?.to_header_string())
}

/// A Digest challenge that we can answer: of a known algorithm, and without the body's digest, for our
/// bodies stream. The library's own reader would panic at letters beyond ASCII, so ours fills its type.
fn digest(challenge: &Challenge) -> Option<WwwAuthenticateHeader> {
    if !challenge.is_of("Digest") {
        return None;
    }
    let owned = |name| challenge.parameter(name).map(str::to_owned);
    let is_true = |name| {
        let value = challenge.parameter(name);
        value.is_some_and(|value| value.eq_ignore_ascii_case("true"))
    };
    let qop = match challenge.parameter("qop") {
        // As before RFC 2617, which some devices still are.
        None => None,
        Some(list) if list.split(',').any(|qop| qop.trim() == "auth") => Some(vec![Qop::AUTH]),
        Some(_) => return None,
    };
    Some(WwwAuthenticateHeader {
        domain: None,
        realm: owned("realm")?,
        nonce: owned("nonce")?,
        opaque: owned("opaque"),
        stale: is_true("stale"),
        algorithm: algorithm(challenge.parameter("algorithm"))?,
        qop,
        userhash: is_true("userhash"),
        charset: Charset::UTF8,
        nc: 0,
    })
}

fn algorithm(name: Option<&str>) -> Option<Algorithm> {
    let Some(name) = name else {
        return Some(Algorithm::default());
    };
    ["MD5", "MD5-sess", "SHA-256", "SHA-256-sess"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))?
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use reqwest::Method;
    use reqwest::header::WWW_AUTHENTICATE;

    use super::*;

    struct Sevens;

    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0x07);
        }
    }

    fn offered(lines: &[&str]) -> Option<Scheme> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(WWW_AUTHENTICATE, line.parse().unwrap());
        }
        Scheme::offered(&headers)
    }

    fn authorization(scheme: &Scheme) -> String {
        let url = "https://a.org/dir/index.html".parse().unwrap();
        let login = Login {
            username: "Mufasa".to_owned(),
            password: "Circle of Life".into(),
        };
        let request = Request::new(Method::GET, url);
        let value = scheme.authorization(&login, &request, &Sevens).unwrap();
        assert!(value.is_sensitive());
        value.to_str().unwrap().to_owned()
    }

    const MD5: &str = r#"Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=MD5, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS""#;
    const BASIC: &str = r#"Basic realm="a""#;

    // The values of `response` were computed with Python's hashlib from RFC 7616, section 3.4.1.
    #[test]
    fn a_digest_is_answered_with_a_count_of_its_uses() {
        let scheme = offered(&[MD5]).unwrap();
        let first = authorization(&scheme);
        assert!(
            first.contains("qop=auth, nc=00000001, cnonce=\"07070707070707070707070707070707\"")
        );
        assert!(
            first.contains("5693c1621dd0b358e7bc697d3201888e"),
            "{first}"
        );
        let second = authorization(&scheme);
        assert!(second.contains("nc=00000002"), "{second}");
        assert!(
            second.contains("df88fb2708281336346e9c2566354b6d"),
            "{second}"
        );
        let sha256 = offered(&[&MD5.replace("MD5", "sha-256")]).unwrap();
        let answer = authorization(&sha256);
        assert!(
            answer.contains("0fbb78c08724d4b44e47458cdae9f06b1410e0dd2e603f87986ba839987ebc01"),
            "{answer}"
        );
    }

    // RFC 7617, section 2
    #[test]
    fn basic_is_the_pair_in_base64() {
        let basic = offered(&[BASIC]).unwrap();
        assert_eq!(authorization(&basic), "Basic TXVmYXNhOkNpcmNsZSBvZiBMaWZl");
    }

    #[test]
    fn digest_is_preferred_in_whatever_order() {
        let is_digest = |lines: &[&str]| matches!(offered(lines), Some(Scheme::Digest(_)));
        assert!(is_digest(&[MD5, BASIC]));
        assert!(is_digest(&[BASIC, MD5]));
        assert!(is_digest(&[&format!("{BASIC}, {MD5}")]));
        let unknown = MD5.replace("MD5", "SHA-512");
        assert!(is_digest(&[&unknown, MD5]));
    }

    // D-03
    #[test]
    fn a_refused_password_gets_another_try_only_where_it_was_not_judged() {
        let basic = offered(&[BASIC]).unwrap();
        let old = offered(&[MD5]).unwrap();
        let new = offered(&[&MD5.replace("7ypf", "8ypf")]).unwrap();
        let stale = MD5
            .replace("7ypf", "9ypf")
            .replace("opaque", "stale=TRUE, opaque");
        let stale = offered(&[&stale]).unwrap();
        assert!(new.renews(&basic));
        assert!(!basic.renews(&old) && !basic.renews(&basic));
        authorization(&old);
        assert!(stale.renews(&old) && !new.renews(&old) && !old.renews(&old));
        authorization(&old);
        assert!(new.renews(&old) && !old.renews(&old));
    }

    #[test]
    fn basic_is_for_servers_that_offer_it_or_nothing() {
        let is_basic = |lines: &[&str]| matches!(offered(lines), Some(Scheme::Basic));
        assert!(is_basic(&[BASIC]));
        assert!(is_basic(&[]));
        assert!(is_basic(&["Bearer"]));
        let integrity_only = MD5.replace("auth, auth-int", "auth-int");
        for unknown in [MD5.replace("MD5", "SHA-512"), integrity_only] {
            assert!(is_basic(&[&unknown, BASIC]));
            assert!(offered(&[&unknown]).is_none());
        }
    }
}
