//! What holds of any text that may be a line of an export; the fuzz target tries it too (F-10).

use wharf_audit::canonical;
use wharf_audit::export::Line;

/// A text that is read is written alike, is one line of printable ASCII, and its event has one spelling.
pub(crate) fn holds(text: &str) {
    let Ok(line) = Line::parse(text) else {
        return;
    };
    assert_eq!(line.to_string(), text);
    assert!(text.bytes().all(|byte| matches!(byte, b' '..=b'~')));
    if let Line::Link(link) = line {
        let (mut one, mut other) = (Vec::new(), Vec::new());
        canonical::write(&mut one, link.position, &link.event);
        canonical::write(&mut other, link.position.wrapping_add(1), &link.event);
        assert_ne!(one, other);
    }
}
