//! What must hold of any input, whoever makes it up: `fuzz/` looks for inputs of which it does not, and
//! the tests try those that it kept.

pub(crate) mod key_file;
pub(crate) mod record;
