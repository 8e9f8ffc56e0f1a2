//! `/api/cloud`.

mod connections;
mod folders;
