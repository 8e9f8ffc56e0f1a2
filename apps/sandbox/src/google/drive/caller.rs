//! Who asks, with which rights, and in which words: the part that all methods share.

use actix_web::{HttpMessage as _, HttpRequest, web};

use super::mask::Mask;
use super::refusal::Refusal;
use crate::fault::Terms;
use crate::google::scope;
use crate::identity::{Parameters, Person, Provider, bearer};
use crate::simulation::Simulation;

/// A request with an access token that opens Drive.
pub(super) struct Caller {
    pub(super) person: &'static Person,
    pub(super) query: Parameters,
    method: String,
    path: String,
    /// Whether the application was given only the files that it made itself.
    pub(super) is_confined: bool,
    may_write: bool,
    may_read_content: bool,
    /// What the caller asks for and is not told.
    untold: Option<&'static str>,
}

impl Caller {
    /// Reads the request's token and query.
    pub(super) fn of(simulation: &Simulation, request: &HttpRequest) -> Result<Self, Refusal> {
        let now = simulation.clock.now();
        let (person, scopes) = bearer(request.headers())
            .and_then(|token| simulation.grants.bearer(Provider::Google, token, now))
            .ok_or_else(Refusal::unauthorized)?;
        if !scopes.iter().any(|scope| scope::is_drive(scope)) {
            return Err(Refusal::insufficient_scopes());
        }
        let terms = request.extensions().get::<Terms>().copied();
        let is_untold = terms.unwrap_or_default().untold_digest;
        let has = |wanted: &[&str]| scopes.iter().any(|scope| wanted.contains(&&**scope));
        Ok(Self {
            person,
            query: Parameters::parse(request.query_string().as_bytes()),
            method: request.method().to_string(),
            path: request.path().to_owned(),
            is_confined: !has(&scope::EVERY_FILE),
            may_write: has(&[scope::DRIVE, scope::DRIVE_FILE]),
            may_read_content: has(&[scope::DRIVE, scope::DRIVE_FILE, scope::DRIVE_READONLY]),
            untold: is_untold.then_some("sha256Checksum"),
        })
    }

    /// The same for a method that changes something.
    pub(super) fn writing(simulation: &Simulation, request: &HttpRequest) -> Result<Self, Refusal> {
        let caller = Self::of(simulation, request)?;
        let is_enough = caller.may_write;
        is_enough
            .then_some(caller)
            .ok_or_else(Refusal::insufficient_scopes)
    }

    /// Refuses contents to those who were given metadata only.
    pub(super) fn check_may_read_content(&self) -> Result<(), Refusal> {
        let is_enough = self.may_read_content;
        is_enough
            .then_some(())
            .ok_or_else(Refusal::insufficient_scopes)
    }

    /// Whether a parameter is there and true.
    pub(super) fn is_set(&self, parameter: &str) -> bool {
        self.query.get(parameter) == Some("true")
    }

    /// Whether the caller can deal with files in shared drives.
    pub(super) fn supports_all_drives(&self) -> bool {
        self.is_set("supportsAllDrives")
    }

    /// Notes that the request should have been another.
    pub(super) fn warn(&self, simulation: &Simulation, text: &str) {
        let (method, path) = (&self.method, &self.path);
        simulation
            .contract
            .warn(Provider::Google, method, path, text);
    }

    /// Notes a request that forgets shared drives: Drive answers as if there were none.
    pub(super) fn should_support_all_drives(&self, simulation: &Simulation) {
        if !self.supports_all_drives() {
            self.warn(simulation, "supportsAllDrives=true is missing");
        }
    }

    /// Notes a request that takes whatever Drive tells by default.
    pub(super) fn should_name_fields(&self, simulation: &Simulation) {
        if !self.query.iter().any(|(name, _)| name == "fields") {
            self.warn(simulation, "fields is missing");
        }
    }

    /// What of the answer is wanted; `default` where the request does not say.
    pub(super) fn mask(&self, kind: super::mask::Kind) -> Result<Mask, Refusal> {
        let mut mask = self.asked(kind)?;
        if let Some(untold) = self.untold {
            mask.forget(untold);
        }
        Ok(mask)
    }

    fn asked(&self, kind: super::mask::Kind) -> Result<Mask, Refusal> {
        match self.query.iter().find(|(name, _)| *name == "fields") {
            None => Ok(kind.default_mask()),
            Some((_, text)) => Mask::parse(text)
                .and_then(|mask| mask.checked(kind))
                .map_err(|unknown| {
                    Refusal::invalid_parameter(
                        "fields",
                        format!("Invalid field selection {unknown}"),
                    )
                }),
        }
    }

    /// How many entries a page may have.
    pub(super) fn page_size(&self, default: usize, most: usize) -> Result<usize, Refusal> {
        let Some(text) = self.query.get("pageSize") else {
            return Ok(default);
        };
        let size = text.parse().ok().filter(|size| (1..=most).contains(size));
        size.ok_or_else(|| {
            let message =
                format!("Invalid value '{text}'. Values must be within the range: [1, {most}]");
            Refusal::invalid_parameter("pageSize", message)
        })
    }
}

/// What handlers take.
pub(super) type Shared = web::Data<Simulation>;
