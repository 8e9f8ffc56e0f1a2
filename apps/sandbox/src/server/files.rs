//! What a test can order of the file services, and ask about them.

use super::Sandbox;
use crate::contract::ContractWarning;
use crate::generated_file::GeneratedFile;
use crate::identity::{Provider, person};
use crate::open_upload::OpenUpload;

impl Sandbox {
    /// The requests that a provider answers and that should have been others, in order: tests assert that
    /// there are none.
    #[must_use]
    pub fn contract_warnings(&self) -> Vec<ContractWarning> {
        self.simulation.contract.warnings()
    }

    /// The upload sessions that were opened and are neither complete nor gone.
    #[must_use]
    pub fn open_uploads(&self) -> Vec<OpenUpload> {
        self.simulation.open_uploads()
    }

    /// Ends all upload sessions, as a provider does with those that are too old.
    pub fn end_uploads(&self) {
        self.simulation.end_uploads();
    }

    /// From now on the account may store so many bytes at the provider.
    ///
    /// # Panics
    /// When there is no such account.
    pub fn set_storage_limit(&self, provider: Provider, account: &str, bytes: u64) {
        let person = person(account).expect("the account is one of the sandbox's people");
        self.simulation.quotas.set(provider, person, bytes);
    }

    /// Puts a file into an account's own Drive at Google, whatever room there is; says under which id.
    ///
    /// # Panics
    /// When there is no such account or no such folder.
    pub fn add_drive_file(&self, account: &str, file: &GeneratedFile) -> String {
        let person = person(account).expect("the account is one of the sandbox's people");
        let now = self.simulation.clock.now();
        let id = self.simulation.drive.add(person, file, now);
        id.expect("the folder is one of the account's")
    }
}
