//! Where an address may lead that an answer named (S-16, X-04, O-12). Pure: compares and decides.

use url::{Host, Url};

use crate::Refusal;

/// Whoever issued an address, and so where it may lead.
///
/// Sources: [RFC 6454](https://www.rfc-editor.org/rfc/rfc6454) for origins; providers document the hosts
/// of their signed URLs.
#[derive(Clone, Copy, Debug)]
pub enum Issuer<'i> {
    /// A user's server: nowhere but to its own origin, which is scheme, host and port.
    Origin(&'i Url),
    /// A provider: over https to one of these hosts, or to a host beneath one: `sharepoint.com` allows
    /// `contoso.sharepoint.com` and not `evilsharepoint.com`. Lower case, without a dot in front.
    Hosts(&'i [&'i str]),
}

impl Issuer<'_> {
    /// Whether the URL leads to where its issuer may point.
    pub(crate) fn check(self, url: &Url) -> Result<(), Refusal> {
        let is_meant = match self {
            Self::Origin(origin) => url.origin() == origin.origin(),
            Self::Hosts(hosts) => url.scheme() == "https" && is_beneath_one(url, hosts),
        };
        if is_meant {
            Ok(())
        } else {
            Err(Refusal::Issuer)
        }
    }
}

fn is_beneath_one(url: &Url, hosts: &[&str]) -> bool {
    let Some(Host::Domain(host)) = url.host() else {
        return false;
    };
    let host = host.strip_suffix('.').unwrap_or(host);
    hosts.iter().any(|allowed| {
        host.strip_suffix(allowed)
            .is_some_and(|front| front.is_empty() || front.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_meant(issuer: Issuer<'_>, url: &str) -> bool {
        issuer.check(&url.parse().unwrap()).is_ok()
    }

    // S-16: the hosts that Microsoft and Google sign URLs for, and those that look like them.
    #[test]
    fn a_provider_points_to_its_own_hosts_only() {
        let hosts = ["sharepoint.com", "1drv.com", "www.googleapis.com"];
        let issuer = Issuer::Hosts(&hosts);
        for url in [
            "https://contoso-my.sharepoint.com/_api/v2.0/drives/b!x/items/y/uploadSession?guid=1",
            "https://sharepoint.com/",
            "https://contoso.sharepoint.com./",
            "https://CONTOSO.SharePoint.com/",
            "https://public.dm.files.1drv.com/y4m?x=1",
            "https://www.googleapis.com/upload/drive/v3/files?upload_id=1",
        ] {
            assert!(is_meant(issuer, url), "{url}");
        }
        for url in [
            "http://contoso.sharepoint.com/",
            "https://evilsharepoint.com/",
            "https://sharepoint.com.evil.org/",
            "https://googleapis.com/",
            "https://evil.org/?host=sharepoint.com",
            "https://sharepoint.com@evil.org/",
            "https://13.107.136.10/",
            "https://[2620:1ec:8f8::10]/",
        ] {
            assert!(!is_meant(issuer, url), "{url}");
        }
    }

    // O-12, X-04
    #[test]
    fn a_users_server_points_to_its_own_origin_only() {
        let origin = "https://cloud.example.org/index.php".parse().unwrap();
        let issuer = Issuer::Origin(&origin);
        for url in [
            "https://cloud.example.org/login/v2/poll?x=1",
            "https://cloud.example.org:443/",
        ] {
            assert!(is_meant(issuer, url), "{url}");
        }
        for url in [
            "http://cloud.example.org/",
            "https://cloud.example.org:8443/",
            "https://www.cloud.example.org/",
            "https://example.org/",
        ] {
            assert!(!is_meant(issuer, url), "{url}");
        }
    }
}
