//! Questions in Drive's query language. They send nothing.
//! <https://developers.google.com/workspace/drive/api/guides/ref-search-terms>

/// What lies directly in a folder and not in the bin.
pub(crate) fn children(folder: &str) -> String {
    format!("{} in parents and trashed = false", quoted(folder))
}

/// The same with one of these names. Drive does not tell upper from lower case here, so the answer may have
/// others.
pub(crate) fn named<'n>(folder: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<_> = names
        .into_iter()
        .map(|name| format!("name = {}", quoted(name)))
        .collect();
    format!("{} and ({})", children(folder), names.join(" or "))
}

/// A text as it stands in a query: first what escapes is escaped, then what ends it.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{escaped}'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        for (name, expected) in [
            ("plain", r"'plain'"),
            ("it's", r"'it\'s'"),
            (r"back\slash", r"'back\\slash'"),
            (
                r"\' or trashed = true or name = \'",
                r"'\\\' or trashed = true or name = \\\''",
            ),
        ] {
            assert_eq!(quoted(name), expected);
        }
        assert_eq!(
            named("f", ["a", "b"]),
            "'f' in parents and trashed = false and (name = 'a' or name = 'b')"
        );
    }
}
