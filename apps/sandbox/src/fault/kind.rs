//! The things that go wrong.

use serde::{Deserialize, Serialize};

use crate::scenario::Scenario;

/// Something that goes wrong with a request. Several can; of those that decide what the client sees, the
/// first counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// It takes this much longer to begin.
    Latency {
        /// Milliseconds of the machine's clock.
        ms: u64,
    },
    /// It is answered with this status, in the words of the provider whose route it is.
    Answer {
        /// The status.
        status: u16,
        /// The error's code: `error` of OAuth, `reason` of Drive, `code` of Graph.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        error: Option<String>,
        /// What `Retry-After` says; without it there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<RetryAfter>,
        /// Whether it is done all the same.
        #[serde(default)]
        after_effect: bool,
    },
    /// The connection is reset before anything is done or answered.
    ResetBefore,
    /// It is done, and the connection is reset before a byte of the answer.
    LostAnswer,
    /// It is done, and the connection is reset after half of the answer's body.
    ResetInBody,
    /// It is done and answered, and the connection is reset.
    ResetAfterBody,
    /// It is done, and the connection is closed in good order after half of the answer's body.
    Truncate,
    /// It is done; after half of the answer's body no more is sent, and the connection stays open for
    /// what the client has to say.
    HalfClose,
    /// Nothing is done and nothing is ever answered.
    Stall,
    /// It is done, and the answer stalls after half of its body.
    StallInBody,
    /// It is done, and the lowest bit of the first byte of the answer's body is flipped.
    FlipSent,
    /// It is done, and the answer's body lacks its last byte, as if it had never been there.
    CutSent,
    /// Uploads: the lowest bit of the first byte that the request brings is stored flipped.
    FlipStored,
    /// Uploads: what the request completes is stored without its last byte.
    CutStored,
    /// Uploads: what the request completes is stored as it is, and its digests are those of something
    /// else.
    WrongDigest,
    /// Uploads: the session that the request is for is gone.
    ExpireUpload,
    /// Drive: the answer lacks the SHA-256 that was asked for, as long as Google has not computed it. What
    /// completes an upload is answered as its session was asked for.
    UntoldDigest,
    /// OneDrive's downloads: the whole content comes in place of the range that was asked for.
    IgnoreRange,
    /// Token endpoints: a refresh token that has a successor is refused.
    StrictRotation {
        /// Whether using it again ends the whole grant.
        #[serde(default)]
        reuse_ends_grant: bool,
    },
    /// Token endpoints: access tokens last this long.
    ExpiresIn {
        /// Seconds of the sandbox's clock.
        secs: u64,
    },
    /// Nextcloud: it is in maintenance, which is 503 and says so, and `status.php` does too.
    Maintenance,
    /// Nextcloud: the end of a chunked upload is answered at once with this status, and is done later.
    LateAssembly {
        /// The status.
        status: u16,
        /// By how much later, in milliseconds of the machine's clock.
        ms: u64,
    },
    /// Nextcloud's login flow: an address in the answer is at this origin.
    ForeignOrigin {
        /// Which address.
        url: LoginUrl,
        /// Scheme, host and, where it matters, port.
        origin: String,
    },
    /// WebDAV accounts are odd in this way, behind their passwords.
    Odd {
        /// The way.
        scenario: Scenario,
    },
}

/// The addresses that Nextcloud's login flow tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LoginUrl {
    /// Where the application polls.
    Poll,
    /// Where the person logs in.
    Login,
    /// The server that the app password is for.
    Server,
}

/// The two forms of `Retry-After` (RFC 9110, section 10.2.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RetryAfter {
    /// A number of seconds.
    Secs(u64),
    /// The date that is so many seconds ahead by the sandbox's clock.
    DateInSecs(u64),
}

impl Fault {
    /// Whether it decides what the client sees, so that no other can.
    pub(super) fn is_decisive(&self) -> bool {
        !matches!(
            self,
            Self::Latency { .. }
                | Self::FlipStored
                | Self::CutStored
                | Self::WrongDigest
                | Self::ExpireUpload
                | Self::UntoldDigest
                | Self::IgnoreRange
                | Self::StrictRotation { .. }
                | Self::ExpiresIn { .. }
                | Self::LateAssembly { .. }
                | Self::ForeignOrigin { .. }
                | Self::Odd { .. }
        )
    }
}
