//! The URL table: every address there is, who may come to it, and what answers there.
//!
//! An address that does not stand here does not exist, and none can stand here without saying who may
//! come. The table configures the server, describes it and can be read as data.

mod admin;
mod audit;
mod auth;
mod connections;
mod docs;
mod documents;
mod errors;
mod folders;
mod items;
mod oauth;
mod providers;
mod service;
mod table;
mod users;

use self::table::url_table;

pub(crate) use self::admin::Erasure;
pub(crate) use self::audit::verify::{AuditFault, AuditVerdict};
pub(crate) use self::folders::WrittenPages;
pub use self::table::{Endpoint, Resource, Who};

url_table! {
    "/healthz" => Anyone { GET service::live }
    "/readyz" => Anyone { GET service::ready }
    "/metrics" => Anyone { GET service::metrics }
    "/openapi.json" => Anyone { GET service::openapi }
    "/docs" => Anyone { GET docs::page }
    "/docs/page.css" => Anyone { GET docs::style }
    "/docs/page.js" => Anyone { GET docs::script }
    "/" => Anyone { GET docs::home }

    "/api/auth/login" => Anyone { POST auth::login }
    "/api/auth/refresh" => Anyone { POST auth::refresh }
    "/api/auth/logout" => Anyone { POST auth::logout }

    "/api/users/me" => AnyUser { GET users::me }
    "/api/users/me/password" => AnyUser { PUT users::change_password }
    "/api/users/me/sessions" => AnyUser { GET users::list_sessions }
    "/api/users/me/sessions/{id}" => AnyUser { DELETE users::end_session }
    "/api/users/me/default-storage" => Regular { PATCH users::set_default_storage }

    "/oauth/outcome" => Anyone { GET oauth::outcome }
    "/api/cloud/providers" => Regular { GET providers::list }
    "/api/cloud/oauth/initiate/{provider}" => Regular { GET oauth::initiate }
    "/api/cloud/oauth/callback/{provider}" => Anyone { GET oauth::callback }
    "/api/cloud/oauth/complete" => Regular { POST oauth::complete }
    "/api/cloud/connections/webdav" => Regular { POST connections::connect_webdav }
    "/api/cloud/connections/nextcloud/login-flow" => Regular { POST connections::begin_login_flow }
    "/api/cloud/connections/nextcloud/login-flow/{id}" => Regular { GET connections::login_flow }
    "/api/cloud/connections" => Regular { GET connections::list }
    "/api/cloud/connections/{id}" => Regular {
        GET connections::get,
        PATCH connections::rename,
        DELETE connections::disconnect
    }
    "/api/cloud/connections/{id}/check" => Regular { POST connections::check }
    "/api/cloud/connections/{id}/folders" => Regular { POST folders::create }
    "/api/cloud/connections/{id}/folders/{folder_id}" => Regular { GET folders::by_connection }
    "/api/cloud/connections/{id}/folders/{folder_id}/items" => Regular { PUT items::upload }
    "/api/cloud/connections/{id}/items/{item_id}" => Regular {
        GET items::get,
        PATCH items::relocate,
        DELETE items::delete
    }
    "/api/cloud/connections/{id}/items/{item_id}/content" => Regular {
        GET items::content,
        PUT items::replace
    }
    "/api/cloud/connections/{id}/items/{item_id}/copy" => Regular { POST items::copy }
    "/api/cloud/folders/{provider}/{folder_id}" => Regular { GET folders::by_provider }

    "/api/documents" => Regular { POST documents::upload, GET documents::list }
    "/api/documents/{id}" => Regular { GET documents::get, DELETE documents::delete }
    "/api/documents/{id}/content" => Regular { GET documents::content }

    "/api/admin/users" => Admin { GET admin::list_users, POST admin::create_user }
    "/api/admin/users/{id}" => Admin {
        GET admin::get_user,
        PATCH admin::change_user,
        DELETE admin::delete_user
    }
    "/api/admin/users/{id}/connections" => Admin { GET admin::list_connections }
    "/api/admin/users/{id}/sessions" => Admin {
        GET admin::list_sessions,
        DELETE admin::end_sessions
    }
    "/api/admin/erasures/{id}" => Admin { GET admin::get_erasure }
    "/api/admin/audit" => Admin { GET audit::list }
    "/api/admin/audit/verify" => Admin { GET audit::verify }
}
