//! `POST /api/admin/users`: a new account.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;
use serde::Deserialize;
use utoipa::ToSchema;
use wharf::domain::outside::OutsideSubject;
use wharf::domain::text::InvalidText;
use wharf::services::accounts::NewLogin;

use super::account::{Account, RoleName};
use crate::error::{ApiError, Code};
use crate::extract::{Caller, Json, NoQuery, Query};
use crate::routes::errors;
use crate::state::{Shared, State};

pub(crate) const ERRORS: &[&[Code]] = &[errors::JSON, &[Code::AlreadyExists, Code::Busy]];

/// A new account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUser {
    /// The mail address, which no other account has.
    #[schema(example = "anna@example.com")]
    email: String,
    /// `regular` or `admin`.
    role: RoleName,
    /// The password to log in with: 8 to 1,024 bytes. This or `subject`.
    #[schema(format = Password)]
    password: Option<String>,
    /// Who the user is at the outside issuer, which then vouches for them. This or `password`.
    subject: Option<String>,
}

/// Makes an account.
#[utoipa::path(
    post,
    path = "/api/admin/users",
    operation_id = "createUser",
    tag = "administration",
    request_body = NewUser,
    responses((
        status = 201,
        description = "The account.",
        body = Account,
        headers(("Location" = String, description = "Where the account is."))
    ))
)]
pub(crate) async fn handle(
    Caller { context, .. }: Caller,
    _: Query<NoQuery>,
    Json(new): Json<NewUser>,
    state: Shared,
) -> Result<HttpResponse, ApiError> {
    let NewUser {
        email,
        role,
        password,
        subject,
    } = new;
    let email = email.parse();
    let email = email.map_err(|error: InvalidText| ApiError::invalid("email", error))?;
    let role = role.read()?;
    let login = match (password, subject) {
        (Some(password), None) => NewLogin::Password(password.into()),
        (None, Some(subject)) => NewLogin::Outside(outside(&state, &subject)?),
        _ => {
            let detail = "exactly one of password and subject is needed";
            return Err(ApiError::invalid("password", detail));
        }
    };
    let accounts = state.wharf.accounts();
    let user = accounts.create(&context, email, role, login).await?;
    let location = format!("/api/admin/users/{}", user.id);
    let mut answer = HttpResponse::Created();
    answer.insert_header((LOCATION, location));
    Ok(answer.json(Account::from(user)))
}

/// The person whom the issuer that the settings name calls so.
fn outside(state: &State, subject: &str) -> Result<OutsideSubject, ApiError> {
    let Some(issuer) = &state.outside_issuer else {
        let detail = "no outside issuer is set up here";
        return Err(ApiError::invalid("subject", detail));
    };
    OutsideSubject::new(issuer, subject).map_err(|error| ApiError::invalid("subject", error))
}
