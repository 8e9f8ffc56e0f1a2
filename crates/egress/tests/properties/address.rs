//! The address rule agrees with its requirement's table, and behind a NAT64 as well (S-06).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use wharf_egress::{Exceptions, Policy};

use super::address_table;

/// Takes sixteen bytes for an IPv6 address and four for an IPv4 address; fewer are none.
pub(crate) fn holds(bytes: &[u8]) {
    if let Some(bytes) = bytes.first_chunk::<16>() {
        agrees(Ipv6Addr::from(*bytes).into());
    } else if let Some(bytes) = bytes.first_chunk::<4>() {
        agrees(Ipv4Addr::from(*bytes).into());
        agrees_behind_nat64(*bytes);
    }
}

fn agrees(address: IpAddr) {
    let policy = Policy::new(Exceptions::default());
    let is_allowed = policy.check_address(address).is_ok();
    assert_eq!(is_allowed, address_table::is_public(address), "{address}");
}

fn agrees_behind_nat64([a, b, c, d]: [u8; 4]) {
    let prefix = "64:ff9b::/96".parse().expect("RFC 6052 names it");
    let policy = Policy::new(Exceptions::default()).behind_nat64(Some(prefix));
    let translated = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, a, b, c, d];
    let translated = IpAddr::from(translated);
    let is_allowed = policy.check_address(translated).is_ok();
    let inner = IpAddr::from([a, b, c, d]);
    assert_eq!(is_allowed, address_table::is_public(inner), "{translated}");
}
