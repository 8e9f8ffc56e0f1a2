//! `GET /api/cloud/connections/{id}/items/{item_id}/content`: a file's bytes, or a part of them, as
//! they come.

use actix_web::HttpResponse;
use serde::Deserialize;
use utoipa::IntoParams;
use wharf::domain::content::{ContentType, Download};
use wharf::domain::id::ConnectionId;
use wharf::services::items::{ConnectionOf, Opened};

use crate::content::Content;
use crate::content::download::{Described, Validators, sending, unchanged};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Id, ItemSegment, Query, Wanted};
use crate::routes::errors;
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[
    errors::QUERY,
    errors::BY_ID,
    errors::STORAGE,
    errors::ITEM,
    errors::CONDITIONS,
    &[
        Code::NotAFile,
        Code::RangeNotSatisfiable,
        Code::NotSupported,
        Code::Locked,
    ],
];

/// In which form a content is wanted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Wishes {
    /// One of the item's `export_formats`; it comes whole, whatever Range says.
    format: Option<String>,
}

/// A file's content, or the part of it that a Range header asks for.
#[utoipa::path(
    get,
    path = "/api/cloud/connections/{id}/items/{item_id}/content",
    operation_id = "getItemContent",
    tag = "items",
    params(
        ("id" = String, Path, format = Uuid, description = "The connection."),
        ("item_id" = String, Path, description = "The file's id."),
        Wishes,
        ("Range" = Option<String>, Header, description = "One range of bytes (RFC 9110, section 14)."),
        ("If-Range" = Option<String>, Header, description = "The ETag or date that the range is meant for."),
        ("If-Match" = Option<String>, Header, description = "The ETags that the file may have."),
        ("If-None-Match" = Option<String>, Header, description = "The ETags of contents that the caller has."),
        ("If-Modified-Since" = Option<String>, Header, description = "The date of the content that the caller has."),
        ("If-Unmodified-Since" = Option<String>, Header, description = "The latest date that the content may have.")
    ),
    responses(
        (status = 200, description = "The whole content.", body = Content, content_type = "*/*"),
        (status = 206, description = "A part of the content.", body = Content, content_type = "*/*"),
        (status = 304, description = "The caller has the content.")
    )
)]
pub(crate) async fn handle(
    Caller { user, context }: Caller,
    Query(wishes): Query<Wishes>,
    Id(id): Id<ConnectionId>,
    ItemSegment(file): ItemSegment,
    Wanted(query): Wanted,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let connection = ConnectionOf { owner: user.id, id };
    let items = state.wharf.items();
    if let Some(format) = wishes.format {
        let format = format.parse::<ContentType>();
        let format = format.map_err(|error| ApiError::invalid("format", error))?;
        let mut download = items.export(&context, connection, file, format).await?;
        let described = describe(&mut download);
        return Ok(sending(download, &described, context.request));
    }
    Ok(match items.read(&context, connection, file, query).await? {
        Opened::Content(mut download) => {
            let described = describe(&mut download);
            sending(download, &described, context.request)
        }
        Opened::Unchanged(item) => unchanged(&Validators {
            etag: item.etag,
            modified_at: item.modified_at,
        }),
    })
}

/// What the storage says of the content.
fn describe(download: &mut Download) -> Described {
    Described {
        name: download.name.take(),
        content_type: download.content_type.take(),
        size_bytes: download.size_bytes,
        sha256: None,
        validators: Validators {
            etag: download.etag.take(),
            modified_at: download.modified_at,
        },
    }
}
