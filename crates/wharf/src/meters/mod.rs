//! What is measured, described in one table, and the figures of this process for whoever asks.
//!
//! The crates beneath record through the `metrics` facade and know no exporter. Here one is installed,
//! unless the embedding program has one already.

mod exporter;
mod figures;
mod gauges;
mod meter;
mod table;

pub use self::exporter::MEDIA_TYPE;
pub(crate) use self::figures::Figures;
pub use self::meter::{Kind, Label, Meter, describe};
pub use self::table::TABLE;
