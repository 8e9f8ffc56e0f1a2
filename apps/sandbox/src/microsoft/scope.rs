//! Microsoft's scopes. <https://learn.microsoft.com/entra/identity-platform/scopes-oidc>

/// The resource that scopes without one belong to.
const GRAPH: &str = "https://graph.microsoft.com/";

/// Everything that was granted at Graph.
pub(super) const GRAPH_DEFAULT: &str = "https://graph.microsoft.com/.default";

pub(super) const OFFLINE_ACCESS: &str = "offline_access";

/// The scope without its resource, if that is Graph; `None` if it is another's.
pub(super) fn of_graph(scope: &str) -> Option<&str> {
    match scope.strip_prefix(GRAPH) {
        Some(name) => Some(name),
        None => (!scope.contains("://")).then_some(scope),
    }
}

/// Whether one of the granted scopes is this. Case does not matter.
pub(super) fn has(granted: &[String], wanted: &str) -> bool {
    granted
        .iter()
        .any(|scope| scope.eq_ignore_ascii_case(wanted))
}

/// Whether the files of the person may at least be read.
pub(super) fn opens_files(granted: &[String]) -> bool {
    granted
        .iter()
        .any(|scope| scope.to_ascii_lowercase().starts_with("files.read"))
}

/// Whether the files of the person may be changed.
pub(super) fn changes_files(granted: &[String]) -> bool {
    granted
        .iter()
        .any(|scope| scope.to_ascii_lowercase().starts_with("files.readwrite"))
}
