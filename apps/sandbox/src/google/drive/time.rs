//! Times as Drive writes them (RFC 3339), with milliseconds.

use std::time::SystemTime;

use ::time::format_description::well_known::Rfc3339;
use ::time::{OffsetDateTime, UtcOffset};

pub(super) fn written(time: SystemTime) -> String {
    let time = OffsetDateTime::from(time);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z",
        time.year(),
        u8::from(time.month()),
        time.day(),
        time.hour(),
        time.minute(),
        time.second(),
        time.millisecond()
    )
}

/// Reads a time; one without an offset is UTC, as in queries.
pub(super) fn read(text: &str) -> Option<SystemTime> {
    let time = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&format!("{text}Z"), &Rfc3339))
        .or_else(|_| OffsetDateTime::parse(&format!("{text}T00:00:00Z"), &Rfc3339))
        .ok()?;
    Some(time.to_offset(UtcOffset::UTC).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_come_back_as_they_were_written() {
        for (text, expected) in [
            ("2026-03-01T12:30:00.250Z", "2026-03-01T12:30:00.250Z"),
            ("2026-03-01T12:30:00+02:00", "2026-03-01T10:30:00.000Z"),
            ("2026-03-01T12:30:00", "2026-03-01T12:30:00.000Z"),
            ("2026-03-01", "2026-03-01T00:00:00.000Z"),
        ] {
            assert_eq!(written(read(text).unwrap()), expected);
        }
        assert_eq!(read("yesterday"), None);
    }
}
