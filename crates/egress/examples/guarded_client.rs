//! Fetches what a stranger's address holds, or says why not.
//!
//! `cargo run -p wharf-egress --example guarded_client -- https://example.org/`

#![expect(clippy::print_stdout, reason = "an example talks to a person")]

use std::error::Error;

use reqwest::{Method, Request};
use wharf_egress::{Client, Exceptions, Limits, Options, Policy};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let typed = std::env::args().nth(1).unwrap_or_default();
    let client = Client::new(Policy::new(Exceptions::default()), Options::default())?;

    // What a person typed is judged before anything is resolved, and may be explained to them.
    let address = match client.policy().check_typed(&typed) {
        Ok(address) => address,
        Err(refusal) if refusal.decided_by_text() => return Err(refusal.into()),
        Err(_) => return Err("that address is not allowed".into()),
    };

    let request = Request::new(Method::GET, address.into_url());
    let answer = client
        .execute_following(request, Limits::default(), |_| {})
        .await?;
    println!("{} {}", answer.status(), answer.url());
    let page = answer.collect_capped(1024 * 1024).await?;
    println!("{} bytes", page.len());
    Ok(())
}
