//! Who asks, with which rights, and from where.

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, IF_MATCH, IF_NONE_MATCH};

use super::refusal::Refusal;
use super::{me, scope};
use crate::identity::{Parameters, Person, Provider};
use crate::origin::origin;
use crate::simulation::Simulation;

/// A request with an access token that opens files.
pub(super) struct Caller {
    pub(super) person: &'static Person,
    pub(super) query: Parameters,
    /// Where the client believes that Graph is.
    pub(super) origin: String,
    method: String,
    /// The path as it came, percent-encoded.
    pub(super) path: String,
    may_write: bool,
    if_match: Option<String>,
    if_none_match: Option<String>,
}

impl Caller {
    /// Reads the request's token, query and conditions.
    pub(super) fn of(simulation: &Simulation, request: &HttpRequest) -> Result<Self, Refusal> {
        let (person, scopes) = me::granted(simulation, request)?;
        if !scope::opens_files(&scopes) {
            return Err(Refusal::denied());
        }
        let header = |name: HeaderName| {
            let value = request.headers().get(name)?.to_str().ok()?;
            Some(value.to_owned())
        };
        Ok(Self {
            person,
            query: Parameters::parse(request.query_string().as_bytes()),
            origin: origin(simulation, request),
            method: request.method().to_string(),
            path: request.path().to_owned(),
            may_write: scope::changes_files(&scopes),
            if_match: header(IF_MATCH),
            if_none_match: header(IF_NONE_MATCH),
        })
    }

    pub(super) fn check_may_write(&self) -> Result<(), Refusal> {
        self.may_write.then_some(()).ok_or_else(Refusal::denied)
    }

    /// Refuses a change of a version that the client does not know: none of these tags is the one that it
    /// names.
    pub(super) fn check_if_match(&self, tags: &[String]) -> Result<(), Refusal> {
        let wanted = self.if_match.as_deref().filter(|wanted| *wanted != "*");
        let is_met = wanted.is_none_or(|wanted| names_any(wanted, tags));
        is_met.then_some(()).ok_or_else(Refusal::modified)
    }

    /// Whether the client has what it asks for: it names one of these tags.
    pub(super) fn has_already(&self, tags: &[String]) -> bool {
        let known = self.if_none_match.as_deref();
        known.is_some_and(|known| names_any(known, tags))
    }

    /// Notes that the request should have been another.
    pub(super) fn warn(&self, simulation: &Simulation, text: &str) {
        let (method, path) = (&self.method, &self.path);
        let provider = Provider::Microsoft;
        simulation.contract.warn(provider, method, path, text);
    }
}

/// Whether a list of tags names one of these. The quotes belong to the tag in a work account's drive, and
/// clients put some around those of the others.
fn names_any(list: &str, tags: &[String]) -> bool {
    let bare = |text: &str| {
        let text = text.trim().trim_start_matches("W/");
        text.trim_matches('"').to_owned()
    };
    // A work account's tag has a comma within, and no space behind it.
    let mut named = list.split(", ").map(bare);
    named.any(|named| tags.iter().any(|tag| bare(tag) == named))
}
