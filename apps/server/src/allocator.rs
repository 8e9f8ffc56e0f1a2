//! How much freed memory the allocator keeps: none. Left to itself it keeps for a second, and then until
//! it is next asked, what a burst has used: the 19 MiB of each password that is hashed, for one
//! (docs/performance.md).

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// How many milliseconds freed memory is kept (mimalloc's documentation, "environment options").
const OPTION: &str = "MIMALLOC_PURGE_DELAY";

/// What the option is set to, for the log.
#[expect(
    clippy::disallowed_methods,
    reason = "it is the allocator's setting, and read by it alone"
)]
pub(crate) fn setting() -> Option<OsString> {
    env::var_os(OPTION)
}

/// Sees to it that the option is set. The allocator reads it before anything of this program runs, so a
/// program that was started without it begins again with it, in the same process; whoever sets it decides
/// for themselves.
#[expect(
    clippy::disallowed_methods,
    reason = "it is the allocator's setting, and read by it alone"
)]
pub fn configure() {
    if env::var_os(OPTION).is_some() {
        return;
    }
    let Ok(program) = env::current_exe() else {
        return;
    };
    let mut arguments = env::args_os();
    let mut again = Command::new(program);
    if let Some(name) = arguments.next() {
        again.arg0(name);
    }
    // It comes back only where that is not possible, and then everything goes on with more memory.
    let _ = again.args(arguments).env(OPTION, "0").exec();
}
