//! The simulated clouds: our own program `wharf-sandbox`.

use std::path::Path;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::Service;
use crate::answer::Answer;
use crate::folder::Folder;
use crate::process::{Stop, guarded};
use crate::{http, json};

/// A running simulator.
pub(crate) struct Sandbox {
    /// Keeps the program alive.
    _service: Service,
    /// Its WebDAV account.
    pub(crate) webdav: WebDavAccount,
    /// The files of its Nextcloud, which are WebDAV too.
    pub(crate) nextcloud: WebDavAccount,
    /// Where everything is, in JSON: the program's first line of output.
    pub(crate) announced: String,
    /// Where it takes orders.
    control_url: String,
    /// The settings of a server that offers its Google and Microsoft.
    pub(crate) providers: Vec<(&'static str, String)>,
}

/// An account in a WebDAV cloud, as a person would know it.
pub(crate) struct WebDavAccount {
    pub(crate) url: String,
    pub(crate) username: String,
    pub(crate) password: String,
}

impl Sandbox {
    /// Starts the program; returns when it has said where its clouds are.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, &[])
    }

    /// The same, for clients that demand TLS.
    pub(crate) fn start_with_tls(program: &Path) -> anyhow::Result<Self> {
        Self::start_with(program, &["--tls"])
    }

    /// The file of the authority that clients have to trust, where it speaks TLS.
    pub(crate) fn ca_file(&self) -> anyhow::Result<String> {
        let clouds: Value = serde_json::from_str(&self.announced)?;
        json::text(&clouds, "/ca_file").map(str::to_owned)
    }

    fn start_with(program: &Path, options: &[&str]) -> anyhow::Result<Self> {
        let folder = Folder::fresh("sandbox")?;
        let mut command = guarded(program, Stop::Terminate, Some(folder.path()));
        command.args(["--listen", "127.0.0.1:0"]).args(options);
        // What it keeps goes when it goes.
        command.env("TMPDIR", folder.path());
        let mut service = Service::start("wharf-sandbox", folder, command)?;
        let announced = service.wait_for(|service| {
            let output = service.output()?;
            let line = output.split_once('\n').map(|(line, _)| line.to_owned());
            Ok(line)
        })?;
        Ok(Self {
            _service: service,
            webdav: account(&announced, WEBDAV)?,
            nextcloud: account(&announced, NEXTCLOUD)?,
            control_url: control_url(&announced)?,
            providers: provider_settings(&announced)?,
            announced,
        })
    }

    /// How many requests its clouds get while this is done.
    pub(crate) fn requests_during(
        &self,
        act: impl FnOnce() -> anyhow::Result<()>,
    ) -> anyhow::Result<f64> {
        let url = format!("{}/requests", self.control_url);
        Answer::read(http::client().delete(&url).call()?)?.expect(204)?;
        act()?;
        let made = Answer::read(http::client().get(&url).call()?)?;
        let made = made.expect(200)?.json()?;
        let made = made.as_array().context("the requests are no list")?;
        Ok(f64::from(u32::try_from(made.len())?))
    }

    /// Lets so many seconds of the simulated time pass at once.
    pub(crate) fn advance_clock(&self, secs: u64) -> anyhow::Result<()> {
        self.order("clock", &json!({ "secs": secs }))?.expect(200)?;
        Ok(())
    }

    /// Makes an app password at Nextcloud, as a person does in the settings there.
    pub(crate) fn add_app_password(&self, login_name: &str) -> anyhow::Result<String> {
        let order = json!({ "login_name": login_name, "name": "Wharf" });
        let made = self.order("nextcloud/app-passwords", &order)?.expect(201)?;
        json::text(&made.json()?, "/app_password").map(str::to_owned)
    }

    /// How many app passwords work at Nextcloud.
    pub(crate) fn app_passwords(&self) -> anyhow::Result<usize> {
        let url = format!("{}/nextcloud", self.control_url);
        let state = Answer::read(http::client().get(url).call()?)?.expect(200)?;
        Ok(json::list(&state.json()?, "/app_passwords")?.len())
    }

