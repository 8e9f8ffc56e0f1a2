//! The audit trail: the job that gives events their places, and the use cases around it.

use std::sync::Arc;

use wharf_crypto::{Keyring, PublicKey};
use wharf_domain::ports::checkpoint_copies::CheckpointCopies;
use wharf_egress::Client;
use wharf_persistence::{Database, DatabaseOptions};
use wharf_services::trail::{AuditTrail, Sequencer};
use wharf_services::vault::Vault;
use wharf_storage_backends::{CheckpointBucket, CheckpointFile};

use super::ground::Ground;
use super::keys;
use super::{StartError, Wharf, install_tls_provider};
use crate::checkpoint_log::CheckpointLog;
use crate::outgoing;
use crate::settings::Settings;

type Copies = Vec<Arc<dyn CheckpointCopies>>;

/// Has events placed until the process ends.
pub(super) fn tend(ground: &Ground<'_>) -> Result<AuditTrail, StartError> {
    let Ground {
        settings,
        database,
        vault,
        egress,
        environment,
        tasks,
        ..
    } = ground;
    let keyring = ground.keyring.current();
    let copies = copies(settings, egress)?;
    let sequencer = Sequencer::new(
        Arc::new(database.clone()),
        vault.clone(),
        keyring.checkpoint_signer(),
        copies.clone(),
        environment.clone(),
    );
    tasks.background(move |stopping| sequencer.clone().run(stopping));
    Ok(trail(settings, database, &keyring, vault.clone(), copies))
}

impl Wharf {
    /// The audit trail and nothing else, for whoever checks or exports it: nothing is made, brought up to
    /// date or placed.
    ///
    /// # Errors
    /// If the keys or the database cannot be used.
    pub async fn audit_trail(settings: &Settings) -> Result<AuditTrail, StartError> {
        install_tls_provider();
        let keyring = keys::read(settings)?;
        let database = Database::open(&settings.database_url(), DatabaseOptions::default()).await?;
        let vault = Vault::new(keyring.clone(), Arc::new(database.clone()));
        let copies = copies(settings, &outgoing::client(&settings.egress)?)?;
        let keyring = keyring.current();
        Ok(trail(settings, &database, &keyring, vault, copies))
    }

    /// The public keys whose checkpoints are believed under these settings, the one that signs first.
    ///
    /// # Errors
    /// If the operator's keys cannot be used.
    pub fn checkpoint_keys(settings: &Settings) -> Result<Vec<PublicKey>, StartError> {
        let keyring = keys::read(settings)?.current();
        Ok(trusted_keys(settings, &keyring).collect())
    }
}

fn trail(
    settings: &Settings,
    database: &Database,
    keyring: &Keyring,
    vault: Vault,
    copies: Copies,
) -> AuditTrail {
    let keys = trusted_keys(settings, keyring).collect();
    AuditTrail::new(Arc::new(database.clone()), vault, keys, copies)
}

/// Those of the key file, and those that were in it once.
fn trusted_keys(settings: &Settings, keyring: &Keyring) -> impl Iterator<Item = PublicKey> {
    let retired = settings.audit.trusted_keys.iter().copied();
    keyring.checkpoint_keys().chain(retired)
}

/// The places outside the database that the settings name.
fn copies(settings: &Settings, egress: &Client) -> Result<Copies, StartError> {
    let audit = &settings.audit;
    let mut copies: Copies = Vec::new();
    if audit.checkpoint_log {
        copies.push(Arc::new(CheckpointLog));
    }
    if let Some(file) = &audit.checkpoint_file {
        copies.push(Arc::new(CheckpointFile::new(file.clone())));
    }
    if let Some(place) = &audit.checkpoint_bucket {
        let bucket = CheckpointBucket::open(place, &settings.s3.access()?, egress);
        copies.push(Arc::new(bucket?));
    }
    Ok(copies)
}
