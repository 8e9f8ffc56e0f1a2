//! What is measured, described in one table, and the figures of this process for whoever asks.
//!
//! The crates beneath record through the `metrics` facade and know no exporter. Here one is installed,
//! unless the embedding program has one already.

mod exporter;
mod gauges;
mod meter;
mod table;

pub use self::exporter::MEDIA_TYPE;
pub(crate) use self::exporter::{Exporter, keep_up};
pub(crate) use self::gauges::Gauges;
pub use self::meter::{Kind, Label, Meter, describe};
pub use self::table::TABLE;
