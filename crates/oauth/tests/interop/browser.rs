//! A person with a browser: follows redirects, keeps cookies, logs in and consents.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use reqwest::{Method, Request};
use url::Url;
use wharf_egress::{Client, Limits, Response};

/// Whoever this is has an account there.
pub(crate) const LOGIN: &str = "anna";

/// More pages than any login has.
const MAX_PAGES: usize = 20;

pub(crate) struct Browser {
    egress: Client,
    cookies: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) fn new(egress: Client) -> Self {
        Self {
            egress,
            cookies: BTreeMap::new(),
        }
    }

    /// Agrees to everything until the server sends the person back; gives the address it sends to.
    pub(crate) async fn consent(&mut self, url: &str, redirect_uri: &str) -> String {
        let mut request = Request::new(Method::GET, url.parse().unwrap());
        for _ in 0..MAX_PAGES {
            let url = request.url().clone();
            let response = self.open(request).await;
            if let Some(location) = location(&response) {
                let next = url.join(&location).unwrap();
                if next.as_str().starts_with(redirect_uri) {
                    return next.into();
                }
                request = Request::new(Method::GET, next);
            } else {
                assert!(response.status().is_success(), "{}", response.status());
                let page = response.collect_capped(1 << 20).await.unwrap();
                request = agreeing(&String::from_utf8_lossy(&page), &url);
            }
        }
        panic!("no end after {MAX_PAGES} pages");
    }

    async fn open(&mut self, mut request: Request) -> Response {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let cookies = cookies.join("; ").parse().unwrap();
        request.headers_mut().insert(COOKIE, cookies);
        let response = self
            .egress
            .execute(request, Limits::default())
            .await
            .unwrap();
        for cookie in response.headers().get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            let (pair, _) = cookie.split_once(';').unwrap_or((cookie, ""));
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        response
    }
}

fn location(response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION)?;
    Some(location.to_str().unwrap().to_owned())
}

/// The page's form, filled in: a login or a consent, as its hidden field says.
fn agreeing(page: &str, url: &Url) -> Request {
    let prompt = between(page, r#"name="prompt" value=""#);
    let action = between(page, r#"action=""#);
    let form = match prompt {
        "login" => format!("prompt=login&login={LOGIN}&password=any"),
        prompt => format!("prompt={prompt}"),
    };
    let mut request = Request::new(Method::POST, url.join(action).unwrap());
    let kind = "application/x-www-form-urlencoded".parse().unwrap();
    request.headers_mut().insert(CONTENT_TYPE, kind);
    *request.body_mut() = Some(form.into());
    request
}

/// What follows the text, up to the next quotation mark.
fn between<'p>(page: &'p str, before: &str) -> &'p str {
    let found = page
        .split_once(before)
        .and_then(|(_, rest)| rest.split_once('"'));
    found.unwrap_or_else(|| panic!("no {before} in {page}")).0
}
