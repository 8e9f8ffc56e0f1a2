//! The first segment of the identity platform's paths: whose accounts may sign in.
//! <https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints>

use actix_web::HttpRequest;

use crate::identity::{PEOPLE, Person};

/// A tenant, or one of the names that stand for several.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Tenant {
    Common,
    Organizations,
    Consumers,
    One(String),
}

impl Tenant {
    /// The tenant in a request's path; an error with its text if there is none of that name.
    pub(super) fn of(request: &HttpRequest) -> Result<Self, String> {
        let name = request.match_info().query("tenant");
        match name {
            "common" => Ok(Self::Common),
            "organizations" => Ok(Self::Organizations),
            "consumers" => Ok(Self::Consumers),
            id if PEOPLE.iter().any(|person| person.tenant == id) => Ok(Self::One(id.to_owned())),
            other => Err(other.to_owned()),
        }
    }

    /// The name in the path.
    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Common => "common",
            Self::Organizations => "organizations",
            Self::Consumers => "consumers",
            Self::One(id) => id,
        }
    }

    /// Whether this person may sign in here.
    pub(super) fn admits(&self, person: &Person) -> bool {
        match self {
            Self::Common => true,
            Self::Organizations => !person.is_consumer(),
            Self::Consumers => person.is_consumer(),
            Self::One(id) => person.tenant == id,
        }
    }
}
