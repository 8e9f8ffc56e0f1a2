//! The files that an account starts with: nested, and with the names that break careless clients.

use std::fs;
use std::io;
use std::path::Path;

/// Paths and contents of the files.
pub(crate) const FILES: [(&str, &str); 10] = [
    ("Welcome.txt", "Welcome to the sandbox.\n"),
    (
        "Reports/2026/Q1 report.csv",
        "month,boats\n1,12\n2,9\n3,31\n",
    ),
    (
        "Reports/2026/Q2 report.csv",
        "month,boats\n4,40\n5,52\n6,77\n",
    ),
    (
        "Photos/2025/harbour.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n",
    ),
    ("Odd names/100% #1? a+b&c;d=e.txt", "reserved characters\n"),
    ("Odd names/<tag> \"quoted\" 'single'.txt", "markup\n"),
    ("Odd names/Ümläut – größer.txt", "composed\n"),
    ("Odd names/u\u{308}ber.txt", "decomposed\n"),
    ("Odd names/日本語 🚢.txt", "far from ASCII\n"),
    ("Odd names/%2e%2e%2f.txt", "a name that looks encoded\n"),
];

/// Folders with nothing in them.
pub(crate) const EMPTY_FOLDERS: [&str; 1] = ["Empty"];

/// Fills a folder.
pub(crate) fn plant(folder: &Path) -> io::Result<()> {
    for (path, content) in FILES {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        fs::write(path, content)?;
    }
    EMPTY_FOLDERS
        .iter()
        .try_for_each(|path| fs::create_dir(folder.join(path)))
}
