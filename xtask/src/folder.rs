//! A folder for one run, gone with it.

use std::fs;
use std::io::ErrorKind;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;

/// A new folder below the system's temporary one, ours alone; dropping it
/// removes it and what is in it.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Makes one whose name begins with `wharf-` and the given word. No name is
    /// given twice, so that a folder that is gone stays gone.
    pub(crate) fn fresh(word: &str) -> anyhow::Result<Self> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let process = std::process::id();
        loop {
            let count = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = std::env::temp_dir().join(format!("wharf-{word}-{process}-{count}"));
            match fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Self(path)),
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(error).context(format!("cannot make {}", path.display())),
            }
        }
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The path as text, for configuration files.
    pub(crate) fn text(&self) -> anyhow::Result<&str> {
        self.0.to_str().context("the temporary folder is not UTF-8")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // The guarding shell of a program in it may have been quicker.
        drop(fs::remove_dir_all(&self.0));
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    #[test]
    fn two_folders_differ_and_both_go() {
        let (one, two) = (
            Folder::fresh("twin").unwrap(),
            Folder::fresh("twin").unwrap(),
        );
        assert_ne!(one.path(), two.path());
        let path = one.path().to_owned();
        fs::write(path.join("file"), "content").unwrap();
        drop(one);
        assert!(!path.exists());
        assert!(two.path().exists());
    }

    #[test]
    fn it_is_closed_to_others() {
        let folder = Folder::fresh("closed").unwrap();
        let mode = fs::metadata(folder.path()).unwrap().mode();
        assert_eq!(mode & 0o777, 0o700);
    }
}
