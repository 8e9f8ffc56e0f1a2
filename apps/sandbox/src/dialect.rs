//! The ways in which sound servers differ. Each dialect is a thin layer around the same storage: what it
//! refuses before the storage is asked, and how it writes the storage's answer.

mod digest;
mod multistatus;
mod refusal;
mod rewriting;

use std::fmt;
use std::str::FromStr;

use actix_web::{HttpRequest, web};

use crate::simulation::Simulation;

pub(crate) use digest::{Digest, Response, Verdict};
pub(crate) use refusal::refusal;
pub(crate) use rewriting::written;

/// Scheme, host and port of this server, as its clients write them.
fn origin(request: &HttpRequest) -> String {
    let simulation = request.app_data::<web::Data<Simulation>>();
    simulation.map_or_else(String::new, |simulation| simulation.origin.clone())
}

/// One way of speaking WebDAV that is seen in the wild.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Dialect {
    /// Apache's mod_dav: the entity tag of a file is weak in its first two seconds, and `If-Match` with
    /// a weak one is 412; a folder without its slash is 301, and with it GET shows an index page.
    Apache,
    /// wsgidav: `getetag` without quotes; Digest (MD5) is offered before Basic, and both are taken.
    Wsgidav,
    /// nginx with dav-ext: no `getetag` in listings; MKCOL, and DELETE of a folder, without the slash
    /// are 409, COPY and MOVE onto a folder too; PROPPATCH is 405; OPTIONS says only `DAV: 2`.
    Nginx,
    /// `rclone serve webdav`: MKCOL on a folder that is there answers 201.
    Rclone,
    /// Every href is a whole URL, with every byte of its path percent-encoded in lower case.
    AbsoluteHrefs,
    /// Every property in a `propstat` of its own, behind some that are 404.
    SplitPropstats,
    /// No entity tags at all.
    NoEtags,
    /// Every account has moved: 301, 302, 307 and 308 in turn, to another path of this server.
    Redirecting,
    /// Digest alone is offered, SHA-256 before MD5, and a nonce is stale after a few uses.
    DigestOnly,
}

impl Dialect {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Apache,
        Self::Wsgidav,
        Self::Nginx,
        Self::Rclone,
        Self::AbsoluteHrefs,
        Self::SplitPropstats,
        Self::NoEtags,
        Self::Redirecting,
        Self::DigestOnly,
    ];

    /// The name on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Apache => "apache",
            Self::Wsgidav => "wsgidav",
            Self::Nginx => "nginx",
            Self::Rclone => "rclone",
            Self::AbsoluteHrefs => "absolute-hrefs",
            Self::SplitPropstats => "split-propstats",
            Self::NoEtags => "no-etags",
            Self::Redirecting => "redirecting",
            Self::DigestOnly => "digest-only",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no dialect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownDialect;

impl fmt::Display for UnknownDialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a dialect; there are")?;
        Dialect::ALL
            .iter()
            .try_for_each(|dialect| write!(f, " {dialect}"))
    }
}

impl std::error::Error for UnknownDialect {}

impl FromStr for Dialect {
    type Err = UnknownDialect;

    fn from_str(name: &str) -> Result<Self, UnknownDialect> {
        Self::ALL
            .into_iter()
            .find(|dialect| dialect.as_str() == name)
            .ok_or(UnknownDialect)
    }
}
