//! Reading JSON of which something is expected: what is missing or of another
//! kind is named together with the document it should have been in.

use anyhow::Context as _;
use serde_json::Value;

/// The text at the pointer (RFC 6901).
pub(crate) fn text<'a>(value: &'a Value, pointer: &str) -> anyhow::Result<&'a str> {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.with_context(|| format!("no text at {pointer} in {value}"))
}

/// The whole number at the pointer.
pub(crate) fn number(value: &Value, pointer: &str) -> anyhow::Result<u64> {
    let found = value.pointer(pointer).and_then(Value::as_u64);
    found.with_context(|| format!("no number at {pointer} in {value}"))
}

/// The list at the pointer.
pub(crate) fn list<'a>(value: &'a Value, pointer: &str) -> anyhow::Result<&'a [Value]> {
    let found = value.pointer(pointer).and_then(Value::as_array);
    let found = found.map(Vec::as_slice);
    found.with_context(|| format!("no list at {pointer} in {value}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_there_is_found() {
        let value = json!({"cloud": {"url": "u"}, "size": 8, "items": [1, 2]});
        assert_eq!(text(&value, "/cloud/url").unwrap(), "u");
        assert_eq!(number(&value, "/size").unwrap(), 8);
        assert_eq!(list(&value, "/items").unwrap().len(), 2);
    }

    #[test]
    fn what_is_missing_or_of_another_kind_is_named() {
        let value = json!({"id": 7});
        let error = text(&value, "/id").unwrap_err().to_string();
        assert_eq!(error, r#"no text at /id in {"id":7}"#);
        assert!(number(&value, "/size").is_err());
        assert!(list(&value, "/id").is_err());
    }
}
