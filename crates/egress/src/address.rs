//! Which addresses are public (S-06). Pure: knows nothing of names, URLs or the operator's exceptions.
//!
//! Sources: the IANA special-purpose address registries for
//! [IPv4](https://www.iana.org/assignments/iana-ipv4-special-registry) and
//! [IPv6](https://www.iana.org/assignments/iana-ipv6-special-registry).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether the address belongs to the public Internet and to nobody's inside.
pub(crate) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !matches!(
        address.octets(),
        [0 | 10 | 127, ..]          // this network, private, loopback
            | [100, 64..=127, ..]   // shared by carriers, RFC 6598
            | [168, 63, 129, 16]    // Azure's WireServer, public only in looks
            | [169, 254, ..]        // link-local, where clouds keep their metadata
            | [172, 16..=31, ..]    // private
            | [192, 0, 0 | 2, _]    // protocol assignments, TEST-NET-1
            | [192, 88, 99, _]      // 6to4 relays
            | [192, 168, ..]        // private
            | [198, 18 | 19, ..]    // benchmarks
            | [198, 51, 100, _]     // TEST-NET-2
            | [203, 0, 113, _]      // TEST-NET-3
            | [224..=255, ..] // multicast, reserved, broadcast
    )
}

/// Only global unicast, 2000::/3, can be public: that alone refuses every mapped, compatible,
/// translated, NAT64, unique local, link-local and multicast address.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let segments = address.segments();
    let is_global_unicast = matches!(segments, [0x2000..=0x3fff, ..]);
    let is_special = matches!(
        segments,
        [0x2001, 0..=0x01ff, ..]         // protocol assignments with Teredo
            | [0x2001, 0x0db8, ..]       // documentation
            | [0x2002, ..]               // 6to4, which carries an IPv4 address
            | [0x3fff, 0..=0x0fff, ..]   // documentation, RFC 9637
            | [_, _, _, _, 0 | 0x0200, 0x5efe, _, _] // ISATAP, RFC 5214, carries one too
    );
    is_global_unicast && !is_special
}

#[cfg(test)]
#[path = "address_tests.rs"]
mod tests;
