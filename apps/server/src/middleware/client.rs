//! Where a request comes from: the address of whoever connected, or, where that is a proxy of the
//! operator's, what the proxy says. Anybody else may write into the header what they like.

use std::net::IpAddr;

use actix_web::dev::ServiceRequest;
use actix_web::http::header::{HeaderMap, X_FORWARDED_FOR};
use ipnet::IpNet;

/// The address of the client, if the connection has one.
pub(super) fn address(request: &ServiceRequest, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip().to_canonical();
    Some(behind(peer, request.headers(), trusted))
}

/// Each proxy appends whom it was asked by, so the list is read from its end, and believed as far as
/// trusted proxies wrote it.
fn behind(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    // A line that is no text names nobody, like an entry that is no address.
    let lines: Vec<&str> = headers
        .get_all(X_FORWARDED_FOR)
        .map(|value| value.to_str().unwrap_or_default())
        .collect();
    let mut entries = lines.iter().rev().flat_map(|line| line.rsplit(','));
    let mut client = peer;
    while is_trusted(client) {
        let entry = entries.next().map(str::trim).map(str::parse::<IpAddr>);
        match entry {
            Some(Ok(address)) => client = address.to_canonical(),
            // A proxy that names nobody is the last of whom anything is known.
            Some(Err(_)) | None => break,
        }
    }
    client
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn client_of(peer: &str, lines: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(
                X_FORWARDED_FOR,
                HeaderValue::from_bytes(line.as_bytes()).unwrap(),
            );
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        behind(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_trusted_proxy_is_believed() {
        assert_eq!(client_of("10.0.0.1", &["203.0.113.7"]), "203.0.113.7");
        assert_eq!(client_of("fd00::1", &["2001:db8::7"]), "2001:db8::7");
        let chain = ["198.51.100.1, 203.0.113.7", "10.0.0.2,10.0.0.3"];
        assert_eq!(client_of("10.0.0.1", &chain), "203.0.113.7");
    }

    #[test]
    fn nobody_else_is() {
        assert_eq!(client_of("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
        // What a client writes itself stands before what the proxy appends.
        let forged = ["198.51.100.1", "203.0.113.7"];
        assert_eq!(client_of("10.0.0.1", &forged), "203.0.113.7");
    }

    #[test]
    fn a_proxy_that_names_nobody_is_the_client() {
        for lines in [
            &[][..],
            &["unknown"],
            &["198.51.100.1", "\u{fc}, 203.0.113.7"],
            &["203.0.113.7, "],
            &["203.0.113.7:80"],
        ] {
            assert_eq!(client_of("10.0.0.1", lines), "10.0.0.1", "{lines:?}");
        }
        assert_eq!(client_of("10.0.0.1", &["10.0.0.2"]), "10.0.0.2");
    }
}
