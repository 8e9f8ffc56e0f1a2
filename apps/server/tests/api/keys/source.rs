//! Keys that are handed in by the environment instead of a file.

use std::fs;

use tempfile::TempDir;

use crate::support::process::{create_user, run, run_with};
use crate::support::settings::Settings;

const PASSWORD: &str = "correct horse battery staple";

#[test]
fn keys_may_be_handed_in() {
    let folder = TempDir::with_prefix("wharf-api-").unwrap();
    let settings = Settings::within(folder.path()).write("127.0.0.1:0");
    let settings = settings.to_str().unwrap();
    fn command<'a>(settings: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--config", settings], arguments].concat()
    }
    let made = run(
        folder.path(),
        &command(settings, &create_user("anna@example.org", "regular")),
        PASSWORD,
    );
    assert!(made.status.success(), "{made:?}");
    let file = folder.path().join("data/keyring.json");
    let text = fs::read_to_string(&file).unwrap();
    fs::remove_file(&file).unwrap();

    let handed = |arguments: &[&str], text: &str| {
        let variables = [("WHARF_KEYRING_TEXT", text)];
        run_with(folder.path(), &variables, &command(settings, arguments))
    };
    let listed = handed(&["keys", "list"], &text);
    let listed = String::from_utf8(listed.stdout).unwrap();
    assert!(listed.contains(" primary "), "{listed}");
    assert!(listed.trim_end().ends_with(" 1"), "{listed}");
    assert!(!file.exists(), "nothing is made beside them");

    let refused = |arguments: &[&str], text: &str| {
        let output = handed(arguments, text);
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let rotating = refused(&["keys", "rotate"], &text);
    assert!(rotating.contains("WHARF_KEYRING_TEXT"), "{rotating}");
    assert!(
        rotating.contains("cannot be changed from here"),
        "{rotating}"
    );
    let cut = refused(&["user", "list"], &text[..80]);
    assert!(cut.contains("WHARF_KEYRING_TEXT"), "{cut}");
    assert!(cut.contains("cut short or malformed"), "{cut}");

    let shown = handed(&["config", "check"], &text);
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains("keyring_text = \"[redacted]\""), "{shown}");
}
