//! The ways in which a server can be odd. What each one sends stands in `odd`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// One way of being odd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "&'static str")]
#[non_exhaustive]
pub enum Scenario {
    /// Everything is an HTML page with status 200: no WebDAV server at all.
    Html,
    /// Everything is an HTML page with status 207.
    HtmlAs207,
    /// Everything is a 207 without a body.
    Empty207,
    /// A multistatus answer whose XML ends in the middle of an element, although the message is whole.
    TruncatedXml,
    /// A multistatus answer whose entities would expand to gigabytes.
    EntityBomb,
    /// A sound multistatus answer behind a document type with an external entity.
    Doctype,
    /// A multistatus answer that names another host: for `Depth: 0` in its only entry, otherwise
    /// beside the folder itself and [`ORDINARY_FILE`](crate::ORDINARY_FILE).
    ForeignHref,
    /// The same with paths that leave the folder, plain and percent-encoded.
    EscapingHref,
    /// A listing of [`HUGE_ENTRIES`](crate::HUGE_ENTRIES) files.
    Huge,
    /// No answer, for as long as the client waits.
    Stall,
    /// A multistatus answer that begins and never goes on.
    StallMidListing,
    /// A sound storage, except that GET sends half of the bytes and never goes on.
    StallMidBody,
    /// A sound storage, except that GET sends half of the bytes and closes the connection.
    CutBody,
    /// A sound storage, except that PUT is refused with 507.
    Full,
    /// 500 to everything.
    ServerError,
    /// 503 to everything, with `Retry-After: 7`.
    Unavailable,
    /// 401 to everything, whatever the credentials.
    Unauthorized,
    /// 307 to everything, to another server.
    Redirect,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 18] = [
        Self::Html,
        Self::HtmlAs207,
        Self::Empty207,
        Self::TruncatedXml,
        Self::EntityBomb,
        Self::Doctype,
        Self::ForeignHref,
        Self::EscapingHref,
        Self::Huge,
        Self::Stall,
        Self::StallMidListing,
        Self::StallMidBody,
        Self::CutBody,
        Self::Full,
        Self::ServerError,
        Self::Unavailable,
        Self::Unauthorized,
        Self::Redirect,
    ];

    /// The name in the URL.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Html => "html",
            Self::HtmlAs207 => "html-as-207",
            Self::Empty207 => "empty-207",
            Self::TruncatedXml => "truncated-xml",
            Self::EntityBomb => "entity-bomb",
            Self::Doctype => "doctype",
            Self::ForeignHref => "foreign-href",
            Self::EscapingHref => "escaping-href",
            Self::Huge => "huge",
            Self::Stall => "stall",
            Self::StallMidListing => "stall-mid-listing",
            Self::StallMidBody => "stall-mid-body",
            Self::CutBody => "cut-body",
            Self::Full => "full",
            Self::ServerError => "server-error",
            Self::Unavailable => "unavailable",
            Self::Unauthorized => "unauthorized",
            Self::Redirect => "redirect",
        }
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that names no scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnknownScenario;

impl fmt::Display for UnknownScenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a scenario")
    }
}

impl std::error::Error for UnknownScenario {}

impl FromStr for Scenario {
    type Err = UnknownScenario;

    fn from_str(name: &str) -> Result<Self, UnknownScenario> {
        Self::ALL
            .into_iter()
            .find(|scenario| scenario.as_str() == name)
            .ok_or(UnknownScenario)
    }
}

impl TryFrom<String> for Scenario {
    type Error = UnknownScenario;

    fn try_from(name: String) -> Result<Self, UnknownScenario> {
        name.parse()
    }
}

impl From<Scenario> for &'static str {
    fn from(scenario: Scenario) -> Self {
        scenario.as_str()
    }
}
