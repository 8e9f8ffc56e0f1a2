//! Programs of packages from npm, each in a folder of its own below the target
//! folder: exactly those that its `package-lock.json` names, byte by byte.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::program::{self, Program};
use crate::{stage, workspace};

/// What runs them, and what brings their packages.
const PROGRAMS: [Program; 2] = [
    Program {
        name: "node",
        package: "nodejs",
        places: &[],
    },
    Program {
        name: "npm",
        package: "npm",
        places: &[],
    },
];

/// Which versions, with the digests of their files.
const LOCK: &str = "package-lock.json";

/// The folder with the program and its packages.
pub(super) struct Packages(PathBuf);

impl Packages {
    /// Brings the packages of a program in `interop/`, unless they are there
    /// as its lock file wants them.
    pub(super) fn prepare(name: &str, install: bool) -> anyhow::Result<Self> {
        program::demand(&PROGRAMS, install)?;
        let source = workspace::root().join("interop").join(name);
        let packages = Self(workspace::target()?.join("interop").join(name));
        fs::create_dir_all(&packages.0)?;
        for file in fs::read_dir(&source)? {
            let file = file?;
            fs::copy(file.path(), packages.0.join(file.file_name()))?;
        }
        let lock = fs::read(source.join(LOCK))?;
        let installed = packages.0.join("installed-lock.json");
        if !fs::read(&installed).is_ok_and(|it| it == lock) {
            packages.install()?;
            // Last, so that a run that was broken off is taken up again.
            fs::write(&installed, lock)?;
        }
        Ok(packages)
    }

    /// Where everything is.
    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    fn install(&self) -> anyhow::Result<()> {
        let mut npm = Command::new("npm");
        // Nothing that the lock file does not name, and no code run to build it.
        npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]);
        stage::run(npm.current_dir(&self.0))
    }
}
