//! Which names Nextcloud allows.

/// Forbidden whole, whatever the case.
const FORBIDDEN: &str = ".htaccess";
/// Forbidden ends: Nextcloud's own names for what is on its way.
const FORBIDDEN_ENDS: [&str; 2] = [".part", ".filepart"];

/// Whether the last name of a path is one that may be made.
pub(super) fn is_allowed(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    name != FORBIDDEN
        && !FORBIDDEN_ENDS.iter().any(|end| name.ends_with(end))
        && !name.contains(['\\', '\0'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_name_counts_and_its_case_does_not() {
        for name in ["a/.htaccess", ".HTACCESS", "a.part", "a.FilePart", "a\\b"] {
            assert!(!is_allowed(name), "{name}");
        }
        for name in [
            ".htaccess/a",
            "htaccess",
            ".htaccess2",
            "part",
            "<\"'>?*|:.txt",
        ] {
            assert!(is_allowed(name), "{name}");
        }
    }
}
