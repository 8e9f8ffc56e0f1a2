//! `/api/documents`.

mod content;
mod cut_short;
mod list;
mod upload;
