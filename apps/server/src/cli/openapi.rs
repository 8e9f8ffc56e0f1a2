//! `wharf openapi`: prints the description. It needs no settings and no data.

use std::io::Write;

use super::CliError;
use crate::openapi;

pub(super) fn run(out: &mut impl Write) -> Result<(), CliError> {
    Ok(out.write_all(openapi::text().as_bytes())?)
}
