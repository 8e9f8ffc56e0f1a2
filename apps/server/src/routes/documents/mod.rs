//! Documents: contents that users give to Wharf to keep.

pub(super) mod content;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod list;
pub(super) mod upload;

mod document;
mod incoming;
mod multipart;
