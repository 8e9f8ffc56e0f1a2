//! What every test stands on: a running server, people who are logged in, and a plain HTTP client.

pub(crate) mod answer;
pub(crate) mod client;
pub(crate) mod consent;
pub(crate) mod content;
pub(crate) mod environment;
pub(crate) mod figures;
pub(crate) mod fleet;
pub(crate) mod folder;
pub(crate) mod multipart;
pub(crate) mod patience;
pub(crate) mod postgres;
pub(crate) mod process;
pub(crate) mod raw;
pub(crate) mod redis;
pub(crate) mod replicas;
#[path = "../../../../../crates/storage-backends/tests/s3/server.rs"]
pub(crate) mod s3;
pub(crate) mod scene;
pub(crate) mod server;
pub(crate) mod settings;
pub(crate) mod sockets;
pub(crate) mod storage;
pub(crate) mod token;
