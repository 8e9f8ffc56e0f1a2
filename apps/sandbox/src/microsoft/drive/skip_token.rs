//! `$skiptoken`: where a listing goes on. The token holds the place of the last item that was shown, and
//! tells whether the address that it is in is still as it was given out.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::caller::Caller;
use super::link::LinkKey;
use super::order::Place;
use super::refusal::Refusal;

const PARAMETER: &str = "$skiptoken";

/// Where a listing goes on.
pub(super) struct Start {
    pub(super) behind: Place,
    /// Whether the client has changed the address.
    pub(super) is_altered: bool,
}

/// The address of the rest of a listing, behind this place.
pub(super) fn next_link(key: &LinkKey, caller: &Caller, place: &Place) -> String {
    let text = format!("{} {}", place.value, place.name);
    let signature = key.signature(&format!("{} {text}", question(caller)));
    let token = format!("{}.{signature}", URL_SAFE_NO_PAD.encode(text));
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others(caller))
        .append_pair(PARAMETER, &token)
        .finish();
    format!("{}{}?{query}", caller.origin, caller.path)
}

/// Where the caller wants a listing to go on; `None` is its begin.
pub(super) fn start(key: &LinkKey, caller: &Caller) -> Result<Option<Start>, Refusal> {
    let Some(token) = caller.query.get(PARAMETER) else {
        return Ok(None);
    };
    let invalid = || Refusal::invalid_request("The skiptoken is not valid.");
    let (text, signature) = token.split_once('.').ok_or_else(invalid)?;
    let text = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
    let text = String::from_utf8(text).map_err(|_| invalid())?;
    let (value, name) = text.split_once(' ').ok_or_else(invalid)?;
    let behind = Place {
        value: value.parse().map_err(|_| invalid())?,
        name: name.to_owned(),
    };
    let is_altered = signature != key.signature(&format!("{} {text}", question(caller)));
    Ok(Some(Start { behind, is_altered }))
}

/// Everything in the address but the token.
fn question(caller: &Caller) -> String {
    let others = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others(caller))
        .finish();
    format!("{} {others}", caller.path)
}

fn others(caller: &Caller) -> impl Iterator<Item = (&str, &str)> {
    caller.query.iter().filter(|(name, _)| *name != PARAMETER)
}
