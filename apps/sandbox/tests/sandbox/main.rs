//! The sandbox over real HTTP.

mod client;
mod odd;
mod program;
mod webdav;
