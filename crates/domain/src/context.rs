//! On whose behalf something is done: what every event records beside the deed itself (L-02).

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::id::UserId;

/// On whose behalf something is done, and through which request.
#[derive(Clone, Debug)]
pub struct Context {
    /// Who acts.
    pub actor: Actor,
    /// The request that asked for it.
    pub request: RequestId,
    /// Where the request came from, blurred.
    pub client: Option<ClientNetwork>,
}

impl Context {
    /// The same request, acting as this user from now on.
    #[must_use]
    pub fn as_user(&self, user: UserId) -> Self {
        Self {
            actor: Actor::User(user),
            ..self.clone()
        }
    }
}

/// Who acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// Somebody who has not proven who they are.
    Anonymous,
    /// A user.
    User(UserId),
    /// The operator, through the command line.
    Operator,
    /// Wharf itself, which keeps something up without being asked.
    System,
}

impl Actor {
    /// The stable name of the kind of actor: it stands in rows and exports.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Anonymous => "anonymous",
            Self::User(_) => "user",
            Self::Operator => "operator",
            Self::System => "system",
        }
    }

    /// The user, if a user acts.
    pub const fn user(self) -> Option<UserId> {
        match self {
            Self::User(id) => Some(id),
            Self::Anonymous | Self::Operator | Self::System => None,
        }
    }
}

/// Names a request in answers, logs and events: 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestId(pub [u8; 16]);

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// A client's address with its last part taken off: /24 for IPv4, /48 for IPv6 (L-02).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientNetwork(IpAddr);

impl From<IpAddr> for ClientNetwork {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V4(v4) => IpAddr::V4(Ipv4Addr::from_bits(v4.to_bits() & (u32::MAX << 8))),
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & (u128::MAX << 80))),
        })
    }
}

impl fmt::Display for ClientNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let prefix = if self.0.is_ipv4() { 24 } else { 48 };
        write!(f, "{}/{prefix}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_is_known_by_its_network_only() {
        let network =
            |address: &str| ClientNetwork::from(address.parse::<IpAddr>().unwrap()).to_string();
        assert_eq!(network("203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("::ffff:203.0.113.77"), "203.0.113.0/24");
        assert_eq!(network("2001:db8:1:2:3::4"), "2001:db8:1::/48");
    }

    #[test]
    fn a_request_id_is_hexadecimal() {
        let mut bytes = [0; 16];
        bytes[15] = 0xab;
        assert_eq!(
            RequestId(bytes).to_string(),
            "000000000000000000000000000000ab"
        );
    }
}
