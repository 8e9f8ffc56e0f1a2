//! The door to the network as the settings want it, and what it says of an address.

use std::path::Path;
use std::time::Duration;

use url::Host;
use wharf_egress::{
    Client, Deadlines, Exceptions, Explanation, Lookup as _, Options, Pace, Policy, SystemLookup,
};

use crate::StartError;
use crate::settings::EgressSettings;

/// What each rule says of an address that a user might type, under these settings.
///
/// Its name is looked up only if `resolve` says so, and nothing is connected to.
pub async fn explain(settings: &EgressSettings, address: &str, resolve: bool) -> Explanation {
    let policy = policy(settings);
    let name = match policy.check_typed(address) {
        Ok(checked) if resolve => match checked.as_url().host() {
            Some(Host::Domain(name)) => Some(name.to_owned()),
            _ => None,
        },
        _ => None,
    };
    let Some(name) = name else {
        return policy.explain(address, None);
    };
    let limit = Duration::from_secs(settings.resolve_secs);
    let answers = tokio::time::timeout(limit, SystemLookup.lookup(name)).await;
    // Whatever goes wrong with the look-up is a name without an address, as it is for a request.
    let answers = answers.ok().and_then(Result::ok).unwrap_or_default();
    policy.explain(address, Some(&answers))
}

/// The client that every outgoing request goes through.
pub(crate) fn client(settings: &EgressSettings) -> Result<Client, StartError> {
    let extra_ca_pem = settings
        .extra_ca_file
        .as_deref()
        .map(read_certificates)
        .transpose()?;
    let options = Options {
        deadlines: deadlines(settings),
        extra_ca_pem,
        ..Options::default()
    };
    Ok(Client::new(policy(settings), options)?)
}

fn policy(settings: &EgressSettings) -> Policy {
    let exceptions = Exceptions {
        allow_networks: settings.allow_networks.clone(),
        allow_http: settings.allow_http,
        allow_ports: settings.allow_ports.clone(),
    };
    Policy::new(exceptions).denying(settings.deny_networks.clone())
}

fn deadlines(settings: &EgressSettings) -> Deadlines {
    let per = Pace::default().per;
    Deadlines {
        resolve: Duration::from_secs(settings.resolve_secs),
        connect: Duration::from_secs(settings.connect_secs),
        tls: Duration::from_secs(settings.tls_secs),
        first_byte: Duration::from_secs(settings.first_byte_secs),
        stall: Duration::from_secs(settings.stall_secs),
        slowest: Pace {
            bytes: settings.min_bytes_per_sec.saturating_mul(per.as_secs()),
            per,
        },
    }
}

fn read_certificates(path: &Path) -> Result<Vec<u8>, StartError> {
    std::fs::read(path).map_err(|source| StartError::CertificateFile {
        path: path.to_owned(),
        source,
    })
}
