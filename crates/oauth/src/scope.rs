//! The scopes that a server answers, in the spelling in which they were asked for.

use oauth2::Scope;
use wharf_domain::scopes::Scopes;

use crate::Description;

/// What the grant covers. Where the server says nothing, it is what was asked for (RFC 6749, section 5.1).
pub(crate) fn granted(description: &Description, answered: Option<&Vec<Scope>>) -> Scopes {
    let Some(answered) = answered else {
        return description.scopes.clone();
    };
    let spelt: Vec<&str> = answered
        .iter()
        .map(|scope| as_asked(description, scope))
        .collect();
    Scopes::parse(&spelt.join(" "))
}

/// Microsoft answers `https://graph.microsoft.com/files.readwrite` to `Files.ReadWrite`. Elsewhere a scope
/// is exactly itself (RFC 6749, section 3.3).
fn as_asked<'s>(description: &'s Description, answered: &'s str) -> &'s str {
    let Some(qualifier) = &description.scope_qualifier else {
        return answered;
    };
    let bare = match answered.split_at_checked(qualifier.len()) {
        Some((before, after)) if before.eq_ignore_ascii_case(qualifier) => after,
        _ => answered,
    };
    let mut asked = description.scopes.iter();
    asked
        .find(|asked| asked.eq_ignore_ascii_case(bare))
        .unwrap_or(answered)
}
