//! Everything that the requests to one sandbox share.

use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::accounts::Accounts;
use crate::blob::BlobStore;
use crate::clock::Clock;
use crate::contract::Contract;
use crate::dialect::{Dialect, Digest};
use crate::fault::Rules;
use crate::google::DriveState;
use crate::identity::{Client, Grants, Provider, Signer};
use crate::log::RequestLog;
use crate::microsoft::OneDriveState;
use crate::open_upload::OpenUpload;
use crate::quota::Quotas;
use crate::random::Random;
use crate::storage::Storage;
use crate::{google, microsoft, nextcloud};

/// The state of one sandbox.
pub(crate) struct Simulation {
    /// Scheme, host and port, as clients write them.
    pub(crate) origin: String,
    pub(crate) clock: Clock,
    /// Draws ids that nobody has to guess or repeat.
    pub(crate) random: Random,
    /// What goes wrong.
    pub(crate) faults: Rules,
    /// What was asked.
    pub(crate) log: RequestLog,
    /// Who may use `/dav/`.
    pub(crate) accounts: Accounts,
    /// Where the contents of files at Google, Microsoft and Nextcloud are.
    pub(crate) blobs: Arc<BlobStore>,
    /// The storage behind those odd paths that have one.
    pub(crate) odd_storage: Storage,
    /// What Digest authentication has given out.
    pub(crate) digest: Digest,
    /// What clients should have asked otherwise.
    pub(crate) contract: Contract,
    /// How much people may store.
    pub(crate) quotas: Quotas,
    /// The files at Google.
    pub(crate) drive: DriveState,
    /// The files at Microsoft.
    pub(crate) onedrive: OneDriveState,
    /// What people granted to the applications.
    pub(crate) grants: Grants,
    /// The application at Google.
    pub(crate) google: Client,
    /// The application at Microsoft.
    pub(crate) microsoft: Client,
    /// The Nextcloud.
    pub(crate) nextcloud: nextcloud::Installation,
    pub(crate) signer: Signer,
    dialect: Mutex<Option<Dialect>>,
    redirects: AtomicUsize,
}

impl Simulation {
    /// A simulation that keeps its files under `folder`; what it draws follows from the seed.
    pub(crate) fn new(folder: &Path, origin: String, seed: u64) -> io::Result<Self> {
        // Each kind of drawing has dice of its own, so that more of one changes nothing for the others.
        let dice = |kind: u64| Random::seeded(seed.wrapping_mul(8).wrapping_add(kind));
        let clock = Clock::default();
        let blobs = Arc::new(BlobStore::new(folder)?);
        Ok(Self {
            origin,
            random: dice(0),
            faults: Rules::new(dice(1)),
            log: RequestLog::default(),
            accounts: Accounts::default(),
            odd_storage: Storage::seeded(folder)?,
            digest: Digest::default(),
            contract: Contract::default(),
            quotas: Quotas::default(),
            drive: DriveState::new(dice(3), clock.now()),
            onedrive: OneDriveState::new(dice(4), clock.now()),
            clock,
            grants: Grants::new(dice(2)),
            google: google::client(),
            microsoft: microsoft::client(),
            nextcloud: nextcloud::Installation::new(Arc::clone(&blobs)),
            blobs,
            signer: Signer::fresh()?,
            dialect: Mutex::new(None),
            redirects: AtomicUsize::new(0),
        })
    }

    /// The application at a provider.
    pub(crate) fn client(&self, provider: Provider) -> &Client {
        match provider {
            Provider::Google => &self.google,
            Provider::Microsoft => &self.microsoft,
        }
    }

    /// The upload sessions that were opened anywhere, and are neither complete nor gone.
    pub(crate) fn open_uploads(&self) -> Vec<OpenUpload> {
        let now = self.clock.now();
        let mut uploads = self.drive.open_uploads(now);
        uploads.extend(self.onedrive.open_uploads(now));
        uploads
    }

    /// Ends all of them.
    pub(crate) fn end_uploads(&self) {
        self.drive.end_uploads();
        self.onedrive.end_uploads();
        self.nextcloud.end_uploads();
    }

    /// How the accounts speak WebDAV just now; `None` is the storage's own way.
    pub(crate) fn dialect(&self) -> Option<Dialect> {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_dialect(&self, dialect: Dialect) {
        *self.dialect.lock().unwrap_or_else(PoisonError::into_inner) = Some(dialect);
    }

    /// How many requests were redirected before.
    pub(crate) fn next_redirect(&self) -> usize {
        self.redirects.fetch_add(1, Ordering::Relaxed)
    }
}
