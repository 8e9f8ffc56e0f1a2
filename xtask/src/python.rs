//! Programs from the Python Package Index, in an environment of their own
//! below the target folder: exactly those that `interop/requirements.txt`
//! names, byte by byte.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use crate::program::{self, Program};
use crate::{stage, workspace};

/// Python, with what makes environments: Debian has that in a package apart.
const PYTHON: Program = Program {
    name: "python3",
    package: "python3-venv",
    places: &[],
};

/// Which versions, with the digests of their files.
const LOCK: &str = "interop/requirements.txt";

/// The environment and the programs in it.
pub(crate) struct Environment(PathBuf);

impl Environment {
    /// Makes the environment, unless it is there as the lock file wants it.
    pub(crate) fn prepare(install: bool) -> anyhow::Result<Self> {
        program::demand_that(&[PYTHON], install, |_| makes_environments())?;
        let folder = workspace::target()?.join("interop");
        let environment = Self(folder.join("python"));
        let lock = fs::read(workspace::root().join(LOCK))?;
        let installed = folder.join("requirements.txt");
        if fs::read(&installed).is_ok_and(|it| it == lock) {
            return Ok(environment);
        }
        environment.make()?;
        // Last, so that a run that was broken off is taken up again.
        fs::write(installed, lock)?;
        Ok(environment)
    }

    /// The file of a program in it.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.0.join("bin").join(name)
    }

    fn make(&self) -> anyhow::Result<()> {
        let mut python = Command::new(PYTHON.name);
        python.args(["-m", "venv", "--clear"]);
        stage::run(python.arg(&self.0))?;
        let mut pip = Command::new(self.program("python"));
        pip.args(["-m", "pip", "install", "--quiet", "--no-input"]);
        // Nothing that is not listed with its digest, and no code run to build it.
        pip.args(["--require-hashes", "--no-deps", "--only-binary=:all:"]);
        stage::run(pip.current_dir(workspace::root()).args(["-r", LOCK]))
    }
}

fn makes_environments() -> bool {
    let mut python = Command::new(PYTHON.name);
    python.args(["-c", "import ensurepip, venv"]);
    let status = python.stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}
