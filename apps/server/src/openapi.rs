//! The OpenAPI 3.1 description, made of what the handlers say of themselves and of what the URL table
//! knows better: who may come, and which refusals there can be.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use utoipa::OpenApi as _;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Info, OpenApi, Ref, RefOr, Required, Response, ResponseBuilder, Schema,
    schema::ComponentsBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::error::Code;
use crate::error::problem::{MEDIA_TYPE, Problem};
use crate::routes::{Endpoint, Handlers, TABLE, Who};

const BEARER: &str = "bearer";

/// The media type of a content whose own is not known.
const OCTETS: &str = "application/octet-stream";

/// The description as JSON, the same at every call.
pub(crate) fn text() -> &'static str {
    static TEXT: LazyLock<String> = LazyLock::new(|| {
        let text = description().to_pretty_json();
        text.expect("the description is plain JSON") + "\n"
    });
    &TEXT
}

fn description() -> OpenApi {
    let mut description = Handlers::openapi();
    description.info = Info::new("Wharf", env!("CARGO_PKG_VERSION"));
    description.info.description = Some(
        "Lets the users of an application bring their own cloud storage. Lists are `items` and \
         `next_cursor`; every refusal is a problem (RFC 9457) with a stable `code`."
            .to_owned(),
    );
    let components = description.components.take().unwrap_or_default();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    description.components = Some(
        ComponentsBuilder::from(components)
            .schema(Problem::name(), Problem::schema())
            .security_scheme(BEARER, bearer)
            .build(),
    );
    for row in TABLE {
        let Some(item) = description.paths.paths.get_mut(row.path) else {
            continue;
        };
        for endpoint in row.endpoints {
            if let Some(operation) = operation(item, endpoint.method) {
                complete(operation, row.who, endpoint);
            }
        }
    }
    description
}

fn operation<'a>(item: &'a mut PathItem, method: &str) -> Option<&'a mut Operation> {
    let operation = match method {
        "GET" => &mut item.get,
        "POST" => &mut item.post,
        "PUT" => &mut item.put,
        "PATCH" => &mut item.patch,
        "DELETE" => &mut item.delete,
        _ => return None,
    };
    operation.as_mut()
}

/// Adds who may come and what may be refused.
fn complete(operation: &mut Operation, who: Who, endpoint: &Endpoint) {
    if who != Who::Anyone {
        operation.security = Some(vec![SecurityRequirement::new(BEARER, [""; 0])]);
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        without_null(body);
        if body.content.contains_key(OCTETS) {
            // Over HTTP no body and an empty one look alike, and an empty content is one.
            body.required = Some(Required::False);
        }
    }
    let groups = endpoint.errors.iter().chain(policy_errors(who));
    let codes: BTreeSet<Code> = groups.copied().flatten().copied().collect();
    let mut by_status: BTreeMap<u16, Vec<Code>> = BTreeMap::new();
    for code in codes {
        let status = code.status().as_u16();
        by_status.entry(status).or_default().push(code);
    }
    for (status, codes) in by_status {
        let responses = &mut operation.responses.responses;
        responses.insert(status.to_string(), refusal(&codes).into());
    }
}

/// A body that may be absent may not therefore be `null`, which is what an `Option` is described as.
fn without_null(body: &mut RequestBody) {
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::T(Schema::OneOf(choice))) = &content.schema
            && let Some(named) = choice.items.iter().find(|it| matches!(it, RefOr::Ref(_)))
        {
            content.schema = Some(named.clone());
        }
    }
}

/// What may be refused before the handler is asked, and by whatever it stands on.
const fn policy_errors(who: Who) -> &'static [&'static [Code]] {
    const BASE: &[Code] = &[Code::Internal];
    const TOKEN: &[Code] = &[
        Code::DatabaseUnavailable,
        Code::TokenMissing,
        Code::TokenInvalid,
        Code::TokenExpired,
        Code::AccountDisabled,
        Code::NoAccount,
        Code::IssuerUnavailable,
    ];
    const ROLE: &[Code] = &[Code::RoleNotAllowed];
    match who {
        Who::Anyone => &[BASE],
        Who::AnyUser => &[BASE, TOKEN],
        Who::Regular | Who::Admin => &[BASE, TOKEN, ROLE],
    }
}

/// The refusals with one status.
fn refusal(codes: &[Code]) -> Response {
    let lines = codes
        .iter()
        .map(|code| format!("- `{}`: {}", code.name(), code.meaning()));
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name())));
    ResponseBuilder::new()
        .description(lines.collect::<Vec<_>>().join("\n"))
        .content(MEDIA_TYPE, problem.build())
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::in_step;

    #[test]
    fn the_committed_description_is_in_step() {
        in_step("docs/openapi.json", text());
    }

    #[test]
    fn every_row_of_the_url_table_is_described_and_nothing_else() {
        let table: BTreeSet<(String, String)> = TABLE
            .iter()
            .flat_map(|row| {
                row.endpoints
                    .iter()
                    .map(|endpoint| (row.path, endpoint.method))
            })
            .map(|(path, method)| (path.to_owned(), method.to_lowercase()))
            .collect();
        let description: serde_json::Value = serde_json::from_str(text()).unwrap();
        let described: BTreeSet<(String, String)> = description["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                let methods = item.as_object().unwrap().keys();
                methods.map(|method| (path.clone(), method.clone()))
            })
            .collect();
        assert_eq!(table, described);
    }

    #[test]
    fn a_body_that_may_be_absent_is_not_null() {
        let description: serde_json::Value = serde_json::from_str(text()).unwrap();
        let body = &description["paths"]["/api/auth/refresh"]["post"]["requestBody"];
        assert!(body["required"].is_null(), "{body}");
        let schema = &body["content"]["application/json"]["schema"];
        let expected = serde_json::json!({"$ref": "#/components/schemas/RefreshToken"});
        assert_eq!(*schema, expected);
    }

    #[test]
    fn a_route_that_is_not_for_anyone_asks_for_a_bearer_token() {
        let description: serde_json::Value = serde_json::from_str(text()).unwrap();
        let operation = |path: &str| description["paths"][path]["get"].clone();
        let me = operation("/api/users/me");
        assert_eq!(me["security"][0]["bearer"], serde_json::json!([]));
        let refused = |operation: &serde_json::Value| {
            let refusals = operation["responses"]["403"]["description"].as_str();
            refusals.unwrap().contains("`role_not_allowed`")
        };
        assert!(me["responses"]["401"].is_object() && !refused(&me));
        assert!(refused(&operation("/api/documents")));
        assert!(operation("/healthz")["security"].is_null());
    }
}
