//! How an account looks to its user.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::user::User;

use crate::extract::name_of_place;

/// An account, as its user sees it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Profile {
    /// The account's id.
    #[schema(format = Uuid)]
    id: String,
    /// The mail address to log in with.
    email: String,
    /// `regular` or `admin`.
    #[schema(example = "regular")]
    role: &'static str,
    /// Where documents go unless told: `house`, or the id of a connection.
    #[schema(example = "house")]
    default_storage: String,
    /// When the account was made.
    #[schema(format = DateTime)]
    created_at: String,
}

impl From<User> for Profile {
    fn from(user: User) -> Self {
        let User {
            id,
            email,
            role,
            session_epoch: _,
            default_storage,
            outside: _,
            tokens_from: _,
            disabled_at: _,
            created_at,
        } = user;
        Self {
            id: id.to_string(),
            email: email.as_str().to_owned(),
            role: role.as_str(),
            default_storage: name_of_place(default_storage),
            created_at: created_at.to_string(),
        }
    }
}
