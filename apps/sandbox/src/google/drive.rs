//! The simulated Drive, version 3: everyone's files, and the routes to them.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3>

mod about;
mod access;
mod caller;
mod change;
mod change_list;
mod copy;
mod create;
mod delete;
mod download;
mod drive_list;
mod export;
mod file;
mod generate_ids;
mod get;
mod ids;
mod list;
mod mask;
mod members;
mod metadata;
mod native;
mod order;
mod pages;
mod plant;
mod query;
mod refusal;
mod resource;
mod shared_drive;
mod state;
mod time;
mod update;
mod upload;
mod world;

use actix_web::web;

use super::error;

pub(crate) use state::DriveState;

/// Drive's part of the URL table.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(
            web::scope("/drive/v3")
                .service(web::resource("/about").get(about::show))
                .service(web::resource("/changes").get(change_list::list))
                .service(web::resource("/changes/startPageToken").get(change_list::start))
                .service(web::resource("/drives").get(drive_list::list))
                .service(web::resource("/drives/{id}").get(drive_list::get))
                .service(
                    web::resource("/files")
                        .get(list::list)
                        .post(create::with_metadata),
                )
                .service(web::resource("/files/generateIds").get(generate_ids::generate))
                .service(web::resource("/files/trash").delete(delete::empty_trash))
                .service(
                    web::resource("/files/{id}")
                        .get(get::get)
                        .patch(update::with_metadata)
                        .delete(delete::delete),
                )
                .service(web::resource("/files/{id}/copy").post(copy::copy))
                .service(web::resource("/files/{id}/export").get(export::export))
                .default_service(web::to(error::not_found)),
        )
        .service(web::resource(export::LINKED).get(export::linked))
        // The second is the path that the discovery document has for resumable uploads.
        .service(web::scope("/upload/drive/v3").configure(upload::routes))
        .service(web::scope("/resumable/upload/drive/v3").configure(upload::routes));
}
