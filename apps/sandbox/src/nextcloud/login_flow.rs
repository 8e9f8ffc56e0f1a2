//! Login Flow v2: the flows that are open, from the request that begins one to the poll that takes its
//! result away.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/LoginFlow/index.html>

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// For how long a flow can be granted and polled.
const LIFETIME: Duration = Duration::from_secs(20 * 60);

/// The open flows by the token of their login page.
#[derive(Debug, Default)]
pub(super) struct Flows(Mutex<HashMap<String, Flow>>);

#[derive(Debug)]
struct Flow {
    poll_token: String,
    /// What the application calls itself.
    client: String,
    began: SystemTime,
    granted: Option<Granted>,
}

/// What the application gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Granted {
    pub(super) server: String,
    pub(super) login_name: String,
    pub(super) app_password: String,
}

impl Flows {
    /// Begins a flow.
    pub(super) fn begin(&self, login: String, poll: String, client: &str, now: SystemTime) {
        let flow = Flow {
            poll_token: poll,
            client: client.to_owned(),
            began: now,
            granted: None,
        };
        self.lock(now).insert(login, flow);
    }

    /// The name of the application whose flow waits for a person; `None` where none does.
    pub(super) fn waiting(&self, login: &str, now: SystemTime) -> Option<String> {
        let flows = self.lock(now);
        let flow = flows.get(login)?;
        flow.granted.is_none().then(|| flow.client.clone())
    }

    /// The person has granted it.
    pub(super) fn grant(&self, login: &str, granted: Granted, now: SystemTime) {
        if let Some(flow) = self.lock(now).get_mut(login) {
            flow.granted = Some(granted);
        }
    }

    /// The person has declined: there is no such flow any more.
    pub(super) fn deny(&self, login: &str, now: SystemTime) {
        self.lock(now).remove(login);
    }

    /// Takes the result away. The flow is gone with it, whether the answer arrives or not.
    pub(super) fn poll(&self, poll: &str, now: SystemTime) -> Option<Granted> {
        let mut flows = self.lock(now);
        let mut granted = flows
            .iter()
            .filter(|(_, flow)| flow.poll_token == poll && flow.granted.is_some());
        let login = granted.next()?.0.clone();
        flows.remove(&login)?.granted
    }

    /// The login name behind a poll token whose flow is granted.
    pub(super) fn granted_by(&self, poll: &str) -> Option<String> {
        let flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let flow = flows.values().find(|flow| flow.poll_token == poll)?;
        Some(flow.granted.as_ref()?.login_name.clone())
    }

    fn lock(&self, now: SystemTime) -> MutexGuard<'_, HashMap<String, Flow>> {
        let mut flows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        flows.retain(|_, flow| {
            let age = now.duration_since(flow.began).unwrap_or_default();
            age < LIFETIME
        });
        flows
    }
}
