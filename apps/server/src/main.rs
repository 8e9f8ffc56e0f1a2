//! The `wharf` program: it does what the command line says, or says on standard error why not.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use wharf_server::error::chain::Chain;
use wharf_server::{allocator, cli};

/// Gives memory back that a burst has used, such as 19 MiB for each password that is hashed; the
/// system's own allocator keeps it (docs/performance.md).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    allocator::configure();
    run()
}

/// Multi-threaded: work that outlives a request runs here, apart from the threads that serve it.
#[tokio::main]
#[expect(clippy::print_stderr, reason = "this is where refusals are said")]
async fn run() -> ExitCode {
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", Chain(&error));
            ExitCode::FAILURE
        }
    }
}
