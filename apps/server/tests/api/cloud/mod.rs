//! `/api/cloud`.

mod connections;
mod folders;
mod items;
mod oauth;
mod refresh;
