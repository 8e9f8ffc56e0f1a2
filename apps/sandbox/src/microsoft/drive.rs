//! The simulated OneDrive behind Graph, version 1.0: everyone's drive, and the routes to it.
//! <https://learn.microsoft.com/graph/api/resources/onedrive>

mod address;
mod answer;
mod bin;
mod caller;
mod changes;
mod children;
mod conflict;
mod content;
mod copies;
mod copy;
mod create_folder;
mod delete;
mod delta;
mod download;
mod drives;
mod get;
mod item;
mod kind;
mod link;
mod monitor;
mod name;
mod office;
mod order;
mod parent;
mod payload;
mod plant;
mod put;
mod quota;
mod resource;
mod select;
mod skip_token;
mod state;
mod target;
mod tree;
mod update;
mod upload;

use actix_web::web;

use super::{me, refusal, scope, time};

pub use bin::RecycledItem;
pub(crate) use state::OneDriveState;

/// Where the addresses are that OneDrive gives out: they need no access token, and get none.
pub(crate) const LENT: &str = "/onedrive/";

const DOWNLOAD: &str = "/onedrive/download";
const UPLOAD: &str = "/onedrive/upload";
const MONITOR: &str = "/onedrive/monitor";

/// OneDrive's part of the URL table; paths with colons in them need a closer look than a table takes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .service(web::resource(DOWNLOAD).get(download::download))
        .service(
            web::resource(UPLOAD)
                .get(upload::status)
                .put(upload::fragment)
                .delete(upload::cancel),
        )
        .service(web::resource(MONITOR).get(monitor::show))
        .service(web::resource("/v1.0/drives").get(drives::list))
        .service(web::resource("/v1.0/me/drives").get(drives::list))
        .service(web::resource("/v1.0/{path:.*}").to(answer::answer));
}
