//! Programs that must be on the machine: where they are, and which Debian
//! package brings one that is missing.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::stage;

/// A program and where it comes from.
pub(crate) struct Program {
    /// The name of its file.
    pub(crate) name: &'static str,
    /// The Debian package that holds it.
    pub(crate) package: &'static str,
    /// Folders to look in after `PATH`; one part of each may hold a `*`.
    pub(crate) places: &'static [&'static str],
}

impl Program {
    /// Its file, if it is installed.
    pub(crate) fn find(&self) -> Option<PathBuf> {
        find(self.name, self.places)
    }
}

/// The program's file, on `PATH` or in one of the places.
pub(crate) fn find(name: &str, places: &[&str]) -> Option<PathBuf> {
    let places = places.iter().flat_map(|place| expand(place));
    let mut files = search_path()
        .into_iter()
        .chain(places)
        .map(|folder| folder.join(name));
    files.find(|file| is_executable(file))
}

/// Sees to it that every program is there: names what is missing all at once,
/// with the command that installs it, or runs that command.
pub(crate) fn demand(programs: &[Program], install: bool) -> anyhow::Result<()> {
    demand_that(programs, install, |program| program.find().is_some())
}

/// The same where being there takes more than a file.
pub(crate) fn demand_that(
    programs: &[Program],
    install: bool,
    is_there: impl Fn(&Program) -> bool,
) -> anyhow::Result<()> {
    let missing = || -> Vec<&Program> { programs.iter().filter(|it| !is_there(it)).collect() };
    let absent = missing();
    if absent.is_empty() {
        return Ok(());
    }
    let installation = Installation::of(&absent)?;
    anyhow::ensure!(install, "{}", installation.advice(&absent));
    println!("    {}", installation.line());
    installation.run()?;
    let still: Vec<&str> = missing().iter().map(|it| it.name).collect();
    anyhow::ensure!(still.is_empty(), "still missing: {}", still.join(", "));
    Ok(())
}

/// Whether we run with root's rights.
pub(crate) fn we_are_root() -> anyhow::Result<bool> {
    let output = Command::new("id").arg("-u").output().context("id -u")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

/// The commands that bring packages, with `sudo` before them if need be.
struct Installation {
    has_sudo: bool,
    packages: Vec<&'static str>,
}

impl Installation {
    fn of(missing: &[&Program]) -> anyhow::Result<Self> {
        let has_sudo = !we_are_root()? && find("sudo", &[]).is_some();
        Ok(Self {
            has_sudo,
            packages: packages(missing),
        })
    }

    /// The one line a person can paste.
    fn line(&self) -> String {
        let sudo = if self.has_sudo { "sudo " } else { "" };
        let packages = self.packages.join(" ");
        format!("{sudo}apt-get install --yes {packages}")
    }

    fn advice(&self, missing: &[&Program]) -> String {
        let names: Vec<&str> = missing.iter().map(|program| program.name).collect();
        format!(
            "missing on this machine: {}\ninstall with:\n\n    {}\n\nor give --install and it is done for you",
            names.join(", "),
            self.line()
        )
    }

    fn run(&self) -> anyhow::Result<()> {
        stage::run(self.apt_get().args(["update", "--quiet=2"]))?;
        let install = ["install", "--yes", "--quiet=2", "--no-install-recommends"];
        stage::run(self.apt_get().args(install).args(&self.packages))
    }

    fn apt_get(&self) -> Command {
        // sudo drops the environment, so `env` sets it behind sudo.
        let mut words = vec!["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"];
        if self.has_sudo {
            words.insert(0, "sudo");
        }
        let mut command = Command::new(words.remove(0));
        command.args(words);
        command
    }
}

/// The packages of the programs, each once.
fn packages(programs: &[&Program]) -> Vec<&'static str> {
    let mut packages: Vec<&str> = programs.iter().map(|program| program.package).collect();
    packages.sort_unstable();
    packages.dedup();
    packages
}

fn search_path() -> Vec<PathBuf> {
    #[expect(
        clippy::disallowed_methods,
        reason = "PATH is the shell's setting, not one of Wharf's"
    )]
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).collect()
}

fn is_executable(file: &Path) -> bool {
    fs::metadata(file).is_ok_and(|it| it.is_file() && it.permissions().mode() & 0o111 != 0)
}

/// The folders a pattern stands for, the highest version first.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else {
        return vec![PathBuf::from(pattern)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let entries = fs::read_dir(parent).into_iter().flatten().flatten();
    let mut versions: Vec<String> = entries
        .filter_map(|entry| entry.file_name().into_string().ok())
        .filter_map(|name| name.strip_prefix(prefix).map(str::to_owned))
        .collect();
    // Longer numbers are larger ones: 15 is above 9.6.
    versions.sort_by_key(|version| version.parse::<u32>().unwrap_or_default());
    let folders = versions.iter().rev();
    folders
        .map(|version| PathBuf::from(format!("{before}{version}{after}")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    const SHELL: Program = Program {
        name: "sh",
        package: "dash",
        places: &[],
    };
    const NOWHERE: Program = Program {
        name: "no-such-program",
        package: "nothing",
        places: &["/usr/lib/no-such-*/bin"],
    };

    #[test]
    fn what_is_there_is_not_demanded() {
        assert!(demand(&[SHELL], false).is_ok());
    }

    #[test]
    fn all_that_is_missing_is_named_with_one_command() {
        let other = Program {
            name: "neither-this",
            ..NOWHERE
        };
        let error = demand(&[SHELL, NOWHERE, other], false)
            .unwrap_err()
            .to_string();
        assert!(error.contains("no-such-program, neither-this"), "{error}");
        assert!(error.contains("apt-get install --yes nothing\n"), "{error}");
        assert!(error.contains("--install"), "{error}");
    }

    #[test]
    fn sudo_stands_before_the_command_of_an_ordinary_person() {
        let installation = Installation {
            has_sudo: true,
            packages: vec!["apache2-bin", "postgresql"],
        };
        let expected = "sudo apt-get install --yes apache2-bin postgresql";
        assert_eq!(installation.line(), expected);
    }

    #[test]
    fn the_highest_version_comes_first() {
        let folder = Folder::fresh("versions").unwrap();
        let base = folder.text().unwrap().to_owned();
        for version in ["9", "15", "16"] {
            fs::create_dir_all(folder.path().join(version).join("bin")).unwrap();
        }
        let found = expand(&format!("{base}/*/bin"));
        let expected = ["16", "15", "9"].map(|it| folder.path().join(it).join("bin"));
        assert_eq!(found, expected);
    }
}
