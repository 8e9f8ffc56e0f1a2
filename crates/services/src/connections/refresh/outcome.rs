//! What can come of a refresh, by name: for the log, and for whoever counts.

use wharf_domain::ports::oauth::OAuthErrorKind;

/// What came of one claim on a refresh.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// A new token was stored.
    Renewed,
    /// Somebody else's token was there first.
    Overtaken,
    /// The connection was ended meanwhile; the new token was ended too.
    Disconnected,
    /// The provider refuses the grant.
    GrantRefused,
    /// The provider refuses the grant, and a rotation that was cut off is why.
    RotationLost,
    /// The provider refuses Wharf itself.
    ClientRefused,
    /// The provider has trouble, or did not answer: nothing follows from it.
    Unanswered,
    /// A new token came and could not be stored.
    Unstored,
}

impl Outcome {
    /// The stable name.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Renewed => "renewed",
            Self::Overtaken => "overtaken",
            Self::Disconnected => "disconnected",
            Self::GrantRefused => "grant_refused",
            Self::RotationLost => "rotation_lost",
            Self::ClientRefused => "client_refused",
            Self::Unanswered => "unanswered",
            Self::Unstored => "unstored",
        }
    }
}

/// What a failed exchange says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The grant is not accepted: to be checked before it is believed.
    Grant,
    /// The operator has something to mend. No connection is at fault, and no token was used.
    Operator,
    /// Nothing was sent.
    Unsent,
    /// What the provider did is not known.
    Unknown,
}

/// The table of R-05: only a refused grant says anything about a connection.
///
/// An overloaded server may have used the refresh token before it failed, and so may one whose answer
/// makes no sense.
pub(super) fn verdict(kind: &OAuthErrorKind) -> Verdict {
    match kind {
        OAuthErrorKind::GrantRefused => Verdict::Grant,
        OAuthErrorKind::ClientRefused | OAuthErrorKind::NotConfigured => Verdict::Operator,
        OAuthErrorKind::Unreachable => Verdict::Unsent,
        _ => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    //
    #[test]
    fn only_a_refused_grant_says_anything_about_a_connection() {
        for (kind, expected) in [
            (OAuthErrorKind::GrantRefused, Verdict::Grant),
            (OAuthErrorKind::ClientRefused, Verdict::Operator),
            (OAuthErrorKind::NotConfigured, Verdict::Operator),
            (OAuthErrorKind::Unreachable, Verdict::Unsent),
            (
                OAuthErrorKind::Unavailable { retry_after: None },
                Verdict::Unknown,
            ),
            (OAuthErrorKind::AnswerLost, Verdict::Unknown),
            (OAuthErrorKind::InvalidAnswer, Verdict::Unknown),
            (OAuthErrorKind::IssuerMismatch, Verdict::Unknown),
        ] {
            assert_eq!(verdict(&kind), expected, "{kind}");
        }
    }
}
