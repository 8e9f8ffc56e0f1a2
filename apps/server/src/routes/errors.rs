//! Groups of codes that several endpoints share, for their description.

use crate::error::Code;

/// Of an endpoint that takes parameters in its query.
pub(super) const QUERY: &[Code] = &[Code::InvalidRequest];

/// Of an endpoint that takes a JSON body.
pub(super) const JSON: &[Code] = &[
    Code::InvalidRequest,
    Code::PayloadTooLarge,
    Code::UnsupportedMediaType,
];

/// Of an endpoint that names something by its id.
pub(super) const BY_ID: &[Code] = &[Code::NotFound];

/// Of an endpoint that asks a connected storage, whatever it asks.
pub(super) const STORAGE: &[Code] = &[
    Code::RequiresReauth,
    Code::StorageForbidden,
    Code::UrlNotAllowed,
    Code::NotWebdav,
    Code::Unreachable,
    Code::UpstreamUnavailable,
    Code::UpstreamTimeout,
    Code::RateLimitedUpstream,
    Code::KeyUnavailable,
    Code::ProviderMisconfigured,
    Code::RefreshPending,
];

/// Of an endpoint that names an item in a storage.
pub(super) const ITEM: &[Code] = &[Code::ItemNotFound];

/// Of an endpoint that changes a storage.
pub(super) const CHANGE: &[Code] = &[Code::Locked, Code::StorageFull, Code::NotSupported];

/// Of an endpoint that takes conditions (RFC 9110, section 13).
pub(super) const CONDITIONS: &[Code] = &[Code::InvalidRequest, Code::PreconditionFailed];

/// Of an endpoint that stores a content.
pub(super) const UPLOAD: &[Code] = &[
    Code::UploadIncomplete,
    Code::LengthRequired,
    Code::TooLarge,
    Code::UnsupportedMediaType,
    Code::Locked,
    Code::StorageFull,
    Code::IntegrityMismatch,
];

/// Of an endpoint that gives something a name.
pub(super) const NEW_NAME: &[Code] = &[Code::AlreadyExists, Code::NameNotAllowed];

/// Of an endpoint that touches a document's content, in a connected storage or in the house.
pub(super) const CONTENT: &[Code] = &[Code::StorageDisconnected, Code::HouseUnavailable];