    fn order(&self, path: &str, order: &Value) -> anyhow::Result<Answer> {
        let url = format!("{}/{path}", self.control_url);
        let request = http::client().post(url).content_type("application/json");
        Answer::read(request.send(order.to_string())?)
    }
}

fn control_url(line: &str) -> anyhow::Result<String> {
    let clouds: Value = serde_json::from_str(line).context("the sandbox did not print JSON")?;
    Ok(json::text(&clouds, "/control_url")?.to_owned())
}

const WEBDAV: [&str; 3] = ["/webdav/url", "/webdav/username", "/webdav/password"];
const NEXTCLOUD: [&str; 3] = [
    "/nextcloud/files_url",
    "/nextcloud/login_name",
    "/nextcloud/password",
];

/// Reads an account from the program's first line of output: its URL, its user and the password.
fn account(line: &str, pointers: [&str; 3]) -> anyhow::Result<WebDavAccount> {
    let clouds: Value = serde_json::from_str(line).context("the sandbox did not print JSON")?;
    let field = |pointer| json::text(&clouds, pointer).map(str::to_owned);
    let [url, username, password] = pointers.map(field);
    Ok(WebDavAccount {
        url: url?,
        username: username?,
        password: password?,
    })
}

/// A setting, and where the first line of output tells its value.
const PROVIDERS: [(&str, &str); 12] = [
    (
        "WHARF_PROVIDERS__GOOGLE_DRIVE__CLIENT_ID",
        "/google/client_id",
    ),
    (
        "WHARF_PROVIDERS__GOOGLE_DRIVE__CLIENT_SECRET",
        "/google/client_secret",
    ),
    (
        "WHARF_PROVIDERS__GOOGLE_DRIVE__AUTH_URL",
        "/google/auth_url",
    ),
    (
        "WHARF_PROVIDERS__GOOGLE_DRIVE__TOKEN_URL",
        "/google/token_url",
    ),
    (
        "WHARF_PROVIDERS__GOOGLE_DRIVE__REVOKE_URL",
        "/google/revoke_url",
    ),
    ("WHARF_PROVIDERS__GOOGLE_DRIVE__API_URL", "/google/api_url"),
    (
        "WHARF_PROVIDERS__GOOGLE_DRIVE__UPLOAD_URL",
        "/google/upload_url",
    ),
    (
        "WHARF_PROVIDERS__ONEDRIVE__CLIENT_ID",
        "/microsoft/client_id",
    ),
    (
        "WHARF_PROVIDERS__ONEDRIVE__CLIENT_SECRET",
        "/microsoft/client_secret",
    ),
    ("WHARF_PROVIDERS__ONEDRIVE__AUTH_URL", "/microsoft/auth_url"),
    (
        "WHARF_PROVIDERS__ONEDRIVE__TOKEN_URL",
        "/microsoft/token_url",
    ),
    ("WHARF_PROVIDERS__ONEDRIVE__API_URL", "/microsoft/api_url"),
];

fn provider_settings(line: &str) -> anyhow::Result<Vec<(&'static str, String)>> {
    let clouds: Value = serde_json::from_str(line).context("the sandbox did not print JSON")?;
    let settings = PROVIDERS
        .map(|(name, pointer)| json::text(&clouds, pointer).map(|value| (name, value.to_owned())));
    settings.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_account_is_read_and_what_else_is_said_passed_over() {
        let line = r#"{"webdav":{"url":"http://127.0.0.1:1/dav/","username":"u","password":"p"},"google":{}}"#;
        let account = account(line, WEBDAV).unwrap();
        assert_eq!(account.url, "http://127.0.0.1:1/dav/");
        assert_eq!(
            (account.username, account.password),
            ("u".into(), "p".into())
        );
    }

    #[test]
    fn an_incomplete_announcement_is_refused() {
        assert!(account(r#"{"webdav":{"url":"http://127.0.0.1:1/"}}"#, WEBDAV).is_err());
        assert!(account("listening", WEBDAV).is_err());
    }
}
