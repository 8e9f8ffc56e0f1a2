//! Names for uploads under way: hidden, ours by their look, and never the same twice.

use wharf_domain::random::Random;

const PREFIX: &str = ".wharf-";

/// Not `.part` or `.filepart`: Nextcloud and ownCloud keep those for their own uploads, and answer 400 to
/// whoever makes such a name (`FilenameValidator` and `BLACKLIST_FILES_REGEX` there). No server that we know
/// has a rule against `.tmp`, and programs that synchronise folders commonly leave it out.
const SUFFIX: &str = ".tmp";

/// A fresh name.
pub(crate) fn name(random: &dyn Random) -> String {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    format!("{PREFIX}{:032x}{SUFFIX}", u128::from_be_bytes(bytes))
}

/// Whether this is the name of an upload under way, or of what a crash left of one.
pub(crate) fn is_temporary(name: &[u8]) -> bool {
    name.strip_prefix(PREFIX.as_bytes())
        .and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()))
        .is_some_and(|digits| digits.len() == 32 && digits.iter().all(u8::is_ascii_hexdigit))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Random for Sevens {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(0x07);
        }
    }

    #[test]
    fn a_temporary_name_is_hidden_and_known_again() {
        let name = name(&Sevens);
        assert_eq!(name, ".wharf-07070707070707070707070707070707.tmp");
        assert!(is_temporary(name.as_bytes()));
        for other in [".wharf-.tmp", ".wharf-notes.tmp", "wharf", "", ".tmp"] {
            assert!(!is_temporary(other.as_bytes()), "{other}");
        }
    }
}
