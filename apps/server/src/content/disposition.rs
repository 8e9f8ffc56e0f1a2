//! The file name of a download, in a form that no name can break out of (H-01, H-02).

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand unencoded in an extended value: `attr-char` of RFC 8187, section 3.2.1.
const ATTR_CHAR: AsciiSet = NON_ALPHANUMERIC
    .remove(b'!')
    .remove(b'#')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b'-')
    .remove(b'.')
    .remove(b'^')
    .remove(b'_')
    .remove(b'`')
    .remove(b'|')
    .remove(b'~');

/// The value of a `Content-Disposition` header that has a browser save the content under this name
/// (RFC 6266). Old clients get a plainer name beside the true one.
pub(crate) fn attachment(name: &str) -> String {
    let plain: String = name.chars().map(plain_or_underscore).collect();
    if plain == name {
        return format!("attachment; filename=\"{plain}\"");
    }
    let true_name = utf8_percent_encode(name, &ATTR_CHAR);
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{true_name}")
}

/// Some clients decode `%` in a plain name and some do not, so it is no plain character.
fn plain_or_underscore(c: char) -> char {
    if c == ' ' || c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '%') {
        c
    } else {
        '_'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plain_name_is_quoted() {
        assert_eq!(
            attachment("annual report (2).pdf"),
            "attachment; filename=\"annual report (2).pdf\""
        );
    }

    /// The second example is that of RFC 8187, section 3.2.3.
    #[test]
    fn any_other_name_comes_in_both_forms() {
        for (name, plain, extended) in [
            ("übersicht.pdf", "_bersicht.pdf", "%C3%BCbersicht.pdf"),
            (
                "£ and € rates",
                "_ and _ rates",
                "%C2%A3%20and%20%E2%82%AC%20rates",
            ),
            ("a\"b\\c.txt", "a_b_c.txt", "a%22b%5Cc.txt"),
            ("100%41.txt", "100_41.txt", "100%2541.txt"),
            ("a\r\nb: c", "a__b: c", "a%0D%0Ab%3A%20c"),
        ] {
            let expected = format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{extended}");
            assert_eq!(attachment(name), expected);
        }
    }
}
