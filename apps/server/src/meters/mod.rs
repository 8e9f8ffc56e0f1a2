//! What is measured of HTTP, and the reference of everything that is measured.

mod http;
mod reference;
mod table;

pub(crate) use self::http::{Exchange, HttpMeters};
pub use self::reference::reference;
pub use self::table::TABLE;
