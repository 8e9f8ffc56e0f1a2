//! How long a server asks to be left alone.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};
use wharf_domain::time::Timestamp;

/// No server is waited for longer.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);

/// The wait that the answer asks for, in seconds or by a date (RFC 9110, section 10.2.3). A date is
/// compared with the server's own clock where the answer tells it, else with ours.
pub(crate) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => date(text)?.since(server_time(headers).unwrap_or(now)),
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

fn server_time(headers: &HeaderMap) -> Option<Timestamp> {
    date(text(headers, &DATE)?)
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

fn date(text: &str) -> Option<Timestamp> {
    let instant = httpdate::parse_http_date(text).ok()?;
    let since_epoch = instant.duration_since(UNIX_EPOCH).ok()?;
    let seconds = i64::try_from(since_epoch.as_secs()).ok()?;
    Some(Timestamp::from_unix_seconds(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110, section 5.6.7).
    const NOW: Timestamp = Timestamp::from_unix_seconds(784_111_777);

    fn wait(pairs: &[(HeaderName, &str)]) -> Option<Duration> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()));
        retry_after(&pairs.collect(), NOW)
    }

    //
    #[test]
    fn a_wait_is_told_in_seconds_or_by_date_and_has_an_end() {
        let half_a_minute_on = (RETRY_AFTER, "Sun, 06 Nov 1994 08:50:07 GMT");
        for (headers, expected) in [
            (vec![(RETRY_AFTER, "7")], Some(7)),
            (vec![(RETRY_AFTER, " 0 ")], Some(0)),
            (vec![(RETRY_AFTER, "86400")], Some(600)),
            (vec![half_a_minute_on.clone()], Some(30)),
            (
                vec![(RETRY_AFTER, "Mon, 07 Nov 1994 08:49:37 GMT")],
                Some(600),
            ),
            (
                vec![(RETRY_AFTER, "Sun, 06 Nov 1994 08:00:00 GMT")],
                Some(0),
            ),
            (vec![], None),
            (vec![(RETRY_AFTER, "")], None),
            (vec![(RETRY_AFTER, "-1")], None),
            (vec![(RETRY_AFTER, "soon")], None),
            (vec![(RETRY_AFTER, "99999999999999999999")], None),
        ] {
            let seconds = wait(&headers).map(|wait| wait.as_secs());
            assert_eq!(seconds, expected, "{headers:?}");
        }
        let a_server_behind_us = (DATE, "Sun, 06 Nov 1994 08:48:07 GMT");
        assert_eq!(
            wait(&[half_a_minute_on, a_server_behind_us]),
            Some(Duration::from_mins(2))
        );
    }
}
