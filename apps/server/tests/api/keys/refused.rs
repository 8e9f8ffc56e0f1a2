//! Starts that are refused for the keys' sake: each reason has its own words, with the file and what to do
//! (K-07).

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::process::{create_user, run};
use crate::support::settings::Settings;

/// A data folder with a user in it.
struct Installation {
    folder: TempDir,
    settings: String,
    good: Vec<u8>,
}

impl Installation {
    fn new() -> Self {
        let folder = TempDir::with_prefix("wharf-api-").unwrap();
        let settings = Settings::within(folder.path()).write("127.0.0.1:0");
        let mut installation = Self {
            settings: settings.to_str().unwrap().to_owned(),
            folder,
            good: Vec::new(),
        };
        let made = installation.run(&create_user("anna@example.org", "regular"));
        assert!(made.0, "{}", made.1);
        installation.good = fs::read(installation.keyring()).unwrap();
        installation
    }

    fn keyring(&self) -> PathBuf {
        self.folder.path().join("data/keyring.json")
    }

    /// Whether a command succeeds, and what it says on standard error.
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let arguments = [&["--config", &self.settings], arguments].concat();
        let output = run(self.folder.path(), &arguments, "a good password\n");
        // What comes before the last line is its log.
        let said = String::from_utf8(output.stderr).unwrap();
        let said = said.lines().last().unwrap_or_default();
        (output.status.success(), said.to_owned())
    }

    /// What every start says with this key file.
    fn refusal(&self, spoil: impl FnOnce(&Path, Value)) -> String {
        let file = self.keyring();
        fs::write(&file, &self.good).unwrap();
        set_mode(&file, 0o600);
        spoil(&file, serde_json::from_slice(&self.good).unwrap());
        let (started, said) = self.run(&["serve"]);
        assert!(!started);
        assert_eq!(self.run(&["user", "list"]), (false, said.clone()));
        assert!(said.contains(file.to_str().unwrap()), "{said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[test]
fn each_bad_key_file_is_refused_in_its_own_words() {
    let installation = Installation::new();
    let with = |pointer: &str, value: Value| {
        let pointer = pointer.to_owned();
        move |path: &Path, mut text: Value| {
            *text.pointer_mut(&pointer).unwrap() = value;
            fs::write(path, text.to_string()).unwrap();
        }
    };
    let key = "/sealing_keys/0/key";
    let refusals = [
        (
            "lacks the key",
            installation.refusal(|path, _| fs::remove_file(path).unwrap()),
        ),
        (
            "cut short or malformed",
            installation.refusal(|path, text| fs::write(path, &text.to_string()[..90]).unwrap()),
        ),
        (
            "chmod 600",
            installation.refusal(|path, _| set_mode(path, 0o644)),
        ),
        (
            "16 bytes instead of 32",
            installation.refusal(with(key, json!("LXEWQrcmsEQBYnyp-6wy9Q"))),
        ),
        (
            "not random",
            installation.refusal(with(key, json!("A".repeat(43)))),
        ),
        (
            "is not the key of that id",
            installation.refusal(with(
                key,
                json!("dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z_0Me0"),
            )),
        ),
        (
            "lacks the key",
            installation.refusal(with("/sealing_keys/0/id", json!("0".repeat(31) + "1"))),
        ),
    ];
    for (words, said) in &refusals {
        assert!(said.contains(words), "{words}: {said}");
    }
    fs::write(installation.keyring(), &installation.good).unwrap();
    let (started, said) = installation.run(&["user", "list"]);
    assert!(started, "{said}");
}

// New keys would hide that the right ones are missing.
#[test]
fn no_keys_are_made_for_a_database_that_needs_others() {
    let installation = Installation::new();
    fs::remove_file(installation.keyring()).unwrap();
    let (started, said) = installation.run(&["user", "list"]);
    assert!(!started);
    assert!(said.contains("restore the key file"), "{said}");
    assert!(!installation.keyring().exists());
}
