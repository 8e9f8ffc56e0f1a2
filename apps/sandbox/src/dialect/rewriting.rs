//! How a dialect writes the storage's answer: the same content, other words.

use std::time::{Duration, SystemTime};

use actix_web::http::StatusCode;
use actix_web::http::header::{ETAG, HttpDate, LAST_MODIFIED};
use actix_web::{Error, HttpRequest, HttpResponse};
use futures_util::TryStreamExt as _;

use super::{Dialect, multistatus, origin};
use crate::storage::Answer;

/// How long mod_dav calls a file's entity tag weak.
const WEAK: Duration = Duration::from_secs(2);

/// The answer as the dialect writes it. A multistatus is read whole for that: a simulator's are small.
pub(crate) async fn written(
    dialect: Dialect,
    mut answer: Answer,
    request: &HttpRequest,
) -> Result<HttpResponse, Error> {
    write_headers(dialect, &mut answer.headers);
    if answer.status != StatusCode::MULTI_STATUS {
        return Ok(answer.send());
    }
    let whole: Vec<u8> = answer
        .body
        .try_fold(Vec::new(), |whole, part| async move {
            Ok([whole, part.to_vec()].concat())
        })
        .await?;
    let xml = String::from_utf8_lossy(&whole);
    let mut response = HttpResponse::build(answer.status);
    for header in answer.headers {
        response.append_header(header);
    }
    Ok(response.body(write_multistatus(dialect, &xml, request)))
}

fn write_headers(dialect: Dialect, headers: &mut Vec<(String, Vec<u8>)>) {
    match dialect {
        Dialect::NoEtags => headers.retain(|(name, _)| name != ETAG.as_str()),
        Dialect::Apache => {
            let text = |(_, value): &(String, Vec<u8>)| String::from_utf8(value.clone()).ok();
            let date = headers
                .iter()
                .find(|(name, _)| name == LAST_MODIFIED.as_str());
            let is_weak = date
                .and_then(text)
                .is_some_and(|date| is_fresh(&date, now()));
            for (_, tag) in headers
                .iter_mut()
                .filter(|(name, _)| name == ETAG.as_str() && is_weak)
            {
                tag.splice(0..0, *b"W/");
            }
        }
        _ => {}
    }
}

fn write_multistatus(dialect: Dialect, xml: &str, request: &HttpRequest) -> String {
    let unquoted = |tag: &str| tag.replace("&quot;", "").replace('"', "");
    match dialect {
        Dialect::Apache => multistatus::each(xml, "response", |response| {
            let date = multistatus::text(response, "getlastmodified");
            let is_weak = date.is_some_and(|date| is_fresh(date, now()));
            let weak = if is_weak { "W/" } else { "" };
            let tagged = |tag: &str| Some(format!("{weak}\"{}\"", unquoted(tag)));
            Some(multistatus::each(response, "getetag", tagged))
        }),
        Dialect::Wsgidav => multistatus::each(xml, "getetag", |tag| Some(unquoted(tag))),
        Dialect::Nginx | Dialect::NoEtags => multistatus::each(xml, "getetag", |_| None),
        Dialect::AbsoluteHrefs => {
            let origin = origin(request);
            let absolute = |href: &str| Some(multistatus::absolute(&origin, href));
            multistatus::each(xml, "href", absolute)
        }
        Dialect::SplitPropstats => multistatus::each(xml, "response", |response| {
            Some(multistatus::split(response))
        }),
        Dialect::Rclone | Dialect::Redirecting | Dialect::DigestOnly => xml.to_owned(),
    }
}

fn is_fresh(modified: &str, now: SystemTime) -> bool {
    let modified = modified.parse::<HttpDate>().map(SystemTime::from);
    // A file of the very future is no fresher than one of this moment.
    modified.is_ok_and(|modified| now.duration_since(modified).unwrap_or_default().lt(&WEAK))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the simulated server lives in real time, as real ones do"
)]
fn now() -> SystemTime {
    SystemTime::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_fresh_for_two_seconds() {
        let epoch = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let date = "Thu, 01 Jan 1970 00:00:10 GMT";
        for (seconds, expected) in [(9, true), (10, true), (11, true), (12, false), (99, false)] {
            assert_eq!(is_fresh(date, epoch(seconds)), expected, "{seconds}");
        }
        assert!(!is_fresh("yesterday", epoch(10)));
    }
}
