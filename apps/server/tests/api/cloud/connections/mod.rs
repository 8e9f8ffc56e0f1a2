//! `/api/cloud/connections`.

mod check;
mod connect;
mod disconnect;
mod list;
mod not_webdav;
mod reauth;
mod refused_addresses;
