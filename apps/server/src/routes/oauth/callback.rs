//! `GET /api/cloud/oauth/callback/{provider}`: where providers send browsers back to (RFC 6749, section
//! 4.1.2). Nobody is logged in here: the state tells whose answer it is.

use actix_web::http::Method;
use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse};
use serde::Deserialize;
use wharf::domain::provider::Provider;
use wharf::services::authorizations::{Answer, Refusal, Verdict};

use super::{binding, page};
use crate::error::{ApiError, Code};
use crate::extract::{Anybody, ProviderName, lenient_query, wants_page};
use crate::state::Shared;

pub(crate) const ERRORS: &[&[Code]] = &[&[
    Code::InvalidState,
    Code::UnknownProvider,
    Code::AuthorizationUnavailable,
    Code::DatabaseUnavailable,
    Code::KeyUnavailable,
]];

/// The longest value of a parameter, in bytes; Microsoft's codes take up more than a kilobyte.
const MAX_VALUE_BYTES: usize = 4096;

/// What an answer may say. Providers add what they like; it is passed over.
#[derive(Default, Deserialize)]
struct Parameters {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// Takes the answer of a provider. An answer that belongs to no authorization, whatever is wrong with
/// it, is one and the same refusal.
#[utoipa::path(
    get,
    path = "/api/cloud/oauth/callback/{provider}",
    operation_id = "oauthCallback",
    tag = "oauth",
    params(
        ("provider" = String, Path, description = "The provider that answers."),
        ("state" = String, Query, description = "The state."),
        ("code" = Option<String>, Query, description = "The code."),
        ("error" = Option<String>, Query, description = "Why there is none."),
        ("iss" = Option<String>, Query, description = "Who answers (RFC 9207).")
    ),
    responses((
        status = 303,
        description = "To the return address or the server's own page, with `outcome` in the query; beside \
                       `connected` with `connection_id`, beside `confirm` with `confirmation`.",
        headers(("Location" = String, description = "Where the browser goes on to."))
    ))
)]
pub(crate) async fn handle(
    Anybody(context): Anybody,
    ProviderName(provider): ProviderName,
    request: HttpRequest,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    if request.method() == Method::HEAD {
        // Whoever only looks must not use the answer up.
        return Err(ApiError::method_not_allowed("GET".to_owned()));
    }
    let browser = binding::read(request.headers(), &state);
    let answer = read(provider, request.query_string()).map(|answer| Answer { browser, ..answer });
    let taken = match answer {
        Some(answer) => {
            let authorizations = state.wharf.authorizations();
            let taken = authorizations.take_answer(&context, answer).await;
            taken.map_err(ApiError::from)
        }
        None => Err(Code::InvalidState.into()),
    };
    match taken {
        Ok(returned) => {
            let own = format!("{}/oauth/outcome", state.public_url);
            let to = page::address(
                returned.return_url.as_deref().unwrap_or(&own),
                &returned.outcome,
            );
            Ok(HttpResponse::SeeOther()
                .insert_header((LOCATION, to))
                .finish())
        }
        Err(error) if error.code() == Code::InvalidState && wants_page(request.headers()) => {
            Ok(page::invalid())
        }
        Err(error) => Err(error),
    }
}

/// The answer that a query is; `None` if a parameter is missing, repeated, contradicts another or is too
/// long.
fn read(provider: Provider, query: &str) -> Option<Answer> {
    let Parameters {
        state,
        code,
        error,
        iss,
    } = lenient_query(query).ok()?;
    let is_fit = |value: &Option<String>| {
        let len = value.as_ref().map(String::len);
        len.is_none_or(|len| (1..=MAX_VALUE_BYTES).contains(&len))
    };
    if ![&state, &code, &error, &iss].into_iter().all(is_fit) {
        return None;
    }
    let verdict = match (code, error) {
        (Some(code), None) => Verdict::Code(code.into()),
        (None, Some(error)) => Verdict::Refused(Refusal::of_code(&error)),
        _ => return None,
    };
    Some(Answer {
        provider,
        state: state?.into(),
        verdict,
        issuer: iss,
        browser: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_a_code_or_an_error_with_a_state() {
        let reads = |query: &str| read(Provider::GoogleDrive, query).is_some();
        assert!(reads("state=s&code=c"));
        assert!(reads("code=c&iss=i&scope=a%20b&scope=c&state=s&hd=x"));
        assert!(reads(
            "state=s&error=access_denied&error_description=%0d%0a<b>"
        ));
        for broken in [
            "",
            "state=s",
            "code=c",
            "state=&code=c",
            "state=s&code=",
            "state=s&state=s&code=c",
            "state=s&code=c&code=c",
            "state=s&code=c&error=e",
            "state=s&code=c&iss=i&iss=i",
            "state=s&code=%ff",
        ] {
            assert!(!reads(broken), "{broken}");
        }
        let code = |bytes| format!("state=s&code={}", "c".repeat(bytes));
        assert!(reads(&code(MAX_VALUE_BYTES)) && !reads(&code(MAX_VALUE_BYTES + 1)));
    }
}
