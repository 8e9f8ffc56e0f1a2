//! What the rows of the URL table are made of, and how they become routes.

use actix_web::dev::HttpServiceFactory;
use actix_web::http::Method;
use actix_web::middleware::from_fn;
use actix_web::{Route, Scope, guard, web};
use wharf::domain::user::Role;

use crate::error::{ApiError, Code};
use crate::middleware::{admit, contain};

/// An address, who may come to it, and what answers there.
#[derive(Clone, Copy, Debug)]
pub struct Resource {
    /// The address, with variable segments in braces.
    pub path: &'static str,
    /// Who may come, whatever the method.
    pub who: Who,
    /// What answers there, by method.
    pub endpoints: &'static [Endpoint],
}

/// What answers to a method.
#[derive(Clone, Copy, Debug)]
pub struct Endpoint {
    /// The method. Whatever answers to GET answers to HEAD too.
    pub method: &'static str,
    /// The codes of its own refusals, in groups; those of the access policy come on top.
    pub errors: &'static [&'static [Code]],
}

/// Who may come to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever asks.
    Anyone,
    /// Whoever has an account.
    AnyUser,
    /// Users with storages of their own, and no admin.
    Regular,
    /// Admins only.
    Admin,
}

impl Who {
    /// Whether an account with this role may come.
    pub const fn admits(self, role: Role) -> bool {
        match self {
            Self::Anyone | Self::AnyUser => true,
            Self::Regular => matches!(role, Role::Regular),
            Self::Admin => matches!(role, Role::Admin),
        }
    }
}

impl Resource {
    /// The methods that are answered, as they stand in an `Allow` header.
    pub fn allowed(&self) -> String {
        let methods = self.endpoints.iter().map(|endpoint| match endpoint.method {
            "GET" => "GET, HEAD",
            method => method,
        });
        methods.collect::<Vec<_>>().join(", ")
    }
}

/// Adds the rows to the server, those first whose addresses have no variable segment. The server tries
/// one after the other; a plain address is compared as a string, and a pattern costs many times that.
pub(super) fn add(scope: Scope, mut rows: Vec<(&Resource, Vec<Route>)>) -> Scope {
    rows.sort_by_key(|(row, _)| row.path.contains('{'));
    rows.into_iter().fold(scope, |scope, (row, routes)| {
        scope.service(resource(row, routes))
    })
}

/// The service at an address: the access policy stands before every method, known or not.
fn resource(row: &Resource, routes: Vec<Route>) -> impl HttpServiceFactory + use<> {
    let (who, allowed) = (row.who, row.allowed());
    let refuse = move || {
        let refusal = ApiError::method_not_allowed(allowed.clone());
        async { Err::<&str, _>(refusal) }
    };
    let service = routes
        .into_iter()
        .fold(web::resource(row.path), |service, route| {
            service.route(route)
        });
    service
        .default_service(web::route().to(refuse))
        .wrap(from_fn(move |request, next| admit(who, request, next)))
        .wrap(from_fn(contain))
}

/// A route that answers to this method.
pub(super) fn on(method: Method) -> Route {
    match method {
        Method::GET => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        method => web::method(method),
    }
}

/// Makes of the table its data, its routes and its description.
macro_rules! url_table {
    ($($path:literal => $who:ident { $($method:ident $noun:ident::$verb:ident),+ })+) => {
        /// The URL table as data.
        pub const TABLE: &[Resource] = &[$(Resource {
            path: $path,
            who: Who::$who,
            endpoints: &[$(Endpoint {
                method: stringify!($method),
                errors: $noun::$verb::ERRORS,
            }),+],
        }),+];

        /// Adds every address to the server.
        pub(crate) fn add_to(scope: actix_web::Scope) -> actix_web::Scope {
            let routes = [$(vec![$(
                table::on(actix_web::http::Method::$method).to($noun::$verb::handle)
            ),+]),+];
            table::add(scope, TABLE.iter().zip(routes).collect())
        }

        /// What the handlers say of themselves.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($noun::$verb::handle),+),+))]
        pub(crate) struct Handlers;
    };
}
pub(super) use url_table;

#[cfg(test)]
mod tests {
    use actix_web::{App, test};

    use super::*;

    #[tokio::test]
    async fn a_plain_address_goes_before_every_pattern() {
        let row = |path| Resource {
            path,
            who: Who::Anyone,
            endpoints: &[],
        };
        let answering = |text: &'static str| vec![web::get().to(move || async move { text })];
        let (pattern, plain) = (row("/things/{id}"), row("/things/all"));
        let rows = vec![
            (&pattern, answering("pattern")),
            (&plain, answering("plain")),
        ];
        let app = test::init_service(App::new().service(add(web::scope(""), rows))).await;
        for (uri, expected) in [("/things/all", "plain"), ("/things/1", "pattern")] {
            let request = test::TestRequest::get().uri(uri).to_request();
            assert_eq!(test::call_and_read_body(&app, request).await, expected);
        }
    }

    #[test]
    fn a_role_opens_its_own_addresses_only() {
        let admitted = |role| {
            [Who::Anyone, Who::AnyUser, Who::Regular, Who::Admin].map(|who| who.admits(role))
        };
        assert_eq!(admitted(Role::Regular), [true, true, true, false]);
        assert_eq!(admitted(Role::Admin), [true, true, false, true]);
    }
}
