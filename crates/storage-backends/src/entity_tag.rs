//! Entity tags as storages write them.

use wharf_domain::entity_tag::EntityTag;

/// The tag; some servers and object stores leave out the quotes that belong to it (RFC 9110, section
/// 8.8.3), wsgidav and dav-server among them. Without them it is strong, but for a `W/` before it.
pub(crate) fn entity_tag(text: &str) -> Option<EntityTag> {
    let quoted = || match text.strip_prefix("W/") {
        Some(opaque) => format!("W/\"{opaque}\""),
        None => format!("\"{text}\""),
    };
    text.parse().or_else(|_| quoted().parse()).ok()
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
