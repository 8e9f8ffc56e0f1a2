//! What a login flow has come to, as bytes to be sealed. It knows no port and no key.

use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::connection::{DisplayName, Endpoint};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::nextcloud::{Login, LoginPoll};
use wharf_domain::provider::Provider;
use zeroize::Zeroizing;

use crate::app_passwords::AppPassword;
use crate::fields::{self, Fields};

const WAITING: u8 = 1;
const GRANTED: u8 = 2;
const CONNECTED: u8 = 3;
const FAILED: u8 = 4;

/// What a login flow has come to.
pub(super) enum State {
    /// The person has not decided yet, as far as we know.
    Waiting {
        poll: LoginPoll,
        display_name: Option<DisplayName>,
    },
    /// The person has granted it. The server has forgotten it by now, so that this is all there is.
    Granted(Granted),
    /// The account is connected.
    Connected(ConnectionId),
    /// Nothing came of it.
    Failed(FlowFailure),
}

/// A login that was granted and is not connected yet.
#[derive(Clone)]
pub(super) struct Granted {
    /// The installation that it is for.
    pub(super) server: Endpoint,
    pub(super) login: Login,
    pub(super) display_name: Option<DisplayName>,
}

impl From<Granted> for AppPassword {
    fn from(granted: Granted) -> Self {
        Self {
            provider: Provider::Nextcloud,
            account: None,
            endpoint: granted.server,
            login: granted.login,
        }
    }
}

/// Why nothing came of a login flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlowFailure {
    /// Nobody granted it in time.
    Expired,
    /// The server named an address that it may not lead to (O-12).
    ServerNotAllowed,
    /// The server does not accept the password that it has just given.
    PasswordRefused,
    /// The user has as many connections as one may have.
    TooManyConnections,
    /// The account could not be reached, or not be stored.
    Unconnected,
}

impl FlowFailure {
    const ALL: [Self; 5] = [
        Self::Expired,
        Self::ServerNotAllowed,
        Self::PasswordRefused,
        Self::TooManyConnections,
        Self::Unconnected,
    ];

    /// The stable name: it stands in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::ServerNotAllowed => "server_not_allowed",
            Self::PasswordRefused => "password_refused",
            Self::TooManyConnections => "too_many_connections",
            Self::Unconnected => "unconnected",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|failure| failure.as_str() == name)
    }
}

impl State {
    pub(super) fn encode(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Waiting { poll, display_name } => fields::write(
                WAITING,
                &[
                    poll.installation.0.as_bytes(),
                    poll.endpoint.as_bytes(),
                    poll.token.expose_secret().as_bytes(),
                    name(display_name.as_ref()),
                ],
            ),
            Self::Granted(granted) => fields::write(
                GRANTED,
                &[
                    granted.server.0.as_bytes(),
                    granted.login.username.as_str().as_bytes(),
                    granted.login.password.expose_secret().as_bytes(),
                    name(granted.display_name.as_ref()),
                ],
            ),
            Self::Connected(id) => fields::write(CONNECTED, &[id.as_bytes()]),
            Self::Failed(failure) => fields::write(FAILED, &[failure.as_str().as_bytes()]),
        }
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, mut fields) = Fields::read(bytes)?;
        let state = match kind {
            WAITING => Self::Waiting {
                poll: LoginPoll {
                    installation: Endpoint(fields.text()?.to_owned()),
                    endpoint: fields.text()?.to_owned(),
                    token: SecretString::from(fields.text()?),
                },
                display_name: display_name(&mut fields)?,
            },
            GRANTED => Self::Granted(Granted {
                server: Endpoint(fields.text()?.to_owned()),
                login: Login {
                    username: fields.text()?.parse().ok()?,
                    password: SecretString::from(fields.text()?),
                },
                display_name: display_name(&mut fields)?,
            }),
            CONNECTED => Self::Connected(ConnectionId::from_bytes(fields.array()?)),
            FAILED => Self::Failed(FlowFailure::from_name(fields.text()?)?),
            _ => return None,
        };
        fields.end()?;
        Some(state)
    }
}

fn name(display_name: Option<&DisplayName>) -> &[u8] {
    display_name.map_or("", DisplayName::as_str).as_bytes()
}

fn display_name(fields: &mut Fields<'_>) -> Option<Option<DisplayName>> {
    let name = fields.optional_text()?;
    name.map(|name| name.parse().ok())
        .map_or(Some(None), |name| name.map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_comes_back_as_it_was() {
        let display_name: Option<DisplayName> = Some("Cloud".parse().unwrap());
        let mut states = vec![State::Connected(ConnectionId::from_bytes([7; 16]))];
        states.extend(FlowFailure::ALL.map(State::Failed));
        for display_name in [None, display_name] {
            states.push(State::Waiting {
                poll: LoginPoll {
                    installation: Endpoint("https://a.org/".to_owned()),
                    endpoint: "https://a.org/poll".to_owned(),
                    token: "token".into(),
                },
                display_name: display_name.clone(),
            });
            states.push(State::Granted(Granted {
                server: Endpoint("https://a.org/".to_owned()),
                login: Login {
                    username: "anna".parse().unwrap(),
                    password: "pw".into(),
                },
                display_name,
            }));
        }
        for state in states {
            let bytes = state.encode();
            assert_eq!(State::decode(&bytes).unwrap().encode(), bytes);
            for cut in 0..bytes.len() {
                assert!(State::decode(&bytes[..cut]).is_none(), "cut at {cut}");
            }
        }
    }
}
