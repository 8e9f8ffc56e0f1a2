//! Text in XML.

/// What Nextcloud's XML is called.
pub(super) const CONTENT_TYPE: &str = "application/xml; charset=utf-8";

/// Text that is only text in an element or an attribute.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
