//! Follows redirects where that is safe (RFC 9110, section 15.4): within one origin, a few hops, and
//! through every stage of the policy again. Knows no protocol above HTTP.

use reqwest::header::LOCATION;
use reqwest::{Method, Request, StatusCode};
use url::Url;

use crate::{Client, Error, Limits, Response};

/// The most redirects that one request follows (S-10).
const MAX_HOPS: usize = 5;

/// Why a redirect is not followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectRefusal {
    /// To another scheme, host or port: credentials are for one origin, and so is whatever else is
    /// asked (S-11). A step from https down to http is one of these.
    #[error("the redirect leads to another origin")]
    OtherOrigin,
    /// To where this request has been already.
    #[error("the redirects form a loop")]
    Loop,
    /// One more after five.
    #[error("there are too many redirects")]
    TooMany,
    /// To what is no URL, or to one with a user name or password in it.
    #[error("the redirect leads to no readable address")]
    Unreadable,
}

impl RedirectRefusal {
    /// A stable name of the rule, for logs, metrics and audit.
    pub const fn rule(self) -> &'static str {
        match self {
            Self::OtherOrigin => "redirect-origin",
            Self::Loop => "redirect-loop",
            Self::TooMany => "redirect-count",
            Self::Unreadable => "redirect-address",
        }
    }
}

impl Client {
    /// Sends the request like [`Client::execute`], and again to wherever the answer redirects it
    /// within the same origin. Method, headers and body stay as they are. `authorize` sees every
    /// request just before it is sent, for some credentials depend on the path.
    ///
    /// A request whose body streams can be sent only once: then the redirect is the answer. So is a
    /// 303 to anything but GET and HEAD, for it points to what is not the resource itself, and any
    /// redirect of a POST, for servers disagree on its method. [`Response::url`] tells what answered.
    ///
    /// # Errors
    ///
    /// [`Error::Redirect`] for a redirect that is not followed; else those of [`Client::execute`],
    /// which judges every hop from its URL to its peer anew (S-10).
    pub async fn execute_following(
        &self,
        mut request: Request,
        limits: Limits,
        authorize: impl Fn(&mut Request) + Send + Sync,
    ) -> Result<Response, Error> {
        let mut visited = vec![request.url().clone()];
        loop {
            let next = request.try_clone();
            authorize(&mut request);
            let answer = self.execute(request, limits).await?;
            let (Some(mut next), Some(location)) = (next, location(&answer)) else {
                return Ok(answer);
            };
            if !is_followed(next.method(), answer.status()) {
                return Ok(answer);
            }
            let target = target(&visited, location).map_err(|refusal| Error::Redirect {
                host: next.url().host_str().unwrap_or_default().to_owned(),
                refusal,
            })?;
            visited.push(target.clone());
            *next.url_mut() = target;
            request = next;
        }
    }
}

fn location(answer: &Response) -> Option<&[u8]> {
    Some(answer.headers().get(LOCATION)?.as_bytes())
}

fn is_followed(method: &Method, status: StatusCode) -> bool {
    match status {
        StatusCode::MOVED_PERMANENTLY
        | StatusCode::FOUND
        | StatusCode::TEMPORARY_REDIRECT
        | StatusCode::PERMANENT_REDIRECT => *method != Method::POST,
        StatusCode::SEE_OTHER => [Method::GET, Method::HEAD].contains(method),
        _ => false,
    }
}

/// Where a redirect leads from the last of the URLs that were visited.
fn target(visited: &[Url], location: &[u8]) -> Result<Url, RedirectRefusal> {
    let from = visited.last().ok_or(RedirectRefusal::Unreadable)?;
    let location = str::from_utf8(location).map_err(|_| RedirectRefusal::Unreadable)?;
    let mut target = from
        .join(location)
        .map_err(|_| RedirectRefusal::Unreadable)?;
    target.set_fragment(None);
    if target.origin() != from.origin() {
        return Err(RedirectRefusal::OtherOrigin);
    }
    if !target.username().is_empty() || target.password().is_some() {
        return Err(RedirectRefusal::Unreadable);
    }
    if visited.contains(&target) {
        return Err(RedirectRefusal::Loop);
    }
    if visited.len() > MAX_HOPS {
        return Err(RedirectRefusal::TooMany);
    }
    Ok(target)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn target_of(location: &str) -> Result<String, RedirectRefusal> {
        let visited = ["https://a.org/dav/folder".parse().unwrap()];
        target(&visited, location.as_bytes()).map(String::from)
    }

    // S-10
    #[test]
    fn a_location_is_resolved_against_where_it_came_from() {
        for (location, expected) in [
            ("/dav/folder/", "https://a.org/dav/folder/"),
            ("folder/", "https://a.org/dav/folder/"),
            ("../new/folder#top", "https://a.org/new/folder"),
            ("//A.org:443/x?y=z", "https://a.org/x?y=z"),
            ("https://a.org/x", "https://a.org/x"),
        ] {
            assert_eq!(target_of(location).as_deref(), Ok(expected), "{location}");
        }
    }

    // S-10, S-11
    #[test]
    fn nothing_leads_out_of_the_origin() {
        for location in [
            "http://a.org/dav/folder/",
            "https://b.org/",
            "https://www.a.org/",
            "https://a.org:8443/",
            "//b.org/dav/folder",
            "\\\\b.org/",
            "/\t/b.org/",
            "https://a.org@b.org/",
            "https://10.0.0.1/",
            "file:///etc/passwd",
            "javascript:alert(1)",
        ] {
            assert_eq!(
                target_of(location),
                Err(RedirectRefusal::OtherOrigin),
                "{location}"
            );
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused() {
        for location in ["https://", "https://u:p@a.org/", "//[::1/"] {
            assert_eq!(
                target_of(location),
                Err(RedirectRefusal::Unreadable),
                "{location}"
            );
        }
        let visited = ["https://a.org/".parse().unwrap()];
        let latin = target(&visited, b"/\xfc");
        assert_eq!(latin, Err(RedirectRefusal::Unreadable));
    }

    #[test]
    fn the_same_place_under_another_fragment_is_a_loop() {
        assert_eq!(target_of("#again"), Err(RedirectRefusal::Loop));
        assert_eq!(target_of("/dav/folder"), Err(RedirectRefusal::Loop));
    }

    #[test]
    fn the_status_and_the_method_decide() {
        let propfind = Method::from_bytes(b"PROPFIND").unwrap();
        for status in [301, 302, 307, 308].map(|status| StatusCode::from_u16(status).unwrap()) {
            for method in [&Method::GET, &Method::HEAD, &Method::DELETE, &propfind] {
                assert!(is_followed(method, status), "{method} {status}");
            }
            assert!(!is_followed(&Method::POST, status), "{status}");
        }
        assert!(is_followed(&Method::GET, StatusCode::SEE_OTHER));
        for method in [&Method::PUT, &Method::DELETE, &propfind] {
            assert!(!is_followed(method, StatusCode::SEE_OTHER), "{method}");
        }
        for status in [200, 201, 300, 304, 305].map(|status| StatusCode::from_u16(status).unwrap())
        {
            assert!(!is_followed(&Method::GET, status), "{status}");
        }
    }
}
