//! How sure it is that a storage keeps what was sent to it.

use std::str::FromStr;

use crate::text::InvalidText;

/// What is known of a content that was just stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verification {
    /// The storage's own checksum is that of the bytes that were sent.
    Digest,
    /// The storage tells no checksum; as many bytes are there as were sent.
    SizeOnly,
    /// The storage keeps other bytes on purpose: SharePoint writes its properties into Office files.
    StoredDiffers,
}

impl Verification {
    const ALL: [Self; 3] = [Self::Digest, Self::SizeOnly, Self::StoredDiffers];

    /// The stable name: it stands in rows and answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Digest => "digest",
            Self::SizeOnly => "size-only",
            Self::StoredDiffers => "stored-differs",
        }
    }
}

impl FromStr for Verification {
    type Err = InvalidText;

    fn from_str(text: &str) -> Result<Self, InvalidText> {
        let known = Self::ALL.into_iter().find(|known| known.as_str() == text);
        known.ok_or(InvalidText::Malformed {
            what: "digest, size-only or stored-differs",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verification_is_known_again_by_its_name() {
        assert_eq!("digest".parse(), Ok(Verification::Digest));
        assert_eq!("size-only".parse(), Ok(Verification::SizeOnly));
        assert_eq!("stored-differs".parse(), Ok(Verification::StoredDiffers));
        assert!("Digest".parse::<Verification>().is_err());
    }
}
