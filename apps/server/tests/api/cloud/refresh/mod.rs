//! Renewing access tokens: by one server of several, through deaths and outages.

mod killed;
mod outage;
mod refused;
mod shared;
