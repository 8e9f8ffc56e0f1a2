//! The storages: the house's own, and those of providers.

use std::sync::Arc;

use wharf_domain::ports::deletion_ledger::DeletionLedger;
use wharf_domain::random::Random;
use wharf_egress::Client;
use wharf_storage_backends::{Background, House, Registry};

use super::erasing::open_ledger;
use super::{StartError, make_private_folder};
use crate::settings::{HouseStorage, Settings};

/// All storages there are, and the deletion ledger, which may lie in the house's.
pub(super) fn open_storages(
    settings: &Settings,
    egress: Client,
    random: Arc<dyn Random>,
    background: Background,
) -> Result<(Registry, Arc<dyn DeletionLedger>), StartError> {
    let house = open_house(settings, &egress)?;
    let ledger = open_ledger(settings, &house);
    let mut storages = Registry::new(egress, house, random, background);
    if let Some(upload_url) = &settings.providers.google_drive.upload_url {
        storages = storages.uploading_to_google_at(upload_url.clone());
    }
    Ok((storages, ledger))
}

fn open_house(settings: &Settings, egress: &Client) -> Result<House, StartError> {
    match settings.house_storage() {
        HouseStorage::Folder(folder) => {
            make_private_folder(&folder)?;
            Ok(House::in_folder(&folder)?)
        }
        HouseStorage::Bucket(place) => {
            Ok(House::in_bucket(&place, &settings.s3.access()?, egress)?)
        }
    }
}
