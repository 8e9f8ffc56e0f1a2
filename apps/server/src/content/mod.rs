//! Contents on their way through a request, in and out: what documents and items have in common.

pub(crate) mod digest;
pub(crate) mod disposition;
pub(crate) mod download;
pub(crate) mod forward;
pub(crate) mod raw;

use utoipa::ToSchema;

/// The bytes of a content.
// It only describes them: they are never held as a value.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
pub(crate) struct Content(());
