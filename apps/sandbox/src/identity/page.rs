//! The pages that people see at a provider: whose account, and may the application.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, ContentType};

use super::parameters::Parameters;
use super::person::Person;

/// A scope on the page.
pub(crate) struct Choice<'a> {
    pub(crate) scope: &'a str,
    /// Whether the person may untick it.
    pub(crate) is_optional: bool,
}

/// The page that asks. Its form goes to `action` and brings the request's own parameters along.
pub(crate) fn consent_page<'p>(
    provider: &str,
    action: &str,
    people: impl Iterator<Item = &'p Person>,
    choices: &[Choice<'_>],
    parameters: &Parameters,
) -> HttpResponse {
    let hidden: String = parameters
        .iter()
        .map(|(name, value)| {
            let (name, value) = (escaped(name), escaped(value));
            format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">\n")
        })
        .collect();
    let hint = parameters.get("login_hint");
    let accounts: String = people
        .enumerate()
        .map(|(index, person)| {
            let is_chosen = hint.map_or(index == 0, |hint| hint == person.email);
            account(person, is_chosen)
        })
        .collect();
    let scopes: String = choices.iter().map(scope).collect();
    let body = format!(
        "<h1>{provider} (simulated)</h1>\n<form method=\"post\" action=\"{}\">\n{hidden}\
         <fieldset><legend>Choose an account</legend>\n{accounts}</fieldset>\n\
         <fieldset><legend>The application wants to</legend>\n{scopes}</fieldset>\n\
         <button name=\"decision\" value=\"deny\">Cancel</button>\n\
         <button name=\"decision\" value=\"grant\">Continue</button>\n</form>\n",
        escaped(action)
    );
    page(StatusCode::OK, provider, &body)
}

/// The page for a request that cannot be answered in any other way.
pub(crate) fn error_page(status: StatusCode, title: &str, text: &str) -> HttpResponse {
    let (title, text) = (escaped(title), escaped(text));
    page(
        status,
        &title,
        &format!("<h1>{title}</h1>\n<p>{text}</p>\n"),
    )
}

fn account(person: &Person, is_chosen: bool) -> String {
    let checked = if is_chosen { " checked" } else { "" };
    format!(
        "<label><input type=\"radio\" name=\"account\" value=\"{0}\"{checked}> {1} ({0})</label><br>\n",
        escaped(person.email),
        escaped(person.name)
    )
}

fn scope(choice: &Choice<'_>) -> String {
    let scope = escaped(choice.scope);
    if choice.is_optional {
        format!(
            "<label><input type=\"checkbox\" name=\"granted\" value=\"{scope}\" checked> {scope}</label><br>\n"
        )
    } else {
        format!("<input type=\"hidden\" name=\"granted\" value=\"{scope}\">{scope}<br>\n")
    }
}

/// A page with this content, which is HTML.
pub(crate) fn page(status: StatusCode, title: &str, body: &str) -> HttpResponse {
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(format!(
            "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
             <body>\n{body}</body></html>\n"
        ))
}

/// Text that is only text wherever it stands in a page.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}
