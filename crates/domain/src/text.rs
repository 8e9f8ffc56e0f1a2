//! Rules for short texts that people type. It knows no particular text.

/// Why a typed text is refused. The message is fit for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidText {
    /// Nothing is left after trimming.
    #[error("must not be empty")]
    Empty,
    /// The text is longer than allowed.
    #[error("must be at most {limit} {unit} long")]
    TooLong {
        /// The longest length allowed.
        limit: usize,
        /// What is counted: `bytes` or `characters`.
        unit: &'static str,
    },
    /// A control or invisible formatting character, or another that may not stand here.
    #[error("must not contain {what}")]
    Forbidden {
        /// What may not stand in the text.
        what: &'static str,
    },
    /// The text has not the shape that is asked for.
    #[error("must be {what}")]
    Malformed {
        /// The shape that is asked for.
        what: &'static str,
    },
}

/// Whether a character is a control character, or a bidirectional control that makes a text look
/// like another (Unicode Technical Report 36, section 2.5).
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{061c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Refuses texts with deceptive characters.
pub(crate) fn refuse_deceptive(text: &str) -> Result<(), InvalidText> {
    if text.chars().any(is_deceptive) {
        return Err(InvalidText::Forbidden {
            what: "control characters",
        });
    }
    Ok(())
}
