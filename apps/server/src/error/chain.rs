//! An error with all that lies beneath it, in one line.

use std::error::Error;
use std::fmt;

/// Writes an error and its causes, outermost first, separated by colons.
#[derive(Debug)]
pub struct Chain<'a>(pub &'a (dyn Error + 'static));

impl fmt::Display for Chain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut cause = self.0.source();
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::CliError;

    #[test]
    fn causes_follow_in_order() {
        let error = CliError::Serve(std::io::Error::other("planted"));
        assert_eq!(Chain(&error).to_string(), "the server failed: planted");
    }
}
