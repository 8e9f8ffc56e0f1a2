//! Files that tests of any provider can count on: a thousand in nested folders, with the names that break
//! careless clients, and ten thousand in one folder. Names and sizes only; what is done with a name that a
//! provider forbids is that provider's affair.

/// Many files in one folder.
pub(crate) struct Fixture {
    /// The folder's name.
    pub(crate) name: &'static str,
    /// How large all files are together.
    pub(crate) bytes: u64,
    pub(crate) files: fn() -> Vec<FixtureFile>,
}

/// A thousand files, ten in each of ten folders in each of ten folders. Every tenth folder and every other
/// file has an odd name.
pub(crate) static NESTED: Fixture = Fixture {
    name: "A thousand files",
    bytes: 499_500,
    files: nested,
};

/// Ten thousand files in one folder, named in order.
pub(crate) static WIDE: Fixture = Fixture {
    name: "Ten thousand files",
    bytes: 495_000,
    files: wide,
};

/// A file of a fixture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FixtureFile {
    /// The names of the folders around it, outermost first.
    pub(crate) folders: Vec<String>,
    pub(crate) name: String,
    pub(crate) size_bytes: u64,
}

/// Names that are not plain words. No two of them are the same without the difference of upper and lower
/// case.
pub(crate) const ODD_NAMES: [&str; 20] = [
    "it's \"quoted\" and back\\slashed.txt",
    "a/slash.txt",
    "100% #1? a+b&c;d=e.txt",
    "<tag>.html",
    "%2e%2e%2f.txt",
    "..",
    ".hidden",
    "no extension",
    "two  spaces .txt",
    " leading and trailing ",
    "dot at the end.",
    "CON",
    "tab\there",
    "Ümläut – größer.txt",
    "u\u{308}ber.txt",
    "日本語 🚢.txt",
    "مرحبا.txt",
    "star*colon:pipe|.txt",
    "~$lock.docx",
    "a very long name that goes on and on, and on and on, and on and on, and on and on, and on and on, \
     and on and on, and on and on, and on and on, and on and on, and on and on, and on and on, and on.txt",
];

fn nested() -> Vec<FixtureFile> {
    let files = (0..1000_usize).map(|number| {
        let (outer, inner, place) = (number / 100, number / 10 % 10, number % 10);
        let odd = |number: usize| ODD_NAMES.iter().cycle().nth(number).copied();
        let inner_folder = match inner {
            0 => odd(outer).unwrap_or_default().to_owned(),
            inner => format!("folder {inner}"),
        };
        let name = match place % 2 {
            0 => format!("file {place}.bin"),
            _ => odd(number / 2).unwrap_or_default().to_owned(),
        };
        FixtureFile {
            folders: vec![format!("folder {outer}"), inner_folder],
            name,
            size_bytes: number as u64,
        }
    });
    files.collect()
}

fn wide() -> Vec<FixtureFile> {
    let files = (0..10_000_u64).map(|number| FixtureFile {
        folders: Vec::new(),
        name: format!("file-{number:05}.txt"),
        size_bytes: number % 100,
    });
    files.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_comes_twice_in_a_folder() {
        let mut seen = HashSet::new();
        for file in nested().into_iter().chain(wide()) {
            let path = format!("{:?}/{:?}", file.folders, file.name.to_lowercase());
            assert!(seen.insert(path), "{file:?}");
        }
        assert_eq!(seen.len(), 11_000);
    }

    #[test]
    fn a_fixture_is_as_large_as_it_says() {
        for (fixture, count) in [(&NESTED, 1000), (&WIDE, 10_000)] {
            let files = (fixture.files)();
            assert_eq!(files.len(), count);
            let sizes = files.iter().map(|file| file.size_bytes);
            assert_eq!(sizes.sum::<u64>(), fixture.bytes, "{}", fixture.name);
        }
    }

    #[test]
    fn every_odd_name_is_there() {
        let names: HashSet<String> = nested().into_iter().map(|file| file.name).collect();
        for odd in ODD_NAMES {
            assert!(names.contains(odd), "{odd}");
        }
    }
}
