//! Reading a flat form strictly, whatever its notation: each misfit is traced to its field.

use std::fmt::Display;

use serde::Deserializer;
use serde::de::DeserializeOwned;

use crate::error::{ApiError, Code};

/// Longer names of unknown fields are not repeated to whoever sent them.
const MAX_FIELD_CHARS: usize = 100;

/// Reads a form whose type refuses unknown fields; missing and repeated ones are refused by serde.
pub(super) fn read<'de, T, D>(source: D) -> Result<T, ApiError>
where
    T: DeserializeOwned,
    D: Deserializer<'de, Error: Display>,
{
    serde_path_to_error::deserialize(source)
        .map_err(|misfit| refusal(&misfit.path().to_string(), &misfit.inner().to_string()))
}

/// Says which field is wrong. The values themselves may be secret and are never repeated.
fn refusal(path: &str, message: &str) -> ApiError {
    let named = [
        ("missing field `", "is missing"),
        ("duplicate field `", "is there twice"),
        ("unknown field `", "is not known here"),
    ];
    for (opening, detail) in named {
        let rest = message.strip_prefix(opening);
        if let Some((field, _)) = rest.and_then(|rest| rest.split_once('`')) {
            let field: String = field.chars().take(MAX_FIELD_CHARS).collect();
            return ApiError::invalid(field, detail);
        }
    }
    match path {
        "." | "?" => ApiError::new(Code::InvalidRequest),
        field => ApiError::invalid(field, "is not of the expected kind"),
    }
}

#[cfg(test)]
mod tests {
    use actix_web::ResponseError as _;
    use serde::Deserialize;
    use wharf::domain::context::RequestId;

    use super::*;
    use crate::error::problem::Problem;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Form {
        #[serde(rename = "name")]
        _name: String,
        #[serde(rename = "limit")]
        _limit: Option<u16>,
    }

    fn problem(error: &ApiError) -> serde_json::Value {
        assert_eq!(error.status_code(), 400);
        serde_json::from_str(&Problem::new(error, RequestId([0; 16])).to_json()).unwrap()
    }

    #[test]
    fn a_misfit_in_json_is_traced_to_its_field() {
        for (text, field, detail) in [
            ("{}", "name", "is missing"),
            (r#"{"name":"a","name":"b"}"#, "name", "is there twice"),
            (r#"{"name":"a","x":1}"#, "x", "is not known here"),
            (r#"{"name":7}"#, "name", "is not of the expected kind"),
            (
                r#"{"name":"a","limit":-1}"#,
                "limit",
                "is not of the expected kind",
            ),
        ] {
            let mut source = serde_json::Deserializer::from_str(text);
            let problem = problem(&read::<Form, _>(&mut source).unwrap_err());
            assert_eq!(problem["field"], field, "{text}");
            assert_eq!(problem["detail"], detail, "{text}");
        }
    }

    #[test]
    fn a_misfit_in_a_query_is_traced_to_its_field() {
        for (text, field, detail) in [
            ("", "name", "is missing"),
            ("name=a&name=b", "name", "is there twice"),
            ("name=a&x=1", "x", "is not known here"),
            ("name=a&limit=70000", "limit", "is not of the expected kind"),
        ] {
            let problem = problem(&super::super::query::read::<Form>(text).unwrap_err());
            assert_eq!(problem["field"], field, "{text}");
            assert_eq!(problem["detail"], detail, "{text}");
        }
    }

    #[test]
    fn a_value_is_never_repeated() {
        let mut source = serde_json::Deserializer::from_str(r#"{"name":"a","limit":"canary"}"#);
        let error = read::<Form, _>(&mut source).unwrap_err();
        assert!(!format!("{error:?} {error} {}", problem(&error)).contains("canary"));
    }
}
