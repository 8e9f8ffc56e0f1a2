//! `cargo xtask tidy`: the house rules no compiler knows.
//!
//! Each rule is a pure function from names and texts to findings; only this
//! file reads the workspace.

mod architecture;
mod decisions;
mod machine;
mod security;
mod source;

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::arguments::Arguments;
use crate::{stage, workspace};

/// Folders that are nobody's source.
const NOT_SOURCE: [&str; 6] = [
    ".git",
    "fuzz/artifacts",
    "fuzz/found",
    "fuzz/target",
    "target",
    "wharf-data",
];

/// A file of the workspace: its path from the root, with `/`, and its text.
struct File {
    path: String,
    text: String,
}

/// Runs the command.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<()> {
    check()?;
    println!("the workspace is tidy");
    Ok(())
}

/// Fails with every finding.
pub(crate) fn check() -> anyhow::Result<()> {
    let mut files = Vec::new();
    read(workspace::root(), "", &mut files)?;
    let exists = |path: &str| workspace::root().join(path).exists();
    let findings = [
        files.iter().flat_map(source::findings).collect(),
        files.iter().flat_map(machine::findings).collect(),
        architecture::findings(&files, exists),
        decisions::findings(&files),
        security::findings(&files),
    ];
    stage::demand_none(&findings.concat())
}

/// Collects the text files below the folder, in order of their names.
fn read(folder: &Path, prefix: &str, files: &mut Vec<File>) -> anyhow::Result<()> {
    let entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    let mut entries: Vec<_> = entries.iter().map(|it| (it.file_name(), it)).collect();
    entries.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (name, entry) in entries {
        let name = name.to_str().context("a file name that is not UTF-8")?;
        let path = format!("{prefix}{name}");
        if NOT_SOURCE.contains(&path.as_str()) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{path}/"), files)?;
        } else if let Ok(text) = String::from_utf8(fs::read(entry.path())?) {
            files.push(File { path, text });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::folder::Folder;

    #[test]
    fn the_walk_finds_text_files_and_passes_over_what_is_built() {
        let folder = Folder::fresh("walk").unwrap();
        for (path, bytes) in [
            ("b/deep.rs", &b"text"[..]),
            ("a.md", b"text"),
            ("picture", b"\xff\xfe"),
            ("target/built.rs", b"text"),
        ] {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
        let mut files = Vec::new();
        read(folder.path(), "", &mut files).unwrap();
        let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["a.md", "b/deep.rs"]);
    }
}
