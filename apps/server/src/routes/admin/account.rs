//! How an account looks to an admin.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use wharf::domain::user::{Role, User};

use crate::error::ApiError;
use crate::extract::name_of_place;

/// An account, as an admin sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Account {
    /// The account's id.
    #[schema(format = Uuid)]
    id: String,
    /// The user's mail address.
    email: String,
    /// `regular` or `admin`.
    #[schema(example = "regular")]
    role: &'static str,
    /// Whether it is switched off.
    disabled: bool,
    /// Since when it is switched off; null while it is on.
    #[schema(required, format = DateTime)]
    disabled_at: Option<String>,
    /// Who the user is at the outside issuer that vouches for them; null where a password does.
    #[schema(required)]
    subject: Option<String>,
    /// Where documents go unless told: `house`, or the id of a connection.
    #[schema(example = "house")]
    default_storage: String,
    /// When the account was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<User> for Account {
    fn from(user: User) -> Self {
        let User {
            id,
            email,
            role,
            session_epoch: _,
            default_storage,
            outside,
            tokens_from: _,
            disabled_at,
            created_at,
        } = user;
        Self {
            id: id.to_string(),
            email: email.as_str().to_owned(),
            role: role.as_str(),
            disabled: disabled_at.is_some(),
            disabled_at: disabled_at.map(|at| at.to_string()),
            subject: outside.map(|outside| outside.subject().to_owned()),
            default_storage: name_of_place(default_storage),
            created_at: created_at.to_string(),
        }
    }
}

/// What a user may do, by its name.
#[derive(Deserialize, ToSchema)]
#[schema(as = Role, value_type = String, example = "regular")]
#[serde(transparent)]
pub(crate) struct RoleName(String);

impl RoleName {
    pub(super) fn read(&self) -> Result<Role, ApiError> {
        let role = self.0.parse();
        role.map_err(|error| ApiError::invalid("role", error))
    }
}
