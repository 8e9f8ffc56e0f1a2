//! Bytes of what is going to be sealed: a version, a kind, then length-prefixed fields. It knows no
//! key and no meaning.

use zeroize::Zeroizing;

/// The one version there is.
const VERSION: u8 = 1;

/// The bytes of these fields.
pub(crate) fn write(kind: u8, fields: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    // Sized beforehand, so that no reallocation leaves a copy behind.
    let size = 2 + fields.iter().map(|field| 4 + field.len()).sum::<usize>();
    let mut bytes = Zeroizing::new(Vec::with_capacity(size));
    bytes.extend_from_slice(&[VERSION, kind]);
    for field in fields {
        let len = u32::try_from(field.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

/// Fields that are read one after the other, as [`write()`] put them.
pub(crate) struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    /// The kind and the fields behind it; `None` for what is of another version.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(u8, Self)> {
        match bytes.split_first_chunk()? {
            ([VERSION, kind], fields) => Some((*kind, Self(fields))),
            _ => None,
        }
    }

    /// The next field.
    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let (len, rest) = self.0.split_first_chunk()?;
        let (field, rest) = rest.split_at_checked(u32::from_be_bytes(*len) as usize)?;
        self.0 = rest;
        Some(field)
    }

    /// The next field, if it is text.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        str::from_utf8(self.bytes()?).ok()
    }

    /// The next field, if it is so long.
    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.bytes()?.try_into().ok()
    }

    /// The next field, where an empty one is none.
    pub(crate) fn optional_text(&mut self) -> Option<Option<&'a str>> {
        Some(Some(self.text()?).filter(|text| !text.is_empty()))
    }

    /// Nothing comes behind the last field.
    pub(crate) fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
