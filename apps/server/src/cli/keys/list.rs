//! `wharf keys list`: prints the keys, oldest first.

use std::io::Write;

use wharf::services::operator_keys::OperatorKeys;

use crate::cli::CliError;

pub(super) async fn run(keys: &OperatorKeys, out: &mut impl Write) -> Result<(), CliError> {
    for key in keys.list().await? {
        let state = key.state.as_str();
        let created = key.created_at.map(|at| at.to_string());
        let created = created.as_deref().unwrap_or("-");
        writeln!(out, "{} {state} {created} {}", key.id, key.records)?;
    }
    Ok(())
}
