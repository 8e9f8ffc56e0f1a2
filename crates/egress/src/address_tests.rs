//! The address rule against a second implementation that shares nothing with it: a table of
//! networks, asked in the order they are written.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::IpNet;

use super::is_public;

/// S-06 as its text writes it.
const DENIED_V4: [&str; 16] = [
    "0.0.0.0/8",
    "10.0.0.0/8",
    "100.64.0.0/10",
    "127.0.0.0/8",
    "168.63.129.16/32",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "192.168.0.0/16",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "224.0.0.0/4",
    "240.0.0.0/4",
];
const ALLOWED_V6: &str = "2000::/3";
const DENIED_V6: [&str; 4] = ["2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"];

struct Table {
    denied: Vec<IpNet>,
    allowed_v6: IpNet,
}

impl Table {
    fn of_the_requirement() -> Self {
        let denied = DENIED_V4.iter().chain(&DENIED_V6);
        Self {
            denied: denied.map(|network| network.parse().unwrap()).collect(),
            allowed_v6: ALLOWED_V6.parse().unwrap(),
        }
    }

    fn is_public(&self, address: IpAddr) -> bool {
        let reachable = match address {
            IpAddr::V4(_) => true,
            IpAddr::V6(v6) => self.allowed_v6.contains(&address) && !is_isatap(v6),
        };
        reachable && !self.denied.iter().any(|network| network.contains(&address))
    }
}

/// The interface id, read as one number, begins with `0000:5efe` or `0200:5efe`.
fn is_isatap(address: Ipv6Addr) -> bool {
    let interface_prefix = (u128::from(address) >> 32) as u32;
    interface_prefix == 0x0000_5efe || interface_prefix == 0x0200_5efe
}

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

fn edges(network: &IpNet) -> Vec<IpAddr> {
    match network {
        IpNet::V4(network) => {
            let (first, last) = (u32::from(network.network()), u32::from(network.broadcast()));
            [first.wrapping_sub(1), first, last, last.wrapping_add(1)]
                .map(|bits| Ipv4Addr::from(bits).into())
                .to_vec()
        }
        IpNet::V6(network) => {
            let (first, last) = (
                u128::from(network.network()),
                u128::from(network.broadcast()),
            );
            [first.wrapping_sub(1), first, last, last.wrapping_add(1)]
                .map(|bits| Ipv6Addr::from(bits).into())
                .to_vec()
        }
    }
}

// S-06
#[test]
fn agrees_with_the_table_on_every_boundary() {
    let table = Table::of_the_requirement();
    let networks = table.denied.iter().chain([&table.allowed_v6]);
    let addresses: Vec<_> = networks.flat_map(edges).collect();
    assert_eq!(addresses.len(), 4 * 21);
    for address in addresses {
        assert_eq!(is_public(address), table.is_public(address), "{address}");
    }
}

/// How many addresses of each kind are compared: 10^5 in all, or 10^7 where the run may be long.
#[expect(
    clippy::disallowed_methods,
    reason = "a test's own switch, which no setting is"
)]
fn rounds() -> usize {
    let is_long = std::env::var_os("WHARF_LONG").is_some();
    if is_long { 3_400_000 } else { 34_000 }
}

// S-06
#[test]
fn agrees_with_the_table_on_random_addresses() {
    let table = Table::of_the_requirement();
    let mut numbers = Numbers(20_260_101);
    for _ in 0..rounds() {
        for address in [numbers.v4(), numbers.v6(), numbers.likely_public_v6()] {
            assert_eq!(is_public(address), table.is_public(address), "{address}");
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
