//! Lists a Google Drive, stores a file there, reads it back and puts it into the bin.
//!
//! `cargo run -p wharf-storage-backends --example google_drive < token`, where the file `token` holds an access
//! token with the scope `https://www.googleapis.com/auth/drive`. A first argument is the address of another
//! API than Google's, such as a sandbox's.

mod shared;
mod token;

use std::error::Error;

use wharf_domain::provider::Provider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    token::show(Provider::GoogleDrive, "https://www.googleapis.com").await
}
