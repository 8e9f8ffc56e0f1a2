//! Conditional requests (RFC 9110, section 13): what a client already has or expects, against what
//! there is. It knows no header map; values come as text, dates as instants.

use crate::entity_tag::EntityTag;
use crate::ports::storage::ReplaceGuard;
use crate::time::Timestamp;

/// The value of an `If-Match` or `If-None-Match` header (RFC 9110, sections 13.1.1 and 13.1.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ETagList {
    /// `*`: whatever there is.
    Any,
    /// One of these; never none.
    Of(Vec<EntityTag>),
}

/// The value of an `If-Range` header (RFC 9110, section 13.1.5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IfRange {
    /// The representation with this tag.
    Tag(EntityTag),
    /// The representation of this date.
    Date(Timestamp),
    /// A value that names nothing, and so never what there is.
    Nothing,
}

/// The validators of what there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Validators<'v> {
    /// The entity tag, where there is one.
    pub etag: Option<&'v EntityTag>,
    /// When it was last changed, where that is known; compared in whole seconds, as dates in headers are.
    pub modified_at: Option<Timestamp>,
}

/// The conditions of one request. What a request does not say is `None`, and so is a date that is none:
/// it is to be ignored (RFC 9110, sections 13.1.3 and 13.1.4).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// `If-Match`.
    pub if_match: Option<ETagList>,
    /// `If-None-Match`.
    pub if_none_match: Option<ETagList>,
    /// `If-Modified-Since`.
    pub if_modified_since: Option<Timestamp>,
    /// `If-Unmodified-Since`.
    pub if_unmodified_since: Option<Timestamp>,
    /// `If-Range`; of no meaning without a `Range`.
    pub if_range: Option<IfRange>,
}

/// What a conditional request comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Do what is asked.
    Proceed,
    /// Do what is asked, but with the whole content: the part that the client has is of another one.
    IgnoreRange,
    /// The client has it already (304).
    NotModified,
    /// It is not what the client expects (412).
    PreconditionFailed,
}

/// A text that is neither `*` nor a list of entity tags.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a list of entity tags")]
pub struct InvalidETagList;

impl ETagList {
    /// The most tags that one header may name (I-01).
    pub const MAX_TAGS: usize = 100;

    /// Reads the value of the header; several headers are one value joined by commas (RFC 9110,
    /// section 5.3).
    ///
    /// # Errors
    /// [`InvalidETagList`] if it is neither `*` nor a list of 1 to [`MAX_TAGS`](Self::MAX_TAGS) tags.
    pub fn from_header(value: &str) -> Result<Self, InvalidETagList> {
        if value.trim() == "*" {
            return Ok(Self::Any);
        }
        let mut tags = Vec::new();
        let mut rest = value;
        while let Some(tag) = next_tag(&mut rest)? {
            if tags.len() == Self::MAX_TAGS {
                return Err(InvalidETagList);
            }
            tags.push(tag);
        }
        if tags.is_empty() {
            Err(InvalidETagList)
        } else {
            Ok(Self::Of(tags))
        }
    }

    /// Whether one of the tags is this one; `is_same` compares.
    fn names(
        &self,
        etag: Option<&EntityTag>,
        is_same: impl Fn(&EntityTag, &EntityTag) -> bool,
    ) -> bool {
        match (self, etag) {
            (Self::Any, _) => true,
            (Self::Of(tags), Some(etag)) => tags.iter().any(|tag| is_same(tag, etag)),
            (Self::Of(_), None) => false,
        }
    }
}

impl From<ETagList> for ReplaceGuard {
    /// What an `If-Match` demands of a file to be replaced.
    fn from(list: ETagList) -> Self {
        match list {
            ETagList::Any => Self::Exists,
            ETagList::Of(tags) => Self::Matches(tags),
        }
    }
}

impl IfRange {
    /// Reads the value of the header; `date` reads an HTTP date.
    pub fn from_header(value: &str, date: impl FnOnce(&str) -> Option<Timestamp>) -> Self {
        let value = value.trim();
        match value.parse() {
            Ok(tag) => Self::Tag(tag),
            Err(_) => date(value).map_or(Self::Nothing, Self::Date),
        }
    }

