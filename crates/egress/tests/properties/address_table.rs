//! The address rule a second time, sharing nothing with the first: a table of networks, asked in the
//! order they are written (S-06).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A network: its first address and the length of its prefix.
pub(crate) type Network<A> = (A, u32);

/// S-06 as its text writes it.
pub(crate) const DENIED_V4: [Network<Ipv4Addr>; 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(168, 63, 129, 16), 32),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];
pub(crate) const ALLOWED_V6: Network<Ipv6Addr> = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
pub(crate) const DENIED_V6: [Network<Ipv6Addr>; 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0x0db8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// What the table says of an address.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !DENIED_V4.iter().any(|network| holds_v4(network, v4)),
        IpAddr::V6(v6) => {
            let is_denied = DENIED_V6.iter().any(|network| holds_v6(network, v6));
            holds_v6(&ALLOWED_V6, v6) && !is_denied && !is_isatap(v6)
        }
    }
}

/// The interface id, read as one number, begins with `0000:5efe` or `0200:5efe`.
fn is_isatap(address: Ipv6Addr) -> bool {
    let interface_prefix = (u128::from(address) >> 32) as u32;
    interface_prefix == 0x0000_5efe || interface_prefix == 0x0200_5efe
}

fn holds_v4((first, length): &Network<Ipv4Addr>, address: Ipv4Addr) -> bool {
    (u32::from(*first) ^ u32::from(address)) >> (32 - length) == 0
}

fn holds_v6((first, length): &Network<Ipv6Addr>, address: Ipv6Addr) -> bool {
    (u128::from(*first) ^ u128::from(address)) >> (128 - length) == 0
}
