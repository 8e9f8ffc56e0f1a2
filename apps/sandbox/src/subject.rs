//! Whom a request is about, as far as it tells: from the path, the tokens and the form that come with it.

use actix_web::HttpMessage as _;
use actix_web::dev::ServiceRequest;
use sha2::{Digest as _, Sha256};

use crate::hex::hex;
use crate::identity::{Parameters, bearer};
use crate::simulation::Simulation;
use crate::{microsoft, nextcloud, webdav};

/// What a request tells about itself without its secrets.
#[derive(Clone, Default)]
pub(crate) struct Subject {
    /// The account: an e-mail address at Google and Microsoft, a user name in WebDAV, a login name at
    /// Nextcloud.
    pub(crate) account: Option<String>,
    pub(crate) grant_type: Option<String>,
    /// The SHA-256 digest, in hexadecimal, of the refresh token that was presented.
    pub(crate) refresh_token_sha256: Option<String>,
}

impl Subject {
    /// Reads a request whose form was read before.
    pub(crate) fn of(request: &ServiceRequest, simulation: &Simulation) -> Self {
        if let Some((_, username)) = webdav::account_in(request.path()) {
            return Self {
                account: Some(username),
                ..Self::default()
            };
        }
        if nextcloud::is_below(request.path()) {
            return Self {
                account: nextcloud::login_name(request, simulation),
                ..Self::default()
            };
        }
        let extensions = request.extensions();
        let Some(form) = extensions.get::<Parameters>() else {
            return Self::default();
        };
        let query = Parameters::parse(request.query_string().as_bytes());
        let refresh_token = form.get("refresh_token");
        let secrets = [
            bearer(request.headers()),
            refresh_token,
            form.get("code"),
            form.get("token"),
            query.get("token"),
        ];
        let upload_id = query.get("upload_id");
        let known = secrets
            .into_iter()
            .flatten()
            .find_map(|secret| simulation.grants.account_behind(secret));
        let uploading = upload_id.and_then(|id| simulation.drive.upload_account(id));
        let lent = request.path().starts_with(microsoft::LENT);
        let lent = lent.then(|| simulation.onedrive.account_behind(&query));
        let account = known
            .or(uploading)
            .or(lent.flatten())
            .or(form.get("account"))
            .or(query.get("login_hint"));
        Self {
            account: account.map(str::to_owned),
            grant_type: form.get("grant_type").map(str::to_owned),
            refresh_token_sha256: refresh_token.map(digest),
        }
    }
}

fn digest(secret: &str) -> String {
    hex(&Sha256::digest(secret))
}
