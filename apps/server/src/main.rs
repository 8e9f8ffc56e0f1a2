//! The `wharf` program: it does what the command line says, or says on standard error why not.

use std::process::ExitCode;

use wharf_server::cli;
use wharf_server::error::chain::Chain;

/// Multi-threaded: work that outlives a request runs here, apart from the threads that serve it.
#[tokio::main]
#[expect(clippy::print_stderr, reason = "this is where refusals are said")]
async fn main() -> ExitCode {
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", Chain(&error));
            ExitCode::FAILURE
        }
    }
}
