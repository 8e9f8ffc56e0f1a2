//! `/api/cloud`.

mod connections;
mod folders;
mod google_drive;
mod items;
mod nextcloud;
mod oauth;
mod onedrive;
mod refresh;
