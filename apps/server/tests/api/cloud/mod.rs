//! `/api/cloud`.

mod connections;
mod folders;
mod items;
