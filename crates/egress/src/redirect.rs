//! Follows redirects where that is safe (RFC 9110, section 15.4): within one origin, a few hops, and
//! through every stage of the policy again. Knows no protocol above HTTP.

use reqwest::header::LOCATION;
use reqwest::{Method, Request, StatusCode};
use url::Url;

use crate::{Client, Error, Limits, Response, meters, typed};

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
    /// To what is no URL, or to one that two readers may take for different ones.
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
            });
            let target = target.inspect_err(meters::failed)?;
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
    let mut target =
        typed::parse_reference(from, location).map_err(|_| RedirectRefusal::Unreadable)?;
    target.set_fragment(None);
    if target.origin() != from.origin() {
        return Err(RedirectRefusal::OtherOrigin);
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
#[path = "redirect_tests.rs"]
mod tests;
