//! Pages of folders as they were written a moment ago: a page of a thousand items takes longer to
//! write as JSON than everything else that a cached listing needs. It knows no folder.

use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::http::header::ContentType;
use bytes::Bytes;
use moka::sync::Cache;
use wharf::services::folders::{FolderPage as Listed, PageName};

use super::page::FolderPage;
use crate::error::{ApiError, Code};

/// Written pages, by what tells them from every other. A folder that has changed has other pages; the
/// old ones are asked for no more.
#[derive(Clone, Debug)]
pub(crate) struct WrittenPages(Cache<PageName, Bytes>);

impl WrittenPages {
    /// How many bytes all pages together may have.
    const MAX_BYTES: u64 = 16 * 1024 * 1024;

    /// How long a page is kept.
    const LIFE: Duration = Duration::from_secs(60);

    /// The answer with this page.
    pub(super) fn answer(&self, page: &Listed) -> Result<HttpResponse, ApiError> {
        let name = page.name();
        let written = match self.0.get(&name) {
            Some(written) => written,
            None => {
                let written = write(page)?;
                self.0.insert(name, written.clone());
                written
            }
        };
        let mut answer = HttpResponse::Ok();
        Ok(answer.content_type(ContentType::json()).body(written))
    }
}

fn write(page: &Listed) -> Result<Bytes, ApiError> {
    let written = serde_json::to_vec(&FolderPage::from(page));
    let written = written.map_err(|error| ApiError::new(Code::Internal).caused_by(error))?;
    Ok(written.into())
}

impl Default for WrittenPages {
    fn default() -> Self {
        let pages = Cache::builder()
            .max_capacity(Self::MAX_BYTES)
            .weigher(|_, page: &Bytes| u32::try_from(page.len()).unwrap_or(u32::MAX))
            .time_to_live(Self::LIFE);
        Self(pages.build())
    }
}
