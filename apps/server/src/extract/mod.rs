//! What handlers take: requests read strictly, so that a handler never sees a malformed one.

mod accept;
mod body;
mod caller;
mod conditional;
mod form;
mod idempotency;
mod media_type;
mod paging;
mod query;
mod segment;
mod storage;

pub(crate) use self::accept::wants_page;
pub(crate) use self::body::{Json, Patient, patient};
pub(crate) use self::caller::{Anybody, Caller, ClientAddress};
pub(crate) use self::conditional::{If, Wanted};
pub(crate) use self::idempotency::Idempotency;
pub(crate) use self::media_type::{is_multipart, refuse_coding};
pub(crate) use self::paging::{PageQuery, read_cursor, read_limit};
pub(crate) use self::query::{NoQuery, Query, read as lenient_query};
pub(crate) use self::segment::{FolderId, Id, ItemSegment, ProviderName};
pub(crate) use self::storage::{Place, name_of_place, read_place};