    /// Whether it names exactly what there is. A weak tag never does; a date only if it is the very
    /// same second, for an earlier or later one is of another content (section 13.1.5).
    fn names(&self, current: Validators<'_>) -> bool {
        match self {
            Self::Tag(tag) => current.etag.is_some_and(|etag| etag.is_same_strongly(tag)),
            Self::Date(date) => {
                current.modified_at.map(Timestamp::as_unix_seconds) == Some(date.as_unix_seconds())
            }
            Self::Nothing => false,
        }
    }
}

impl Conditions {
    /// What a GET or HEAD of something that exists comes to, in the order of RFC 9110, section 13.2.2.
    pub fn of_reading(&self, current: Validators<'_>) -> Verdict {
        if !self.is_expected(Some(current)) {
            return Verdict::PreconditionFailed;
        }
        if self.is_known(current) {
            return Verdict::NotModified;
        }
        match &self.if_range {
            Some(range) if !range.names(current) => Verdict::IgnoreRange,
            _ => Verdict::Proceed,
        }
    }

    /// What a change comes to, of something that exists or, with `None`, does not: never
    /// [`Verdict::NotModified`] or [`Verdict::IgnoreRange`] (RFC 9110, section 13.2.2).
    pub fn of_changing(&self, current: Option<Validators<'_>>) -> Verdict {
        let is_excluded = match (&self.if_none_match, current) {
            (Some(list), Some(current)) => list.names(current.etag, EntityTag::is_same_weakly),
            _ => false,
        };
        if is_excluded || !self.is_expected(current) {
            Verdict::PreconditionFailed
        } else {
            Verdict::Proceed
        }
    }

    /// Steps 1 and 2: `If-Match`, and only without it `If-Unmodified-Since`.
    fn is_expected(&self, current: Option<Validators<'_>>) -> bool {
        match (&self.if_match, self.if_unmodified_since) {
            (Some(list), _) => {
                current.is_some_and(|current| list.names(current.etag, EntityTag::is_same_strongly))
            }
            (None, Some(date)) => current
                .and_then(|current| current.modified_at)
                // Section 13.1.4: ignored where nothing tells the date.
                .is_none_or(|modified_at| !is_after(modified_at, date)),
            (None, None) => true,
        }
    }

    /// Steps 3 and 4: `If-None-Match`, and only without it `If-Modified-Since`.
    fn is_known(&self, current: Validators<'_>) -> bool {
        match (&self.if_none_match, self.if_modified_since) {
            (Some(list), _) => list.names(current.etag, EntityTag::is_same_weakly),
            (None, Some(date)) => current
                .modified_at
                .is_some_and(|modified_at| !is_after(modified_at, date)),
            (None, None) => false,
        }
    }
}

/// Dates in headers are whole seconds.
const fn is_after(one: Timestamp, other: Timestamp) -> bool {
    one.as_unix_seconds() > other.as_unix_seconds()
}

/// The next tag of a list, which is cut off; `None` at its end. Empty elements are skipped (RFC 9110,
/// section 5.6.1.2), and a comma within a tag is the tag's.
fn next_tag(rest: &mut &str) -> Result<Option<EntityTag>, InvalidETagList> {
    let text = rest.trim_start_matches([' ', '\t', ',']);
    if text.is_empty() {
        return Ok(None);
    }
    let opening = text.find('"').ok_or(InvalidETagList)?;
    let (_, opened) = text.split_at(opening + 1);
    let closing = opened.find('"').ok_or(InvalidETagList)?;
    let (tag, behind) = text.split_at(opening + closing + 2);
    let behind = behind.trim_start_matches([' ', '\t']);
    if !behind.is_empty() && !behind.starts_with(',') {
        return Err(InvalidETagList);
    }
    *rest = behind;
    tag.parse().map(Some).map_err(|_| InvalidETagList)
}

#[cfg(test)]
#[path = "conditions_tests.rs"]
mod tests;
