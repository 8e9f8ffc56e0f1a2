//! Where in S3 a house lies: the bucket's name, and what all keys begin with. Pure.

use std::fmt;
use std::str::FromStr;

use object_store::path::Path;

const SCHEME: &str = "s3://";

/// A bucket, and the prefix of the house's keys in it: `s3://bucket/prefix`.
///
/// The name is one that every server takes: 3 to 63 lower-case letters, digits, `-` and `.`, with a letter or
/// digit at both ends. The prefix may be empty; it is made of segments of ASCII letters, digits, `.`, `_` and
/// `-`, none of which is `.` or `..`, so that it means the same in every spelling of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct S3Place {
    bucket: String,
    prefix: String,
}

impl S3Place {
    /// Whether this text means a place in S3 at all, well spelt or not.
    pub fn is_meant_by(text: &str) -> bool {
        text.starts_with(SCHEME)
    }

    pub(super) fn bucket(&self) -> &str {
        &self.bucket
    }

    /// What all keys there lie under.
    pub(crate) fn folder(&self) -> Path {
        Path::from(self.prefix.as_str())
    }
}

/// A text that names no place in S3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be s3://bucket or s3://bucket/prefix, with a bucket of 3 to 63 lower-case letters, digits, - and ., \
     and a prefix of letters, digits, ., _, - and /"
)]
pub struct InvalidPlace;

impl FromStr for S3Place {
    type Err = InvalidPlace;

    fn from_str(text: &str) -> Result<Self, InvalidPlace> {
        let rest = text.strip_prefix(SCHEME).ok_or(InvalidPlace)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let prefix = prefix.strip_suffix('/').unwrap_or(prefix);
        let is_plain = prefix.is_empty() || prefix.split('/').all(is_segment);
        if is_bucket(bucket) && is_plain {
            Ok(Self {
                bucket: bucket.to_owned(),
                prefix: prefix.to_owned(),
            })
        } else {
            Err(InvalidPlace)
        }
    }
}

impl fmt::Display for S3Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{SCHEME}{}", self.bucket)?;
        if !self.prefix.is_empty() {
            write!(f, "/{}", self.prefix)?;
        }
        Ok(())
    }
}

fn is_bucket(name: &str) -> bool {
    let is_alphanumeric = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && bytes
            .iter()
            .all(|byte| is_alphanumeric(byte) || b"-.".contains(byte))
        && [bytes.first(), bytes.last()]
            .into_iter()
            .flatten()
            .all(is_alphanumeric)
}

fn is_segment(segment: &str) -> bool {
    !["", ".", ".."].contains(&segment)
        && segment
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_a_bucket_and_perhaps_a_prefix() {
        for (text, bucket, prefix, canonical) in [
            ("s3://abc", "abc", "", "s3://abc"),
            ("s3://a.b-c9/", "a.b-c9", "", "s3://a.b-c9"),
            ("s3://abc/Wharf", "abc", "Wharf", "s3://abc/Wharf"),
            ("s3://abc/a_b/.c/", "abc", "a_b/.c", "s3://abc/a_b/.c"),
        ] {
            let place: S3Place = text.parse().unwrap();
            assert_eq!((place.bucket(), place.folder().as_ref()), (bucket, prefix));
            assert_eq!(place.to_string(), canonical);
            assert!(S3Place::is_meant_by(text));
        }
        assert!(!S3Place::is_meant_by("/srv/s3"));
    }

    #[test]
    fn what_some_server_or_address_takes_for_something_else_is_no_place() {
        let long = format!("s3://{}", "a".repeat(64));
        for text in [
            "abc",
            "s3://",
            "s3://ab",
            &long,
            "s3://Abc",
            "s3://a_c",
            "s3://-abc",
            "s3://abc.",
            "s3://user@abc",
            "s3://abc/..",
            "s3://abc/./a",
            "s3://abc//a",
            "s3://abc/a b",
            "s3://abc/%2e",
            "s3://abc/a?b",
            "s3://abc/\u{fc}",
        ] {
            assert_eq!(text.parse::<S3Place>(), Err(InvalidPlace), "{text}");
        }
    }
}
