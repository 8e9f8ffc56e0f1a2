//! The simulated Nextcloud: its WebDAV, OCS, Login Flow v2 and chunked upload. Nothing here knows
//! another provider.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/index.html>

mod access;
mod assembly;
mod authentication;
mod capabilities;
mod condition;
mod dav_file;
mod destination;
mod elsewhere;
mod error;
mod files;
mod filesystem;
mod home;
mod installation;
mod listing;
mod login;
mod login_flow;
mod login_page;
mod metadata;
mod multistatus;
mod name;
mod node;
mod numbers;
mod ocs;
mod orders;
mod person;
mod place;
mod properties;
mod propfind;
mod quota;
mod search;
mod terms;
mod throttle;
mod trash;
mod trashbin;
mod tree;
mod upload;
mod uploads;
mod user;
mod wish;
mod xml;

use actix_web::{HttpResponse, web};

pub(crate) use access::start;
pub(crate) use authentication::login_name;
pub(crate) use error::{maintenance, refusal};
pub(crate) use installation::{Installation, is_below};
pub(crate) use terms::{Late, Terms};

pub use access::NextcloudAccess;
pub use orders::{Nextcloud, NextcloudState};
pub use quota::Quota;
pub use upload::UploadFolder;
pub use user::LiveAppPassword;

/// Nextcloud's part of the URL table, once for each path that it is installed beneath. Most of it goes by
/// prefixes: patterns would take their time at every start.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    for base in installation::BASES {
        config.service(
            web::scope(base)
                .service(
                    web::scope("/remote.php/dav/files").default_service(web::to(files::handle)),
                )
                .service(
                    web::scope("/remote.php/dav/uploads").default_service(web::to(uploads::handle)),
                )
                .service(
                    web::scope("/remote.php/dav/trashbin")
                        .default_service(web::to(trashbin::handle)),
                )
                .service(web::resource("/remote.php/dav/").to(search::handle))
                .service(web::scope("/ocs").default_service(web::to(ocs::handle)))
                .service(web::resource(login::BEGIN).post(login::begin))
                .service(web::resource(login::POLL).post(login::poll))
                .service(
                    web::resource(format!("{}{{token}}", login::FLOW))
                        .get(login_page::show)
                        .post(login_page::decide),
                )
                .service(web::resource("/status.php").get(status)),
        );
    }
}

/// Says that there is a Nextcloud here.
async fn status() -> HttpResponse {
    HttpResponse::Ok().json(capabilities::status(false))
}
