//! A set of ports as an operator writes it: `443,8443,1024-65535`.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

use crate::Error;

/// Ports a request may go to. Never contains port 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PortSet(Vec<RangeInclusive<u16>>);

impl PortSet {
    /// The ports open unless the operator says otherwise: 443 and 8443, and 80 where plain http
    /// is allowed (S-03).
    pub fn default_for(allow_http: bool) -> Self {
        let https = [443..=443, 8443..=8443];
        let http = allow_http.then_some(80..=80);
        Self(https.into_iter().chain(http).collect())
    }

    /// Whether the port is in the set.
    pub fn contains(&self, port: u16) -> bool {
        self.0.iter().any(|range| range.contains(&port))
    }
}

/// Reads numbers and ranges between commas; spaces around them do not matter.
impl FromStr for PortSet {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let ranges = text.split(',').map(str::trim).map(|part| {
            parse_range(part).ok_or_else(|| Error::InvalidPorts {
                part: part.to_owned(),
            })
        });
        ranges.collect::<Result<_, _>>().map(Self)
    }
}

fn parse_range(part: &str) -> Option<RangeInclusive<u16>> {
    let (first, last) = part.split_once('-').unwrap_or((part, part));
    let first = first.parse().ok()?;
    let last = last.parse().ok()?;
    (1 <= first && first <= last).then_some(first..=last)
}

/// Writes what [`FromStr`] reads.
impl fmt::Display for PortSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, range) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str(",")?;
            }
            match (range.start(), range.end()) {
                (first, last) if first == last => write!(f, "{first}")?,
                (first, last) => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-03
    #[test]
    fn default_ports_grow_by_80_with_http() {
        assert_eq!(PortSet::default_for(false).to_string(), "443,8443");
        assert_eq!(PortSet::default_for(true).to_string(), "443,8443,80");
    }

    // S-03
    #[test]
    fn contains_the_numbers_and_both_ends_of_the_ranges() {
        let ports: PortSet = "443, 5006,2000-2078".parse().unwrap();
        assert_eq!(ports.to_string(), "443,5006,2000-2078");
        for port in [443, 5006, 2000, 2050, 2078] {
            assert!(ports.contains(port), "{port}");
        }
        for port in [0, 80, 442, 1999, 2079, 65535] {
            assert!(!ports.contains(port), "{port}");
        }
    }

    #[test]
    fn refuses_what_is_no_port() {
        for text in [
            "", ",", "443,", "0", "0-9", "65536", "9-8", "-5", "5-", "https", "4 43",
        ] {
            assert!(text.parse::<PortSet>().is_err(), "{text:?}");
        }
    }
}
