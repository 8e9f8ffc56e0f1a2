//! In what a server may go beyond plain WebDAV. It names no server.

use wharf_domain::item::ItemId;
use wharf_domain::provider::Provider;

use super::path::ItemPath;
use super::propfind;

/// What is asked of a server beyond plain WebDAV, and what is made of its answers.
#[derive(Clone, Copy)]
pub(crate) struct Dialect {
    /// The kind of storage that errors name.
    pub(crate) provider: Provider,
    /// Asks for what an item has.
    pub(crate) item: &'static str,
    /// The id of the item at this path, whose number at the server is this one where it told any.
    pub(crate) id: fn(ItemPath, Option<u64>) -> ItemId,
    /// Whether the server tells the SHA-256 of what it has stored when it is asked with `X-Hash`.
    pub(crate) tells_hashes: bool,
}

impl Dialect {
    /// Nothing beyond it: an item's id is its path.
    pub(crate) const PLAIN: Self = Self {
        provider: Provider::Webdav,
        item: propfind::ITEM,
        id: |path, _| path.into_id(),
        tells_hashes: false,
    };
}
