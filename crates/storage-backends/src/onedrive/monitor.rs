//! What becomes of an order that OneDrive carries out after it has answered.
//! <https://learn.microsoft.com/graph/long-running-actions-overview>

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde::Deserialize;
use tokio::time::{sleep, timeout};
use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;
use crate::issued::Issued;

use super::client::{CONTROL, lent_refused, send, told};
use super::id::item_id;
use super::refusal::kind_of_code;

/// The pause before the first look; each pause is twice as long as the one before.
const FIRST_PAUSE: Duration = Duration::from_millis(250);

/// The longest pause between two looks.
const LONGEST_PAUSE: Duration = Duration::from_secs(4);

/// The longest that an order is waited for. It goes on after that, but nobody hears of it.
const PATIENCE: Duration = Duration::from_mins(5);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    status: String,
    resource_id: Option<String>,
    error: Option<serde_json::Value>,
}

/// How far an order is.
enum Progress {
    UnderWay,
    /// Done, and this came of it, if that is told.
    Done(Option<ItemId>),
}

/// Waits until the order is carried out; what came of it, if that is told.
pub(crate) async fn outcome(monitor: &Issued) -> Result<Option<ItemId>, Fault> {
    let done = async {
        let mut pause = FIRST_PAUSE;
        loop {
            sleep(pause).await;
            let look = || look(monitor);
            match monitor.circuit().idempotent(look).await? {
                Progress::Done(item) => return Ok(item),
                Progress::UnderWay => pause = LONGEST_PAUSE.min(pause * 2),
            }
        }
    };
    let done = timeout(PATIENCE, done).await;
    done.unwrap_or_else(|_| Err(StorageErrorKind::TimedOut.into()))
}

async fn look(monitor: &Issued) -> Result<Progress, Fault> {
    let answer = send(monitor, monitor.request(Method::GET)?, CONTROL).await?;
    match answer.status() {
        // To the item, which needs the token there.
        StatusCode::SEE_OTHER => Ok(Progress::Done(None)),
        status if status.is_success() => progress(told(answer).await?),
        _ => Err(lent_refused(answer).await),
    }
}

fn progress(told: Status) -> Result<Progress, Fault> {
    match &*told.status {
        "completed" => Ok(Progress::Done(told.resource_id.and_then(|id| item_id(&id)))),
        "notStarted" | "inProgress" | "running" | "updating" | "waiting" => Ok(Progress::UnderWay),
        _ => {
            let code = told
                .error
                .as_ref()
                .and_then(|error| error.get("code")?.as_str());
            let kind = code.and_then(|code| kind_of_code(code, None));
            Err(Fault::from(kind.unwrap_or(StorageErrorKind::Unavailable)).finally())
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn read(told: Value) -> Result<Option<Option<ItemId>>, StorageErrorKind> {
        let read = progress(serde_json::from_value(told).unwrap());
        read.map(|progress| match progress {
            Progress::UnderWay => None,
            Progress::Done(item) => Some(item),
        })
        .map_err(|fault| fault.kind)
    }

    #[test]
    fn an_order_is_under_way_done_or_failed() {
        let under_way = json!({"status": "inProgress", "percentageComplete": 27.8});
        assert_eq!(read(under_way), Ok(None));
        let done = json!({"status": "completed", "resourceId": "01A"});
        assert_eq!(read(done), Ok(Some(item_id("01A"))));
        assert_eq!(read(json!({"status": "completed"})), Ok(Some(None)));
        let failed = |code: &str| json!({"status": "failed", "error": {"code": code}});
        assert_eq!(
            read(failed("nameAlreadyExists")),
            Err(StorageErrorKind::AlreadyExists)
        );
        assert_eq!(
            read(failed("quotaLimitReached")),
            Err(StorageErrorKind::Full)
        );
        assert_eq!(read(failed("other")), Err(StorageErrorKind::Unavailable));
        let cancelled = json!({"status": "cancelled"});
        assert_eq!(read(cancelled), Err(StorageErrorKind::Unavailable));
    }
}
