//! A file that lines are only ever appended to, by several processes at once. It knows nothing of what the
//! lines say.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

/// Appends a line, in one write. It and the file's name are on the disk before this returns. A line that a
/// crash cut off stays what it is: this one begins behind it.
pub(crate) fn append_line(path: &Path, line: &str) -> io::Result<()> {
    let mut file = OpenOptions::new()
        .read(true)
        .append(true)
        .create(true)
        .mode(0o600)
        .open(path)?;
    let begin = if ends_in_the_middle(&mut file)? {
        "\n"
    } else {
        ""
    };
    file.write_all(format!("{begin}{line}\n").as_bytes())?;
    file.sync_all()?;
    File::open(folder_of(path))?.sync_all()
}

fn ends_in_the_middle(file: &mut File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(false);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// The folder that a file is in; that of a bare name is the one we are in.
fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_line_that_was_cut_off_harms_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines");
        append_line(&path, "one").unwrap();
        fs::write(&path, "one\ntw").unwrap();
        append_line(&path, "three").unwrap();
        append_line(&path, "four").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntw\nthree\nfour\n");
    }

    #[test]
    fn a_file_may_be_named_without_its_folder() {
        assert_eq!(folder_of(Path::new("deletions.log")), Path::new("."));
        assert_eq!(folder_of(Path::new("a/deletions.log")), Path::new("a"));
    }
}
