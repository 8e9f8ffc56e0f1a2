//! An upload by form (RFC 7578): what describes the file comes before it, and nothing behind it.

use actix_multipart::{Field, Multipart, MultipartError};
use actix_web::http::header::{CONTENT_TYPE, DispositionParam, HeaderMap};
use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};

use super::incoming::{Incoming, Wishes};
use crate::content::raw::{RawContent, read_type};
use crate::error::{ApiError, Code};
use crate::extract::Patient;

/// The longest part that describes the file, in bytes.
const MAX_TEXT_BYTES: usize = 1024;

/// Reads the form up to the file's first byte.
pub(super) async fn open(
    headers: &HeaderMap,
    mut wishes: Wishes,
    payload: Patient,
) -> Result<Incoming, ApiError> {
    let mut form = Multipart::new(headers, payload);
    let mut size_bytes = None;
    while let Some(part) = form.next().await {
        let part = part.map_err(malformed)?;
        match part.name() {
            Some("file") => return file(&wishes, size_bytes, form, part),
            Some("name") => set(&mut wishes.name, "name", text(part).await?)?,
            Some("storage") => set(&mut wishes.storage, "storage", text(part).await?)?,
            Some("size") => set(&mut size_bytes, "size", size(&text(part).await?)?)?,
            other => {
                let field = other.unwrap_or_default().to_owned();
                return Err(ApiError::invalid(field, "is not known here"));
            }
        }
    }
    Err(ApiError::invalid("file", "is missing"))
}

fn file(
    wishes: &Wishes,
    size_bytes: Option<u64>,
    form: Multipart,
    part: Field,
) -> Result<Incoming, ApiError> {
    let file_name = file_name(&part);
    let content = RawContent {
        content_type: read_type(part.headers().get(CONTENT_TYPE))?,
        size_bytes,
        bytes: Box::pin(to_the_end(form, part)),
    };
    Incoming::new(wishes, file_name.as_deref(), content)
}

/// The file's name, in its extended form if there is one.
fn file_name(part: &Field) -> Option<String> {
    let parameters = &part.content_disposition()?.parameters;
    let extended = parameters.iter().find_map(|parameter| match parameter {
        DispositionParam::FilenameExt(name) => String::from_utf8(name.value.clone()).ok(),
        _ => None,
    });
    let plain = || parameters.iter().find_map(DispositionParam::as_filename);
    extended.or_else(|| plain().map(str::to_owned))
}

/// The file's bytes. They end where the form does: a form cut short behind the file is no whole form.
fn to_the_end(form: Multipart, file: Field) -> impl Stream<Item = Result<Bytes, ApiError>> {
    stream::try_unfold((form, file), async |(mut form, mut file)| {
        if let Some(chunk) = file.next().await {
            let chunk = chunk.map_err(malformed)?;
            return Ok(Some((chunk, (form, file))));
        }
        drop(file);
        match form.next().await {
            None => Ok(None),
            Some(Ok(part)) => {
                let field = part.name().unwrap_or_default().to_owned();
                Err(ApiError::invalid(field, "must come before the file"))
            }
            Some(Err(error)) => Err(malformed(error)),
        }
    })
}

async fn text(mut part: Field) -> Result<String, ApiError> {
    let field = part.name().unwrap_or_default().to_owned();
    let bytes = match part.bytes(MAX_TEXT_BYTES).await {
        Ok(bytes) => bytes.map_err(malformed)?,
        Err(_) => return Err(ApiError::invalid(field, "is too long")),
    };
    String::from_utf8(bytes.into()).map_err(|_| ApiError::invalid(field, "is not UTF-8"))
}

fn size(text: &str) -> Result<u64, ApiError> {
    text.parse()
        .map_err(|_| ApiError::invalid("size", "must be a whole number of bytes"))
}

fn set<T>(slot: &mut Option<T>, field: &str, value: T) -> Result<(), ApiError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ApiError::invalid(field, "is there twice")),
    }
}

fn malformed(error: MultipartError) -> ApiError {
    let code = match error {
        MultipartError::Payload(_) | MultipartError::Incomplete => Code::UploadIncomplete,
        _ => Code::InvalidRequest,
    };
    ApiError::new(code).caused_by(error)
}
