//! The address rule against a second implementation that shares nothing with it: a table of
//! networks, asked in the order they are written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::is_public;

#[path = "../tests/properties/address_table.rs"]
mod address_table;

use self::address_table::{ALLOWED_V6, DENIED_V4, DENIED_V6, Network};

/// SplitMix64, so that a failure is the same on every run.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn v4(&mut self) -> IpAddr {
        Ipv4Addr::from(self.next() as u32).into()
    }

    fn v6(&mut self) -> IpAddr {
        let random = u128::from(self.next()) << 64 | u128::from(self.next());
        Ipv6Addr::from(random).into()
    }

    /// Inside 2000::/3, half of them under the crowded 2001::/16, a quarter of them ISATAP.
    fn likely_public_v6(&mut self) -> IpAddr {
        let IpAddr::V6(address) = self.v6() else {
            unreachable!()
        };
        let mut bits = u128::from(address) & !(0b111 << 125) | 0b001 << 125;
        let choice = self.next();
        if choice & 1 == 0 {
            bits = bits & !(0xffff << 112) | 0x2001 << 112;
        }
        if choice & 0b110 == 0 {
            bits = bits & !(0xfdff_ffff << 32) | 0x5efe << 32;
        }
        Ipv6Addr::from(bits).into()
    }
}

/// The first and the last address of a network, and their neighbours outside.
fn edges_v4((first, length): Network<Ipv4Addr>) -> [IpAddr; 4] {
    let first = u32::from(first);
    let last = first | u32::MAX.checked_shr(length).unwrap_or(0);
    [first.wrapping_sub(1), first, last, last.wrapping_add(1)]
        .map(|bits| Ipv4Addr::from(bits).into())
}

fn edges_v6((first, length): Network<Ipv6Addr>) -> [IpAddr; 4] {
    let first = u128::from(first);
    let last = first | u128::MAX.checked_shr(length).unwrap_or(0);
    [first.wrapping_sub(1), first, last, last.wrapping_add(1)]
        .map(|bits| Ipv6Addr::from(bits).into())
}

// S-06
#[test]
fn agrees_with_the_table_on_every_boundary() {
    let v4 = DENIED_V4.into_iter().flat_map(edges_v4);
    let v6 = DENIED_V6.into_iter().chain([ALLOWED_V6]).flat_map(edges_v6);
    let addresses: Vec<_> = v4.chain(v6).collect();
    assert_eq!(addresses.len(), 4 * 21);
    for address in addresses {
        let expected = address_table::is_public(address);
        assert_eq!(is_public(address), expected, "{address}");
    }
}

/// How many addresses of each kind are compared: 10^6 in all, or 10^7 where the run may be long.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own switch, which no setting is"
)]
fn rounds() -> usize {
    let is_long = std::env::var_os("WHARF_LONG").is_some();
    if is_long { 3_340_000 } else { 334_000 }
}

// S-06
#[test]
fn agrees_with_the_table_on_random_addresses() {
    let mut numbers = Numbers(20_260_101);
    for _ in 0..rounds() {
        for address in [numbers.v4(), numbers.v6(), numbers.likely_public_v6()] {
            let expected = address_table::is_public(address);
            assert_eq!(is_public(address), expected, "{address}");
        }
    }
}

// S-06
#[test]
fn refuses_both_isatap_forms_and_their_neighbours_not() {
    for (text, expected) in [
        ("2606:4700:1:1:0:5efe:a00:1", false),
        ("2606:4700:1:1:200:5efe:a00:1", false),
        ("2606:4700:1:1:100:5efe:a00:1", true),
        ("2606:4700:1:1:0:5eff:a00:1", true),
    ] {
        assert_eq!(is_public(text.parse().unwrap()), expected, "{text}");
    }
}
