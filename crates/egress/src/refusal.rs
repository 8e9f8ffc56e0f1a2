//! Why a URL, a name or an address is refused, and how much of that may be told (S-12).

/// A rule's verdict against a URL, a name or an address.
///
/// Messages name no host and no address, so they may be logged; to a user only those that
/// [`Refusal::decided_by_text`] may be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Longer than 2048 bytes (S-02).
    #[error("the address is too long")]
    Length,
    /// A control character anywhere (S-02).
    #[error("the address contains a control character")]
    ControlCharacter,
    /// A backslash anywhere: parsers disagree on what it means (S-02).
    #[error("the address contains a backslash")]
    Backslash,
    /// White space before or after the text (S-02).
    #[error("the address begins or ends with a space")]
    Space,
    /// Not `https://`, nor `http://` where the operator allows it (S-03).
    #[error("the address does not begin with an allowed scheme")]
    Scheme,
    /// No host, or none that can be read (S-02, S-05).
    #[error("the address has no valid host")]
    Host,
    /// A user name or password in the URL (S-03).
    #[error("the address contains a user name or password")]
    Userinfo,
    /// A percent sign in the host (S-04).
    #[error("the host is percent-encoded")]
    PercentHost,
    /// An IPv4 address in another spelling than dotted decimal (S-04).
    #[error("the ipv4 address is not written as four decimal numbers")]
    Ipv4Spelling,
    /// A name or label longer than DNS allows (S-05).
    #[error("the host name is too long")]
    NameLength,
    /// A port outside the allowed set (S-03).
    #[error("the port is not allowed")]
    Port,
    /// A query or fragment, which a base URL has not (S-03).
    #[error("the address contains a query or fragment")]
    QueryOrFragment,
    /// A percent-encoded control character in the path (S-03).
    #[error("the path contains an encoded control character")]
    EncodedControl,

    /// A name of one label, which only a local resolver knows (S-05).
    #[error("the host name has a single label")]
    SingleLabel,
    /// A name under a private or special suffix (S-05).
    #[error("the host name ends in a private suffix")]
    NameSuffix,
    /// The name has no address, or the resolver did not say in time (S-07).
    #[error("the host name has no address")]
    Unresolved,
    /// The name has more addresses than any honest one (S-07).
    #[error("the host name has too many addresses")]
    TooManyAnswers,
    /// An address that is neither public nor excepted by the operator (S-06).
    #[error("the host has an address that is not public")]
    Address,
    /// The connection leads to another address than the one that was dialled (S-08).
    #[error("the connection leads to another address than was checked")]
    Peer,
    /// An address from an answer that leads to where its issuer has no business (S-16).
    #[error("the address leads away from whoever issued it")]
    Issuer,
}

impl Refusal {
    /// The one code by which callers of a service get to know of any refusal (S-12).
    pub const CODE: &'static str = "url_not_allowed";

    /// A stable name of the rule, for logs, metrics and audit.
    pub fn rule(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::ControlCharacter => "control-character",
            Self::Backslash => "backslash",
            Self::Space => "space",
            Self::Scheme => "scheme",
            Self::Host => "host",
            Self::Userinfo => "userinfo",
            Self::PercentHost => "percent-host",
            Self::Ipv4Spelling => "ipv4-spelling",
            Self::NameLength => "name-length",
            Self::Port => "port",
            Self::QueryOrFragment => "query-fragment",
            Self::EncodedControl => "encoded-control",
            Self::SingleLabel => "single-label",
            Self::NameSuffix => "name-suffix",
            Self::Unresolved => "resolve",
            Self::TooManyAnswers => "too-many-answers",
            Self::Address => "address",
            Self::Peer => "peer",
            Self::Issuer => "issuer",
        }
    }

    /// Whether the form of the typed text alone decided, so that its author may be told why.
    ///
    /// All others must be one answer with one body: a name that is private, unknown or blocked,
    /// and an address that is not public, are not to be told apart from outside (S-12).
    pub fn decided_by_text(self) -> bool {
        match self {
            Self::Length
            | Self::ControlCharacter
            | Self::Backslash
            | Self::Space
            | Self::Scheme
            | Self::Host
            | Self::Userinfo
            | Self::PercentHost
            | Self::Ipv4Spelling
            | Self::NameLength
            | Self::Port
            | Self::QueryOrFragment
            | Self::EncodedControl => true,
            Self::SingleLabel
            | Self::NameSuffix
            | Self::Unresolved
            | Self::TooManyAnswers
            | Self::Address
            | Self::Peer
            | Self::Issuer => false,
        }
    }
}
