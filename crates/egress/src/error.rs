//! What a request can fail with. Names the host at most, never a path, query or secret.

use std::error::Error as StdError;
use std::io;

use hyper_util::client::legacy;
use tokio::runtime::TryCurrentError;

use crate::{ConnectError, RedirectRefusal, Refusal, Stage, Trust};

/// What another layer said.
type Cause = Box<dyn StdError + Send + Sync>;

/// Why a client could not be made or a request failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A rule forbids it, and nothing was sent. An unknown host is among these, for it must look like a forbidden one (S-12).
    #[error("a request to {host} was refused")]
    Refused {
        /// The host as the URL names it.
        host: String,
        /// Who named the address.
        trust: Trust,
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
        source: Cause,
    },
    /// The server's certificate or TLS handshake was not acceptable (S-14).
    #[error("no trusted connection to {host} is possible")]
    Tls {
        /// The host as the URL names it.
        host: String,
        /// What TLS said.
        source: Cause,
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
        source: Cause,
    },
    /// What was built cannot be written as a request.
    #[error("the request to {host} cannot be sent")]
    Unsendable {
        /// The host as the URL names it.
        host: String,
        /// What is wrong with it.
        source: Cause,
    },
    /// The exchange broke off or was no HTTP before the head of an answer was read.
    #[error("{host} gave no readable answer")]
    Protocol {
        /// The host as the URL names it.
        host: String,
        /// What was wrong.
        source: Cause,
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
        source: Cause,
    },
    /// The answer's body is longer than the caller allows.
    #[error("the answer of {host} is longer than {max_bytes} bytes")]
    BodyTooLarge {
        /// The host as the URL names it.
        host: String,
        /// The limit that was passed.
        max_bytes: u64,
    },
    /// The answer is compressed or coded otherwise although nobody asked for that (D-04).
    #[error("the answer of {host} is coded")]
    Coded {
        /// The host as the URL names it.
        host: String,
    },

    /// A port list that cannot be read.
    #[error("\"{part}\" is neither a port nor a range of ports")]
    InvalidPorts {
        /// The part between commas that is wrong.
        part: String,
    },
    /// What was declared is no NAT64 prefix.
    #[error("a nat64 prefix has 96 bits and none after them, as 64:ff9b::/96 has")]
    InvalidNat64Prefix,
    /// The operator's certificate authorities cannot be used.
    #[error("the extra certificate authorities cannot be used")]
    ExtraCa(#[source] Cause),
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

    /// Who named an address that was refused, and the rule's stable name: what metrics and audit tell
    /// of it. A redirect that is not followed is one of them.
    pub fn blocked(&self) -> Option<(Trust, &'static str)> {
        match self {
            Self::Refused { trust, refusal, .. } => Some((*trust, refusal.rule())),
            Self::Redirect { refusal, .. } => Some((Trust::Issued, refusal.rule())),
            _ => None,
        }
    }

    pub(crate) fn refused(host: &str, trust: Trust, refusal: Refusal) -> Self {
        Self::Refused {
            host: host.to_owned(),
            trust,
            refusal,
        }
    }

    pub(crate) fn unsendable(host: &str, source: reqwest::Error) -> Self {
        Self::Unsendable {
            host: host.to_owned(),
            // The URL may carry a signature in its query.
            source: source.without_url().into(),
        }
    }

    /// Tells apart what became of a request that got no answer.
    pub(crate) fn from_request(host: &str, trust: Trust, source: legacy::Error) -> Self {
        let host = host.to_owned();
        match find_cause::<ConnectError>(&source) {
            Some(ConnectError::Refused(refusal)) => {
                return Self::refused(&host, trust, *refusal);
            }
            Some(ConnectError::TimedOut(stage)) => {
                let stage = *stage;
                return Self::TimedOut { host, stage };
            }
            Some(ConnectError::Aborted) => return Self::Aborted { host },
            Some(ConnectError::Tls(_)) | None => {}
            Some(ConnectError::Unreachable(_)) => {
                let source = source.into();
                return Self::Connect { host, source };
            }
        }
        let is_tls = find_cause::<rustls::Error>(&source).is_some();
        let is_upload = find_cause(&source).is_some_and(reqwest::Error::is_body);
        let source = source.into();
        match (is_tls, is_upload) {
            (true, _) => Self::Tls { host, source },
            (_, true) => Self::UploadSource { host, source },
            (false, false) => Self::Protocol { host, source },
        }
    }

    pub(crate) fn from_body(host: &str, source: hyper::Error) -> Self {
        Self::Interrupted {
            host: host.to_owned(),
            source: source.into(),
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
