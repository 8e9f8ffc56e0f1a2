//! Instants and the port to the clock. Durations are `std::time::Duration`.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use ::time::OffsetDateTime;
use ::time::format_description::well_known::Rfc3339;

/// A point in time: whole microseconds since the Unix epoch, UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The instant `micros` microseconds after the Unix epoch.
    pub const fn from_unix_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// The instant `seconds` seconds after the Unix epoch, or the nearest that can be held.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }

    /// Microseconds since the Unix epoch.
    pub const fn as_unix_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch.
    pub const fn as_unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Whole milliseconds since the Unix epoch; zero for instants before it.
    pub const fn as_unix_millis(self) -> u64 {
        if self.0 < 0 {
            0
        } else {
            self.0.unsigned_abs() / 1_000
        }
    }

    /// The instant `duration` later, or the last that can be held.
    pub const fn plus(self, duration: Duration) -> Self {
        let micros = duration.as_micros();
        if micros > i64::MAX as u128 {
            return Self(i64::MAX);
        }
        Self(self.0.saturating_add_unsigned(micros as u64))
    }

    /// The instant that lies `duration` earlier.
    #[must_use]
    pub const fn before(self, duration: Duration) -> Self {
        let micros = duration.as_micros();
        if micros > u64::MAX as u128 {
            return Self(i64::MIN);
        }
        Self(self.0.saturating_sub_unsigned(micros as u64))
    }

    /// The time since `earlier`; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Duration {
        let micros = self.0.saturating_sub(earlier.0);
        Duration::from_micros(if micros < 0 { 0 } else { micros.unsigned_abs() })
    }
}

impl fmt::Display for Timestamp {
    /// Writes RFC 3339 in UTC, for example `2026-11-23T08:15:30.5Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000)
            .ok()
            .and_then(|instant| instant.format(&Rfc3339).ok());
        // Years that RFC 3339 cannot write (before 0 or after 9999) only come from a broken clock.
        f.write_str(text.as_deref().unwrap_or("9999-12-31T23:59:59Z"))
    }
}

/// A text that is no instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a time as RFC 3339 has it")]
pub struct InvalidTimestamp;

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads RFC 3339, in any offset from UTC. What is finer than a microsecond is left off.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let instant = OffsetDateTime::parse(text, &Rfc3339).map_err(|_| InvalidTimestamp)?;
        let micros = instant.unix_timestamp_nanos().div_euclid(1_000);
        let micros = i64::try_from(micros).map_err(|_| InvalidTimestamp)?;
        Ok(Self(micros))
    }
}

/// A source of the current time.
pub trait Clock: Send + Sync {
    /// The current time.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_are_written_as_rfc_3339() {
        let instant = Timestamp::from_unix_micros(1_795_421_730_500_000);
        assert_eq!(instant.to_string(), "2026-11-23T08:15:30.5Z");
        assert_eq!(
            Timestamp::from_unix_micros(i64::MAX).to_string(),
            "9999-12-31T23:59:59Z"
        );
    }

    #[test]
    fn timestamps_are_read_from_rfc_3339() {
        let micros = |text: &str| text.parse().map(Timestamp::as_unix_micros);
        assert_eq!(micros("2026-11-23T08:15:30.5Z"), Ok(1_795_421_730_500_000));
        assert_eq!(
            micros("2026-11-23T09:15:30.5+01:00"),
            Ok(1_795_421_730_500_000)
        );
        assert_eq!(micros("1969-12-31T23:59:59.9999999Z"), Ok(-1));
        for text in ["", "2026-11-23", "2026-11-23T08:15:30", "1795421730"] {
            assert_eq!(text.parse::<Timestamp>(), Err(InvalidTimestamp), "{text:?}");
        }
    }

    #[test]
    fn seconds_round_down_before_the_epoch_too() {
        assert_eq!(Timestamp::from_unix_micros(-1).as_unix_seconds(), -1);
        assert_eq!(Timestamp::from_unix_micros(-1).as_unix_millis(), 0);
    }

    #[test]
    fn elapsed_time_is_never_negative() {
        let (early, late) = (
            Timestamp::from_unix_seconds(10),
            Timestamp::from_unix_seconds(12),
        );
        assert_eq!(late.since(early), Duration::from_secs(2));
        assert_eq!(early.since(late), Duration::ZERO);
    }
}
