//! What a program printed, kept in a file.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::os::unix::fs::{MetadataExt as _, fchown};
use std::path::Path;
use std::process::Stdio;

/// How many lines of a failed program's output are worth showing.
const SHOWN_LINES: usize = 20;

/// An output file. It stays readable after its folder is gone, because it is
/// held open.
pub(crate) struct Log(File);

impl Log {
    /// Makes the file; the program's end of it is the second value. It belongs
    /// to whom the folder belongs, for programs that open `/dev/stderr` anew.
    pub(crate) fn create(folder: &Path, name: &str) -> anyhow::Result<(Self, Stdio)> {
        let path = folder.join(name);
        let writer = File::options().create_new(true).append(true).open(&path)?;
        let owner = folder.metadata()?;
        fchown(&writer, Some(owner.uid()), Some(owner.gid()))?;
        Ok((Self(File::open(path)?), writer.into()))
    }

    /// All that was printed so far.
    pub(crate) fn text(&mut self) -> anyhow::Result<String> {
        let mut bytes = Vec::new();
        self.0.rewind()?;
        self.0.read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// The last lines, to be shown with a failure.
    pub(crate) fn tail(&mut self) -> String {
        let text = self.text().unwrap_or_default();
        let lines: Vec<&str> = text.lines().collect();
        let start = lines.len().saturating_sub(SHOWN_LINES);
        lines.get(start..).unwrap_or_default().join("\n")
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;
    use crate::folder::Folder;

    #[test]
    fn the_tail_is_the_end_of_the_text_and_outlives_the_folder() {
        let folder = Folder::fresh("log").unwrap();
        let (mut log, writer) = Log::create(folder.path(), "log").unwrap();
        let mut seq = Command::new("seq");
        assert!(seq.arg("50").stdout(writer).status().unwrap().success());
        drop(folder);
        assert!(log.text().unwrap().starts_with("1\n2\n"));
        assert!(log.tail().starts_with("31\n32\n"));
        assert!(log.tail().ends_with("\n50"));
    }
}
