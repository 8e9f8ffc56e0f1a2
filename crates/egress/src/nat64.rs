//! The prefix under which the operator's NAT64 reaches IPv4, and the address that hides behind one of
//! its own ([RFC 6052](https://www.rfc-editor.org/rfc/rfc6052), section 2.2). Pure, and judges nothing.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use ipnet::Ipv6Net;

use crate::Error;

/// A NAT64 prefix of 96 bits, such as `64:ff9b::/96`: the last 32 bits of its addresses are those of an
/// IPv4 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Nat64Prefix(Ipv6Net);

impl Nat64Prefix {
    /// Whom a connection to the address reaches: the IPv4 host behind the translator for an address with
    /// this prefix, for every other the address itself.
    pub(crate) fn behind(self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V6(translated) if self.0.contains(&translated) => inner(translated),
            _ => address,
        }
    }
}

fn inner(translated: Ipv6Addr) -> IpAddr {
    let [.., a, b, c, d] = translated.octets();
    IpAddr::from([a, b, c, d])
}

/// Takes 96 bits alone, nothing after them, and the zeros that RFC 6052 has in bits 64 to 71. A prefix
/// in `::/80` is refused: there lie this machine's own addresses, as IPv6 and as mapped IPv4.
impl FromStr for Nat64Prefix {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let is_prefix = |network: &Ipv6Net| {
            let address = network.addr();
            let [.., after_64, _, _, _, _, _, _, _] = address.octets();
            let is_of_this_machine = matches!(address.segments(), [0, 0, 0, 0, 0, ..]);
            network.prefix_len() == 96
                && network.trunc() == *network
                && after_64 == 0
                && !is_of_this_machine
        };
        let prefix = text.parse().ok().filter(is_prefix);
        prefix.map(Self).ok_or(Error::InvalidNat64Prefix)
    }
}

/// Writes what [`FromStr`] reads.
impl fmt::Display for Nat64Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // RFC 6052, section 2.4: the examples for 192.0.2.33 with a prefix of 96 bits.
    #[test]
    fn the_last_32_bits_are_the_inner_address() {
        for (prefix, translated) in [
            ("2001:db8:122:344::/96", "2001:db8:122:344::192.0.2.33"),
            ("64:ff9b::/96", "64:ff9b::192.0.2.33"),
        ] {
            let prefix: Nat64Prefix = prefix.parse().unwrap();
            let behind = prefix.behind(translated.parse().unwrap());
            assert_eq!(behind.to_string(), "192.0.2.33", "{prefix}");
        }
    }

    #[test]
    fn other_addresses_stand_for_themselves() {
        let prefix: Nat64Prefix = "64:ff9b::/96".parse().unwrap();
        for other in ["64:ff9b:0:0:0:1:c000:221", "64:ff9b:1::", "::1", "10.0.0.1"] {
            let address = other.parse().unwrap();
            assert_eq!(prefix.behind(address), address, "{other}");
        }
    }

    // S-06
    #[test]
    fn nothing_but_a_prefix_of_96_bits_is_taken() {
        for text in [
            "",
            "64:ff9b::",
            "64:ff9b::/64",
            "64:ff9b::/128",
            "64:ff9b::1/96",
            "2001:db8:1:2:ff00::/96",
            "10.0.0.0/8",
            "::/96",
            "::ffff:0:0/96",
        ] {
            assert!(text.parse::<Nat64Prefix>().is_err(), "{text:?}");
        }
        let prefix = "2001:db8:1:2::/96".parse::<Nat64Prefix>().unwrap();
        assert_eq!(prefix.to_string(), "2001:db8:1:2::/96");
    }
}
