//! What a sealed value is for and whom it belongs to, as the caller names it.
//!
//! Purpose and context are not stored: whoever opens a record must know them, and a record that was
//! moved to another owner, row or use does not open there. Their encoding here is injective: two
//! different lists never give the same bytes, because each item stands behind its own length.

/// A stable name for one use of sealing, such as `"connection.credential"`.
///
/// It goes into every record of that use for good, so it names the use, not a table or column that
/// may be renamed. Two uses never share a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Purpose(&'static str);

impl Purpose {
    /// Names a use.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }

    pub(crate) const fn as_bytes(self) -> &'static [u8] {
        self.0.as_bytes()
    }
}

/// Labelled fields that a sealed value is bound to, in the order given.
///
/// Labels, values, their order and number must be the same at opening as at sealing. The values are
/// names and counters, not secrets.
///
/// ```
/// let context = wharf_crypto::Context::new()
///     .field("owner", "alice")
///     .field("version", 7_u32.to_be_bytes());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Context(Vec<u8>);

impl Context {
    /// Binds to nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Binds to one more field; integers go in as fixed-length big-endian bytes.
    #[must_use]
    pub fn field(mut self, label: &'static str, value: impl AsRef<[u8]>) -> Self {
        push_with_length(&mut self.0, label.as_bytes());
        push_with_length(&mut self.0, value.as_ref());
        self
    }

    /// The fields as length-prefixed labels and values.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

/// Appends `item` behind its length: 64 bits, little-endian, as PASETO's pre-authentication encoding
/// has it, so that no length can overflow its prefix.
pub(crate) fn push_with_length(bytes: &mut Vec<u8>, item: &[u8]) {
    bytes.extend_from_slice(&(item.len() as u64).to_le_bytes());
    bytes.extend_from_slice(item);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_encoded_behind_their_lengths() {
        let context = Context::new().field("ab", "c").field("d", "");

        assert_eq!(
            context.as_bytes(),
            b"\x02\0\0\0\0\0\0\0ab\x01\0\0\0\0\0\0\0c\x01\0\0\0\0\0\0\0d\0\0\0\0\0\0\0\0",
        );
    }

    #[test]
    fn no_bytes_can_move_between_label_value_and_field() {
        let contexts = [
            Context::new(),
            Context::new().field("", ""),
            Context::new().field("a", "bc"),
            Context::new().field("ab", "c"),
            Context::new().field("a", "b").field("c", ""),
            Context::new().field("c", "").field("a", "b"),
            Context::new().field("a", "b").field("", "c"),
        ];
        for (i, left) in contexts.iter().enumerate() {
            for right in &contexts[i + 1..] {
                assert_ne!(left, right);
            }
        }
    }
}
