//! `/control/`: how a test in another process, or another language, steers the sandbox. It speaks JSON,
//! asks for no credentials, meets no faults and is not logged.

mod accounts;
mod clock;
mod faults;
mod files;
mod nextcloud;
mod onedrive;
mod redirect_uris;
mod requests;

use actix_web::web;

/// Where it is.
pub(crate) const BASE: &str = "/control";

/// The URL table.
pub(crate) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::resource("/faults")
                .get(faults::list)
                .post(faults::add)
                .delete(faults::clear),
        )
        .service(web::resource("/faults/{id}").delete(faults::remove))
        .service(
            web::resource("/contract-warnings")
                .get(files::warnings)
                .delete(files::clear_warnings),
        )
        .service(
            web::resource("/uploads")
                .get(files::uploads)
                .delete(files::end_uploads),
        )
        .service(web::resource("/storage-limit").post(files::limit_storage))
        .service(web::resource("/drive/files").post(files::add_drive_file))
        .service(web::resource("/onedrive/files").post(onedrive::add_file))
        .service(web::resource("/onedrive/recycle-bin").get(onedrive::recycle_bin))
        .service(
            web::resource("/requests")
                .get(requests::list)
                .delete(requests::clear),
        )
        .service(web::resource("/accounts").get(accounts::list))
        .service(web::resource("/revoke").post(accounts::revoke))
        .service(web::resource("/redirect-uris").post(redirect_uris::register))
        .configure(nextcloud::routes)
        .service(
            web::resource("/clock")
                .get(clock::show)
                .post(clock::advance),
        );
}
