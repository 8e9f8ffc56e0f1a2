//! Items: the files and folders of a connected storage, one at a time.

pub(super) mod content;
pub(super) mod copy;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod relocate;
pub(super) mod replace;
pub(super) mod upload;

pub(super) mod item;
pub(super) mod place;
