//! What this process holds in memory is its own: nobody gets a core dump of it, nor reads it as a debugger
//! does (M-01).

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Switches core dumps off, and on Linux reading by other processes of the same user too.
///
/// # Errors
/// If the operating system refuses.
pub fn keep_private() -> io::Result<()> {
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    setrlimit(Resource::Core, none)?;
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};

        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use rustix::process::getrlimit;

    use super::*;

    // M-01
    #[test]
    fn nobody_gets_a_dump() {
        keep_private().unwrap();

        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
        #[cfg(target_os = "linux")]
        {
            use rustix::process::{DumpableBehavior, dumpable_behavior};

            assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        }
    }
}
