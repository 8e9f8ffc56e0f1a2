//! How an account is opened: by Basic authentication (RFC 7617), by Digest (RFC 7616), or by either, as
//! the dialect has it.

use actix_web::http::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use actix_web::{HttpRequest, HttpResponse};

use crate::accounts::Account;
use crate::dialect::{Dialect, Response, Verdict};
use crate::simulation::Simulation;

const BASIC: &str = r#"Basic realm="sandbox", charset="UTF-8""#;

/// The schemes that a dialect takes.
#[derive(Clone, Copy)]
struct Schemes {
    basic: bool,
    /// The algorithms of Digest, the preferred one first; none where Digest is not taken.
    digest: &'static [&'static str],
    /// Whether a nonce lasts a few requests only.
    wears_out: bool,
}

impl Schemes {
    const fn of(dialect: Option<Dialect>) -> Self {
        let (basic, digest, wears_out): (_, &[_], _) = match dialect {
            Some(Dialect::Wsgidav) => (true, &["MD5"], false),
            Some(Dialect::DigestOnly) => (false, &["SHA-256", "MD5"], true),
            _ => (true, &[], false),
        };
        Self {
            basic,
            digest,
            wears_out,
        }
    }
}

/// A credential that is missing, wrong, or answers an outdated challenge.
pub(crate) struct Refused {
    schemes: Schemes,
    is_stale: bool,
}

impl Refused {
    /// 401 with a challenge for each scheme, Digest before Basic.
    pub(crate) fn send(&self, simulation: &Simulation) -> HttpResponse {
        let mut answer = HttpResponse::Unauthorized();
        if !self.schemes.digest.is_empty() {
            let challenges = simulation
                .digest
                .challenges(self.schemes.digest, self.is_stale);
            for challenge in challenges {
                answer.append_header((WWW_AUTHENTICATE, challenge));
            }
        }
        if self.schemes.basic {
            answer.append_header((WWW_AUTHENTICATE, BASIC));
        }
        answer.finish()
    }
}

/// 401 with the challenge of RFC 7617.
pub(crate) fn unauthorized() -> HttpResponse {
    HttpResponse::Unauthorized()
        .insert_header((WWW_AUTHENTICATE, BASIC))
        .finish()
}

/// The account whose credential comes with a request.
pub(crate) fn open(
    simulation: &Simulation,
    dialect: Option<Dialect>,
    request: &HttpRequest,
) -> Result<Account, Refused> {
    let schemes = Schemes::of(dialect);
    let mut refused = Refused {
        schemes,
        is_stale: false,
    };
    let Some(header) = request.headers().get(AUTHORIZATION) else {
        return Err(refused);
    };
    let basic = simulation.accounts.open(header.as_bytes());
    if let Some(account) = basic.filter(|_| schemes.basic) {
        return Ok(account);
    }
    let (method, path) = (request.method().as_str(), request.path());
    let response = Response::read(header.as_bytes(), method, path)
        .filter(|response| schemes.digest.contains(&response.algorithm()));
    let Some(response) = response else {
        return Err(refused);
    };
    let prove = |password: &str| {
        let verdict = simulation
            .digest
            .verdict(&response, password, schemes.wears_out);
        refused.is_stale = matches!(verdict, Verdict::Stale);
        matches!(verdict, Verdict::Accepted)
    };
    let account = simulation.accounts.open_if(response.username(), prove);
    account.ok_or(refused)
}
