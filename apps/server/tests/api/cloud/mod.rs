//! `/api/cloud`.

mod connections;
mod folders;
mod google_drive;
mod items;
mod oauth;
mod refresh;
