//! A person's browser at a provider's consent page. It keeps no cookies of its
//! own accord and follows nothing by itself, so that every hop is seen.

use anyhow::Context as _;
use ureq::Agent;

use crate::answer::Answer;
use crate::api::Api;
use crate::{http, json};

/// One of the simulated people, whose account is connected.
pub(crate) const ANNA: &str = "anna@example.com";
/// Another, who has folders of a thousand and of ten thousand files.
pub(crate) const CLARA: &str = "clara@example.org";

/// Connects this person's account at this provider in the browser that began;
/// gives the connection's id.
pub(crate) fn connect(api: &Api, provider: &str, account: &str) -> anyhow::Result<String> {
    let (address, cookie) = begin(api, provider)?;
    let back = say_yes(&address, account)?;
    let page = come_back(&back, Some(&cookie))?;
    let outcome = parameter(&page, "outcome")?;
    anyhow::ensure!(outcome == "connected", "the outcome is {outcome}");
    Ok(parameter(&page, "connection_id")?.to_owned())
}

/// Where the person goes, and the cookie that their browser keeps.
pub(crate) fn begin(api: &Api, provider: &str) -> anyhow::Result<(String, String)> {
    let path = format!("/api/cloud/oauth/initiate/{provider}");
    let begun = api.get(&path)?.expect(200)?;
    let cookie = begun.header("set-cookie")?;
    let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
    let address = json::text(&begun.json()?, "/authorization_url")?.to_owned();
    Ok((address, cookie))
}

/// Says yes on the page at this address; gives where the provider sends the
/// browser then.
pub(crate) fn say_yes(authorization_url: &str, account: &str) -> anyhow::Result<String> {
    let browser = http::browser();
    let page = Answer::read(browser.get(authorization_url).call()?)?.expect(200)?;
    let page = String::from_utf8(page.body)?;
    let (address, query) = authorization_url
        .split_once('?')
        .context("the address has no query")?;
    let ticked: String = ticked(&page)
        .map(|scope| format!("&granted={scope}"))
        .collect();
    let form = format!("{query}&decision=grant&account={account}{ticked}");
    let form = browser
        .post(address)
        .content_type("application/x-www-form-urlencoded")
        .send(form)?;
    let answer = Answer::read(form)?.expect(302)?;
    Ok(answer.header("location")?.to_owned())
}

/// Goes where the provider sends the browser, with or without the cookie;
/// gives where it is sent on to.
pub(crate) fn come_back(address: &str, cookie: Option<&str>) -> anyhow::Result<String> {
    let browser: Agent = http::browser();
    let mut request = browser.get(address);
    if let Some(cookie) = cookie {
        request = request.header("Cookie", cookie);
    }
    let answer = Answer::read(request.call()?)?.expect(303)?;
    Ok(answer.header("location")?.to_owned())
}

/// A parameter in an address's query that needs no decoding.
pub(crate) fn parameter<'a>(address: &'a str, name: &str) -> anyhow::Result<&'a str> {
    let (_, query) = address
        .split_once('?')
        .context("the address has no query")?;
    let value = query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .find_map(|(key, value)| (key == name).then_some(value));
    value.with_context(|| format!("no {name} in {query}"))
}

/// What the page's boxes stand for.
fn ticked(page: &str) -> impl Iterator<Item = &str> {
    let boxes = page.split("name=\"granted\" value=\"").skip(1);
    boxes.filter_map(|rest| rest.split_once('"').map(|(scope, _)| scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boxes_of_a_page_are_found() {
        let page = r#"<input name="granted" value="a" checked> <input name="granted" value="b">"#;
        assert_eq!(ticked(page).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_parameter_is_found_or_missed() {
        let address = "http://a/b?outcome=confirm&confirmation=c-_";
        assert_eq!(parameter(address, "confirmation").unwrap(), "c-_");
        assert!(parameter(address, "connection_id").is_err());
    }
}
