//! How long a server asks to be left alone. Knows no clock and no provider.

use std::time::{Duration, SystemTime};

use reqwest::header::{DATE, HeaderMap, HeaderName, RETRY_AFTER};

/// No server is waited for longer.
const MAX_RETRY_AFTER: Duration = Duration::from_mins(10);

/// The wait that an answer with these headers asks for, in seconds or by a date
/// ([RFC 9110, section 10.2.3](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3)); 10 minutes at
/// most.
///
/// A date is compared with the server's own clock where the answer tells it, else with `now`. Without
/// either it says nothing.
pub fn retry_after(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let text = text(headers, &RETRY_AFTER)?;
    let wait = match text.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => {
            let earlier = date(headers, &DATE).or(now)?;
            let until = httpdate::parse_http_date(text).ok()?;
            until.duration_since(earlier).unwrap_or_default()
        }
    };
    Some(wait.min(MAX_RETRY_AFTER))
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(text(headers, name)?).ok()
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    Some(headers.get(name)?.to_str().ok()?.trim())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;

    fn wait(pairs: &[(HeaderName, &str)], now: Option<SystemTime>) -> Option<u64> {
        let pairs = pairs
            .iter()
            .map(|(name, value)| (name.clone(), value.parse().unwrap()));
        retry_after(&pairs.collect(), now).map(|wait| wait.as_secs())
    }

    //
    #[test]
    fn a_wait_is_told_in_seconds_or_by_date_and_has_an_end() {
        // Sun, 06 Nov 1994 08:49:37 GMT (RFC 9110, section 5.6.7).
        let now = Some(UNIX_EPOCH + Duration::from_secs(784_111_777));
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
            assert_eq!(wait(&headers, now), expected, "{headers:?}");
        }
        let a_server_behind_us = (DATE, "Sun, 06 Nov 1994 08:48:07 GMT");
        let both = [half_a_minute_on.clone(), a_server_behind_us];
        assert_eq!(wait(&both, now), Some(120));
        assert_eq!(wait(&both, None), Some(120));
        assert_eq!(wait(&[half_a_minute_on], None), None);
    }
}
