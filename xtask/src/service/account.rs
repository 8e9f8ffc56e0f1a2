//! The account that servers run under.
//!
//! PostgreSQL refuses to run as root, and Apache should not; so root hands
//! both to an account that may do nothing else here.

use std::fs;
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use anyhow::Context as _;

use crate::program;

/// The accounts to choose from, best first.
const NAMES: [&str; 2] = ["postgres", "nobody"];

/// Who runs a server: another account, or ourselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Account {
    Ours,
    Other { uid: u32, gid: u32 },
}

impl Account {
    /// An unprivileged account when we are root, ours otherwise.
    pub(crate) fn for_servers() -> anyhow::Result<Self> {
        if !program::we_are_root()? {
            return Ok(Self::Ours);
        }
        let accounts = fs::read_to_string("/etc/passwd")?;
        NAMES
            .iter()
            .find_map(|name| find(&accounts, name))
            .context("root needs an account named postgres or nobody to run servers under")
    }

    /// Makes the folder the account's own.
    pub(crate) fn give(self, folder: &Path) -> anyhow::Result<()> {
        if let Self::Other { uid, gid } = self {
            chown(folder, Some(uid), Some(gid))?;
        }
        Ok(())
    }

    /// Lets the command run under the account, in its folder.
    pub(crate) fn run_in(self, folder: &Path, command: &mut Command) {
        command.current_dir(folder);
        if let Self::Other { uid, gid } = self {
            command.uid(uid).gid(gid);
        }
    }
}

/// Looks a name up in the text of `/etc/passwd` (passwd(5)).
fn find(accounts: &str, name: &str) -> Option<Account> {
    accounts.lines().find_map(|line| {
        let mut fields = line.split(':');
        let is_it = fields.next()? == name;
        let uid = fields.nth(1)?.parse().ok()?;
        let gid = fields.next()?.parse().ok()?;
        is_it.then_some(Account::Other { uid, gid })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let accounts = "root:x:0:0:root:/root:/bin/bash\n\
            postgres-backup:x:7:8::/:/bin/sh\n\
            postgres:x:111:113:PostgreSQL:/var/lib/postgresql:/bin/bash\n";
        let expected = Account::Other { uid: 111, gid: 113 };
        assert_eq!(find(accounts, "postgres"), Some(expected));
        assert_eq!(find(accounts, "nobody"), None);
    }

    #[test]
    fn a_broken_line_is_passed_over() {
        assert_eq!(find("postgres:x\npostgres:x:a:b", "postgres"), None);
    }
}
