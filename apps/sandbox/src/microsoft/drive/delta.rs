//! `GET delta`: everything in a drive at first, and what has changed from then on.
//! <https://learn.microsoft.com/graph/api/driveitem-delta>

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::answer::Call;
use super::caller::Caller;
use super::changes::Change;
use super::children::page_size;
use super::plant;
use super::refusal::Refusal;
use super::resource::View;
use super::select::Select;

/// The token for changes from now on.
const LATEST: &str = "latest";

/// How far a client has come.
#[derive(Clone, Copy)]
struct Progress {
    /// The number of the last change that it was told.
    number: u64,
    /// Whether it is still being told what there is, for the first time.
    is_initial: bool,
}

/// Whether an action is this one, perhaps with its token in parentheses.
pub(super) fn is_meant(action: &str) -> bool {
    action == "delta" || action.starts_with("delta(")
}

pub(super) fn list(call: &Call<'_>, action: &str) -> Result<HttpResponse, Refusal> {
    let (simulation, caller) = (call.simulation, &call.caller);
    let select = Select::of_item(caller)?;
    let size = page_size(caller)?;
    let mut drives = simulation.onedrive.drives(simulation);
    let drive = call.drive(&mut drives)?;
    // What is planted later would seem to have changed.
    plant::rest(drive);
    if drive.find(&call.item)?.parent.is_some() {
        let message = "The sandbox follows whole drives only.";
        return Err(Refusal::not_supported(message));
    }
    let last = drive.changes.last();
    let token = in_parentheses(action).or(caller.query.get("token"));
    let start = Progress::asked(token, last);
    let start = start.ok_or_else(|| Refusal::resync(begin(caller)))?;
    let view = View {
        simulation,
        drive,
        origin: &caller.origin,
    };
    let mut told = start;
    let mut shown = Vec::new();
    let mut changes = drive.changes.since(start.number).peekable();
    while shown.len() < size
        && let Some((number, change)) = changes.next()
    {
        told.number = number;
        shown.extend(resource(view, change, &select, start.is_initial));
    }
    let (name, token) = if changes.peek().is_some() {
        ("@odata.nextLink", told.written())
    } else {
        let done = Progress {
            number: last,
            is_initial: false,
        };
        ("@odata.deltaLink", done.written())
    };
    Ok(HttpResponse::Ok().json(json!({
        "@odata.context": format!("{}/v1.0/$metadata#Collection(driveItem)", caller.origin),
        name: link(caller, &token),
        "value": shown,
    })))
}

/// Where everything is told once more.
fn begin(caller: &Caller) -> String {
    let path = caller.path.split('(').next().unwrap_or_default();
    format!("{}{path}", caller.origin)
}

/// The address of what comes next, with everything that the client has asked for.
fn link(caller: &Caller, token: &str) -> String {
    let others = caller.query.iter().filter(|(name, _)| *name != "token");
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(others)
        .append_pair("token", token)
        .finish();
    format!("{}?{query}", begin(caller))
}

/// What a client is told of a change. Who asks for the first time need not know what is gone.
fn resource(view: View<'_>, change: &Change, select: &Select, is_initial: bool) -> Option<Value> {
    match change {
        Change::Changed(id) => Some(view.item(view.drive.get(id)?, select)),
        Change::Removed(gone) => (!is_initial).then(|| view.gone(gone)),
    }
}

/// The token in `delta(token='…')`.
fn in_parentheses(action: &str) -> Option<&str> {
    action.strip_prefix("delta(token='")?.strip_suffix("')")
}

impl Progress {
    /// What a token stands for when so many changes have happened; `None` if it is of no use.
    fn asked(token: Option<&str>, last: u64) -> Option<Self> {
        match token {
            None => Some(Self {
                number: 0,
                is_initial: true,
            }),
            Some(LATEST) => Some(Self {
                number: last,
                is_initial: false,
            }),
            Some(token) => Self::read(token).filter(|told| told.number <= last),
        }
    }

    fn written(self) -> String {
        let stage = if self.is_initial { "all" } else { "new" };
        format!("{stage}-{}", self.number)
    }

    fn read(token: &str) -> Option<Self> {
        let (stage, number) = token.split_once('-')?;
        let is_initial = match stage {
            "all" => true,
            "new" => false,
            _ => return None,
        };
        let number = number.parse().ok()?;
        Some(Self { number, is_initial })
    }
}
