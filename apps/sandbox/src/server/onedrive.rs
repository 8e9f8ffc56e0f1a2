//! What a test can order of OneDrive, and ask about it.

use super::Sandbox;
use crate::generated_file::GeneratedFile;
use crate::identity::person;
use crate::microsoft::RecycledItem;

impl Sandbox {
    /// Puts a file into an account's drive at Microsoft, whatever room there is; says under which id.
    ///
    /// # Panics
    /// When there is no such account or no such folder, or the name cannot be had there.
    pub fn add_onedrive_file(&self, account: &str, file: &GeneratedFile) -> String {
        let person = person(account).expect("the account is one of the sandbox's people");
        let id = self.simulation.onedrive.add(&self.simulation, person, file);
        id.expect("the folder is one of the account's, and the name is free there")
    }

    /// What an account has in its recycle bin at Microsoft, oldest first.
    ///
    /// # Panics
    /// When there is no such account.
    #[must_use]
    pub fn onedrive_recycle_bin(&self, account: &str) -> Vec<RecycledItem> {
        let person = person(account).expect("the account is one of the sandbox's people");
        self.simulation.onedrive.recycled(&self.simulation, person)
    }
}
