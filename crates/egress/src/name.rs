//! What a host name must look like and which names are public (S-05). Pure: resolves nothing.
//!
//! Names arrive as `url` leaves them: UTS-46 applied, lower case, ASCII.

use crate::Refusal;

/// The longest name and label DNS can carry, RFC 1035 section 2.3.4.
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Last labels that no public name has: special use (RFC 6761 and its registry), private use
/// (RFC 6762 appendix G, ICANN's name collision list) and what clusters and routers make up.
const PRIVATE_SUFFIXES: [&str; 21] = [
    "alt",
    "arpa",
    "consul",
    "corp",
    "example",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localdomain6",
    "localhost",
    "localhost6",
    "mail",
    "onion",
    "private",
    "svc",
    "test",
    "workgroup",
];

/// Checks lengths and letters, which the text alone decides.
pub(crate) fn check_spelling(name: &str) -> Result<(), Refusal> {
    let name = without_root_dot(name);
    if name.len() > MAX_NAME || name.split('.').any(|label| label.len() > MAX_LABEL) {
        return Err(Refusal::NameLength);
    }
    if !name.split('.').all(is_label) {
        return Err(Refusal::Host);
    }
    Ok(())
}

/// Checks that the name can belong to the public Internet: two labels or more, and a last one
/// that is nobody's inside.
pub(crate) fn check_public(name: &str) -> Result<(), Refusal> {
    match without_root_dot(name).rsplit_once('.') {
        None => Err(Refusal::SingleLabel),
        Some((_, suffix)) if PRIVATE_SUFFIXES.contains(&suffix) => Err(Refusal::NameSuffix),
        Some(_) => Ok(()),
    }
}

/// Whether the name is this machine's by definition (RFC 6761, section 6.3).
pub(crate) fn is_localhost(name: &str) -> bool {
    let name = without_root_dot(name);
    name == "localhost" || name.ends_with(".localhost")
}

fn without_root_dot(name: &str) -> &str {
    name.strip_suffix('.').unwrap_or(name)
}

/// Letters, digits and hyphens, and the underscore that real names have in spite of RFC 952.
fn is_label(label: &str) -> bool {
    let is_host_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    !label.is_empty() && label.bytes().all(is_host_letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    // S-05
    #[test]
    fn lengths_end_where_dns_ends() {
        let label = "a".repeat(63);
        assert_eq!(check_spelling(&format!("{label}.org")), Ok(()));
        assert_eq!(
            check_spelling(&format!("{label}a.org")),
            Err(Refusal::NameLength)
        );

        let name = format!("{}.{}", [label.as_str(); 3].join("."), "a".repeat(61));
        assert_eq!(name.len(), 253);
        assert_eq!(check_spelling(&name), Ok(()));
        assert_eq!(
            check_spelling(&format!("{name}.")),
            Ok(()),
            "the root dot does not count"
        );
        assert_eq!(
            check_spelling(&format!("{name}a")),
            Err(Refusal::NameLength)
        );
    }

    // S-05
    #[test]
    fn labels_are_letters_digits_and_hyphens() {
        for name in [
            "", ".", "a..org", ".a.org", "a.org..", "a,b.org", "a*b.org", "a=b.org",
        ] {
            assert_eq!(check_spelling(name), Err(Refusal::Host), "{name:?}");
        }
        for name in [
            "my-nas",
            "my_nas.example.org",
            "1.example.org",
            "xn--mller-kva.de",
        ] {
            assert_eq!(check_spelling(name), Ok(()), "{name:?}");
        }
    }

    // S-05
    #[test]
    fn only_the_last_label_makes_a_name_private() {
        for name in [
            "nas.local",
            "a.b.localhost",
            "gw.home.arpa",
            "nas.local.",
            "z.example",
        ] {
            assert_eq!(check_public(name), Err(Refusal::NameSuffix), "{name}");
        }
        for name in ["localhost", "nextcloud", "nextcloud."] {
            assert_eq!(check_public(name), Err(Refusal::SingleLabel), "{name}");
        }
        for name in [
            "example.org",
            "local.example.cloud",
            "nas.localnet.example.org.",
        ] {
            assert_eq!(check_public(name), Ok(()), "{name}");
        }
    }
}
