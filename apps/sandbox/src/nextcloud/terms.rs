//! Faults that change how Nextcloud's handlers deal. They come with a request that meets them.

use std::time::Duration;

use actix_web::http::StatusCode;
use url::Url;

use crate::fault::LoginUrl;

/// What one request's handler has to heed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Terms {
    /// The end of a chunked upload is answered before it takes effect.
    pub(crate) late: Option<Late>,
    /// Login Flow v2 names addresses at another origin.
    pub(crate) foreign: Vec<(LoginUrl, String)>,
}

/// An answer before the effect.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Late {
    pub(crate) status: StatusCode,
    /// By how much the effect is later.
    pub(crate) by: Duration,
}

impl Terms {
    /// An address of Login Flow v2 as the client gets to see it.
    pub(super) fn shown(&self, which: LoginUrl, url: String) -> String {
        let mut foreign = self.foreign.iter();
        let Some((_, origin)) = foreign.find(|(member, _)| *member == which) else {
            return url;
        };
        let path = Url::parse(&url).map(|url| url.path().to_owned());
        format!("{origin}{}", path.unwrap_or_default())
    }
}
