//! Entity tags as storages write them.

use wharf_domain::item::EntityTag;

/// The tag; some servers and object stores leave out the quotes that belong to it (RFC 9110, section
/// 8.8.3), of weak tags too.
pub(crate) fn entity_tag(text: &str) -> Option<EntityTag> {
    text.parse().ok().or_else(|| match text.strip_prefix("W/") {
        Some(weak) => format!("W/\"{weak}\"").parse().ok(),
        None => format!("\"{text}\"").parse().ok(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_added_where_they_are_missing() {
        let tag = |text: &str| entity_tag(text).map(|tag| tag.as_str().to_owned());
        assert_eq!(tag("\"5-61\"").as_deref(), Some("\"5-61\""));
        assert_eq!(tag("W/\"5-61\"").as_deref(), Some("W/\"5-61\""));
        assert_eq!(tag("5-61").as_deref(), Some("\"5-61\""));
        assert_eq!(tag("W/5-61").as_deref(), Some("W/\"5-61\""));
        for odd in ["a b", "\"a", "W/\"a", "\u{fc}"] {
            assert_eq!(tag(odd), None, "{odd:?}");
        }
    }
}
