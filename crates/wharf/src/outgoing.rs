//! The door to the network as the settings want it, and what it says of an address.

use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use url::Host;
use wharf_egress::{
    Client, Deadlines, Exceptions, Explanation, Lookup as _, Options, Pace, Policy, SystemLookup,
};

use crate::StartError;
use crate::settings::EgressSettings;

/// What the name of a typed address resolves to.
#[derive(Clone, Debug)]
pub enum Answers {
    /// Nobody is asked.
    Unknown,
    /// These are given; none at all are those of a name that does not exist.
    Given(Vec<IpAddr>),
    /// The system's resolver is asked.
    LookedUp,
}

/// What the rules say, under these settings, of an address that a user might type. Nothing is connected
/// to, and no resolver asked unless `answers` says so.
pub async fn explain(settings: &EgressSettings, address: &str, answers: Answers) -> Explanation {
    let policy = policy(settings);
    match answers {
        Answers::Unknown => policy.explain(address, None),
        Answers::Given(answers) => policy.explain(address, Some(&answers)),
        Answers::LookedUp => match name(&policy, address) {
            Some(name) => policy.explain(address, Some(&look_up(settings, name).await)),
            None => policy.explain(address, None),
        },
    }
}

/// The name that a request to the address would resolve, if it came to that.
fn name(policy: &Policy, address: &str) -> Option<String> {
    let checked = policy.check_typed(address).ok()?;
    match checked.as_url().host() {
        Some(Host::Domain(name)) => Some(name.to_owned()),
        _ => None,
    }
}

/// Whatever goes wrong with the look-up is a name without an address, as it is for a request.
async fn look_up(settings: &EgressSettings, name: String) -> Vec<IpAddr> {
    let limit = Duration::from_secs(settings.resolve_secs);
    let answers = tokio::time::timeout(limit, SystemLookup.lookup(name)).await;
    answers.ok().and_then(Result::ok).unwrap_or_default()
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
    Policy::new(exceptions)
        .denying(settings.deny_networks.clone())
        .behind_nat64(settings.nat64_prefix)
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
