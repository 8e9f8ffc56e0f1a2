//! Lists a OneDrive, stores a file there, reads it back and puts it into the bin.
//!
//! `cargo run -p wharf-storage-backends --example onedrive < token`, where the file `token` holds an access
//! token with the scope `Files.ReadWrite`. A first argument is the address of another
//! API than Microsoft's, such as a sandbox's.

mod shared;
mod token;

use std::error::Error;

use wharf_domain::provider::Provider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    token::show(Provider::Onedrive, "https://graph.microsoft.com").await
}
