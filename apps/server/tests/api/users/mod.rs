//! `/api/users`.

mod default_storage;
mod me;
