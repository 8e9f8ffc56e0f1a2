//! Dates as servers write them: RFC 1123 as they should, or older and newer forms.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use wharf_domain::time::Timestamp;

/// A date from 1970 on; the three forms of HTTP (RFC 9110, section 5.6.7), and the one of
/// `creationdate` (RFC 4918, section 15.1), which some servers use for all dates.
pub(crate) fn timestamp(text: &str) -> Option<Timestamp> {
    http_date(text).or_else(|| rfc3339(text))
}

fn http_date(text: &str) -> Option<Timestamp> {
    let since_epoch = httpdate::parse_http_date(text)
        .ok()?
        .duration_since(std::time::UNIX_EPOCH)
        .ok()?;
    let seconds = i64::try_from(since_epoch.as_secs()).ok()?;
    Some(Timestamp::from_unix_seconds(seconds))
}

fn rfc3339(text: &str) -> Option<Timestamp> {
    let seconds = OffsetDateTime::parse(text, &Rfc3339).ok()?.unix_timestamp();
    (seconds >= 0).then(|| Timestamp::from_unix_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    // X-06; the first three are one instant in RFC 9110, section 5.6.7.
    #[test]
    fn every_form_of_a_date_is_read() {
        let expected = Some(Timestamp::from_unix_seconds(784_111_777));
        for date in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "1994-11-06T08:49:37Z",
            "1994-11-06T09:49:37.250+01:00",
        ] {
            assert_eq!(timestamp(date), expected, "{date}");
        }
    }

    //
    #[test]
    fn a_date_is_readable_or_unknown() {
        let epoch = timestamp("Thu, 01 Jan 1970 00:00:10 GMT");
        assert_eq!(epoch, Some(Timestamp::from_unix_seconds(10)));
        for odd in [
            "",
            "Thu, 01 Jan 0000 00:00:00 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "Thu, 32 Jan 2026 00:00:00 GMT",
            "0000-01-01T00:00:00Z",
            "1969-12-31T23:59:59Z",
            "2026-02-30T00:00:00Z",
            "2026-01-01",
            "99999999999999999999",
        ] {
            assert_eq!(timestamp(odd), None, "{odd:?}");
        }
    }
}
