//! The description of something that is measured. It knows no figure.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

/// Something that is measured.
#[derive(Clone, Copy, Debug)]
pub struct Meter {
    /// Its name, with its unit.
    pub name: &'static str,
    /// How its figures are to be read.
    pub kind: Kind,
    /// What tells its series apart.
    pub labels: &'static [Label],
    /// What it says.
    pub meaning: &'static str,
    /// What an operator does about it.
    pub advice: &'static str,
}

/// How figures are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Only grows, and begins at zero with the process.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Seconds, counted by how long.
    Histogram,
}

/// What tells a meter's series apart. The values are a closed set, and never anybody's.
#[derive(Clone, Copy, Debug)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// Its values, for people.
    pub values: &'static str,
}

impl Kind {
    /// The name that Prometheus has for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram => "histogram",
        }
    }
}

/// Tells the recorder in place what these are. Counters that have one series only begin at zero, for
/// one that first appears with a one has not increased as far as Prometheus can see.
pub fn describe(meters: &[Meter]) {
    for meter in meters {
        let Meter { name, meaning, .. } = *meter;
        match meter.kind {
            Kind::Counter => describe_counter!(name, meaning),
            Kind::Gauge => describe_gauge!(name, meaning),
            Kind::Histogram => describe_histogram!(name, Unit::Seconds, meaning),
        }
        if meter.kind == Kind::Counter && meter.labels.is_empty() {
            metrics::counter!(name).increment(0);
        }
    }
}
