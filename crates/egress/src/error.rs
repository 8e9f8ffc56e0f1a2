//! What a request can fail with. Names the host at most, never a path, query or secret.

use std::error::Error as StdError;
use std::io;

use tokio::runtime::TryCurrentError;

use crate::{RedirectRefusal, Refusal, Stage};

/// Why a client could not be made or a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule forbids it; nothing was sent, unless it was the second look at the peer that saw it.
    /// An unknown host is among these, for it must look like a forbidden one (S-12).
    #[error("a request to {host} was refused")]
    Refused {
        /// The host as the URL names it.
        host: String,
        /// The rule.
        #[source]
        refusal: Refusal,
    },
    /// No connection could be made.
    #[error("{host} cannot be reached")]
    Connect {
        /// The host as the URL names it.
        host: String,
        /// What the network said.
        source: reqwest::Error,
    },
    /// The server's certificate or TLS handshake was not acceptable (S-14).
    #[error("no trusted connection to {host} is possible")]
    Tls {
        /// The host as the URL names it.
        host: String,
        /// What TLS said.
        source: reqwest::Error,
    },
    /// A stage took longer than its [`crate::Deadlines`] allow.
    #[error("{host} took too long while {stage}")]
    TimedOut {
        /// The host as the URL names it.
        host: String,
        /// The stage.
        stage: Stage,
    },
    /// The source of the request's body failed before its end.
    #[error("the body for {host} failed at its source")]
    UploadSource {
        /// The host as the URL names it.
        host: String,
        /// Carries the source's own error.
        source: reqwest::Error,
    },
    /// The exchange broke off or was no HTTP before the head of an answer was read.
    #[error("{host} gave no readable answer")]
    Protocol {
        /// The host as the URL names it.
        host: String,
        /// What was wrong.
        source: reqwest::Error,
    },
    /// The runtime that drives the connections is gone, or the exchange panicked.
    #[error("the request to {host} was aborted")]
    Aborted {
        /// The host as the URL names it.
        host: String,
    },
    /// The answer is a redirect that is not followed (S-10, S-11).
    #[error("a redirect of {host} was not followed")]
    Redirect {
        /// The host that redirected.
        host: String,
        /// Why not.
        #[source]
        refusal: RedirectRefusal,
    },
    /// The answer's body ended before its end.
    #[error("the answer of {host} broke off")]
    Interrupted {
        /// The host as the URL names it.
        host: String,
        /// What was wrong.
        source: reqwest::Error,
    },
    /// The answer's body is longer than the caller allows.
    #[error("the answer of {host} is longer than {max_bytes} bytes")]
    BodyTooLarge {
        /// The host as the URL names it.
        host: String,
        /// The limit that was passed.
        max_bytes: u64,
    },

    /// A port list that cannot be read.
    #[error("\"{part}\" is neither a port nor a range of ports")]
    InvalidPorts {
        /// The part between commas that is wrong.
        part: String,
    },
    /// The operator's certificate authorities cannot be used.
    #[error("the extra certificate authorities cannot be used")]
    ExtraCa(#[source] Box<dyn StdError + Send + Sync>),
    /// TLS could not be set up.
    #[error("tls cannot be set up")]
    TlsSetup(#[source] rustls::Error),
    /// The HTTP client could not be set up.
    #[error("the http client cannot be set up")]
    ClientSetup(#[source] reqwest::Error),
    /// A client was made where no runtime could drive its connections.
    #[error("there is no runtime to drive connections")]
    NoRuntime(#[source] TryCurrentError),
}

impl Error {
    /// The rule, where one refused the request.
    pub fn refusal(&self) -> Option<Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(*refusal),
            _ => None,
        }
    }

    /// Tells apart what reqwest reports of a request that got no answer.
    pub(crate) fn from_request(host: String, source: reqwest::Error) -> Self {
        // The URL may carry a signature in its query.
        let source = source.without_url();
        if let Some(refusal) = find_cause::<Refusal>(&source) {
            return Self::Refused {
                host,
                refusal: *refusal,
            };
        }
        if source.is_connect() && source.is_timeout() {
            return Self::TimedOut {
                host,
                stage: Stage::Connect,
            };
        }
        if find_cause::<rustls::Error>(&source).is_some() {
            return Self::Tls { host, source };
        }
        if source.is_connect() {
            return Self::Connect { host, source };
        }
        if find_cause(&source).is_some_and(reqwest::Error::is_body) {
            return Self::UploadSource { host, source };
        }
        Self::Protocol { host, source }
    }

    pub(crate) fn from_body(host: String, source: reqwest::Error) -> Self {
        Self::Interrupted {
            host,
            source: source.without_url(),
        }
    }
}

/// The first cause of that type beneath an error.
fn find_cause<'a, E: StdError + 'static>(error: &'a (dyn StdError + 'static)) -> Option<&'a E> {
    let mut next = cause(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = cause(error);
    }
    None
}

/// An I/O error's `source` skips the error it was made of, so that one is asked for first.
fn cause<'a>(error: &'a (dyn StdError + 'static)) -> Option<&'a (dyn StdError + 'static)> {
    let made_of = error
        .downcast_ref::<io::Error>()
        .and_then(io::Error::get_ref);
    match made_of {
        Some(inner) => Some(inner),
        None => error.source(),
    }
}
