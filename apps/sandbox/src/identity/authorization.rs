//! The authorization request (RFC 6749, section 4.1.1) and what the person decides about it.

use url::Url;

use super::client::Client;
use super::parameters::Parameters;
use super::person::{Person, person};
use super::pkce::Challenge;

/// A sound authorization request.
pub(crate) struct Asked {
    pub(crate) scopes: Vec<String>,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) parameters: Parameters,
}

/// Why a request is answered with a page and nobody is sent anywhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    NoClient,
    UnknownClient,
    NoRedirectUri,
    RedirectUriMismatch,
    NoResponseType,
    UnsupportedResponseType,
    NoScope,
    UnknownChallengeMethod,
}

/// What the person says.
pub(crate) enum Decision {
    /// This person grants these of the scopes.
    Grant(&'static Person, Vec<String>),
    Deny,
}

impl Asked {
    /// Reads a request to the authorization endpoint.
    pub(crate) fn read(parameters: Parameters, client: &Client) -> Result<Self, Flaw> {
        let get = |name| parameters.get(name);
        if get("client_id").ok_or(Flaw::NoClient)? != client.id {
            return Err(Flaw::UnknownClient);
        }
        let redirect_uri = get("redirect_uri").ok_or(Flaw::NoRedirectUri)?;
        if !client.takes(redirect_uri) {
            return Err(Flaw::RedirectUriMismatch);
        }
        if get("response_type").ok_or(Flaw::NoResponseType)? != "code" {
            return Err(Flaw::UnsupportedResponseType);
        }
        let challenge = Challenge::read(get("code_challenge"), get("code_challenge_method"));
        let scopes = get("scope").ok_or(Flaw::NoScope)?.split_ascii_whitespace();
        Ok(Self {
            scopes: scopes.map(str::to_owned).collect(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.map_err(|()| Flaw::UnknownChallengeMethod)?,
            parameters,
        })
    }

    /// Whether `prompt` asks for this.
    pub(crate) fn prompts_for(&self, what: &str) -> bool {
        let mut prompts = self.parameters.get("prompt").unwrap_or_default().split(' ');
        prompts.any(|prompt| prompt == what)
    }

    /// The decision that a script put into the URL: `sandbox_decision` is `grant` or `deny`, and
    /// `login_hint` says who grants, all there is to grant.
    pub(crate) fn decided_ahead(&self) -> Option<Decision> {
        match self.parameters.get("sandbox_decision")? {
            "grant" => {
                let who = person(self.parameters.get("login_hint")?)?;
                Some(Decision::Grant(who, self.scopes.clone()))
            }
            "deny" => Some(Decision::Deny),
            _ => None,
        }
    }

    /// The decision that comes with the page's form: `decision`, `account`, and a `granted` for each
    /// scope that was left ticked.
    pub(crate) fn decided(&self) -> Option<Decision> {
        let form = &self.parameters;
        match form.get("decision")? {
            "grant" => {
                let who = person(form.get("account")?)?;
                let granted = form.all("granted").map(str::to_owned).collect();
                Some(Decision::Grant(who, granted))
            }
            "deny" => Some(Decision::Deny),
            _ => None,
        }
    }

    /// Where to send the person: to the application, with an answer and the request's `state`.
    pub(crate) fn back(&self, answer: &[(&str, &str)]) -> Option<Url> {
        let mut url = Url::parse(&self.redirect_uri).ok()?;
        let state = self.parameters.get("state").map(|state| ("state", state));
        url.query_pairs_mut()
            .extend_pairs(answer.iter().copied().chain(state));
        Some(url)
    }
}
