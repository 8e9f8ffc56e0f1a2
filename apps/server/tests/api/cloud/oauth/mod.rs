//! `/api/cloud/oauth`: connecting by consenting at a provider.

mod binding;
mod connect;
mod disconnect;
mod once;
mod outcomes;
mod redis;
mod refused;
mod return_urls;
