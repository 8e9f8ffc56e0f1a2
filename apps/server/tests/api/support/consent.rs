//! People who consent at the simulated Google and Microsoft, and the browsers that bring their answers.

use reqwest::Url;
use serde_json::Value;
use wharf_sandbox::Sandbox;

use super::answer::Answer;
use super::client::Client;
use super::scene::text;
use super::server::Server;
use super::settings::Settings;

pub(crate) const GOOGLE: &str = "google_drive";
pub(crate) const MICROSOFT: &str = "onedrive";

/// People with accounts at both.
pub(crate) const ANNA: &str = "anna@example.com";
pub(crate) const BEN: &str = "ben@example.net";

/// A server that offers what the sandbox simulates, and Anna, who is logged in.
pub(crate) struct Consenting {
    pub(crate) server: Server,
    pub(crate) sandbox: Sandbox,
    pub(crate) anna: Client,
}

/// An authorization that has begun.
pub(crate) struct Begun {
    /// Where the person goes.
    pub(crate) url: String,
    /// What the browser keeps.
    pub(crate) cookie: String,
}

impl Begun {
    fn of(answer: &Answer) -> Self {
        Self {
            url: text(&answer.json()["authorization_url"]),
            cookie: answer.cookie(),
        }
    }

    pub(crate) fn state(&self) -> String {
        parameter(&self.url, "state").unwrap()
    }
}

impl Consenting {
    pub(crate) async fn start() -> Self {
        Self::with(|settings| settings).await
    }

    /// The same with other settings.
    pub(crate) async fn with(choose: impl FnOnce(Settings) -> Settings) -> Self {
        let sandbox = Sandbox::start();
        let server = Server::with(|settings| choose(settings.offering(&sandbox))).await;
        let anna = server.regular("anna@example.org").await;
        Self {
            server,
            sandbox,
            anna,
        }
    }

    /// Connects an account at a provider in Anna's browser; gives the connection's id.
    pub(crate) async fn connect(&self, provider: &str, account: &str) -> String {
        let begun = begin(&self.anna, provider).await;
        let back = grant(&begun, account).await;
        let location = self.come_back(&back, Some(&begun.cookie)).await;
        assert_eq!(outcome(&location), "connected", "{location}");
        parameter(&location, "connection_id").unwrap()
    }

    /// Brings an answer back by a browser with this cookie; gives where the browser is sent on to.
    pub(crate) async fn come_back(&self, back: &str, cookie: Option<&str>) -> String {
        let answer = self.bring(back, cookie).await.expect(303);
        answer.header("location").unwrap().to_owned()
    }

    /// The same, whatever is answered.
    pub(crate) async fn bring(&self, back: &str, cookie: Option<&str>) -> Answer {
        let call = self.server.client().get(back);
        let call = match cookie {
            Some(cookie) => call.header("cookie", cookie),
            None => call,
        };
        call.send().await
    }

    /// How often the sandbox was asked this.
    pub(crate) fn asked(&self, method: &str, path: &str) -> usize {
        let requests = self.sandbox.requests();
        let fits = requests
            .iter()
            .filter(|request| request.method == method && request.path.ends_with(path));
        fits.count()
    }

    /// Anna's connections.
    pub(crate) async fn connections(&self) -> Vec<Value> {
        let list = self.anna.get("/api/cloud/connections").send().await;
        list.expect(200).json()["items"].as_array().unwrap().clone()
    }

    /// At how many providers a grant of this account stands.
    pub(crate) fn live_grants(&self, account: &str) -> usize {
        let live = self.sandbox.live_tokens();
        let stands = live
            .iter()
            .filter(|live| live.account == account && live.has_grant);
        stands.count()
    }
}

/// Begins to connect an account.
pub(crate) async fn begin(who: &Client, provider: &str) -> Begun {
    let initiate = who.get(&format!("/api/cloud/oauth/initiate/{provider}"));
    Begun::of(&initiate.send().await.expect(200))
}

/// Begins with something to say in the query.
pub(crate) async fn begin_with(who: &Client, provider: &str, name: &str, value: &str) -> Begun {
    let initiate = who.get(&format!("/api/cloud/oauth/initiate/{provider}"));
    let answer = initiate.query(name, value).send().await;
    Begun::of(&answer.expect(200))
}

/// The person says yes; gives path and query of the answer's address.
pub(crate) async fn grant(begun: &Begun, account: &str) -> String {
    let page = Client::anonymous(&begun.url).get("");
    let decided = page
        .query("login_hint", account)
        .query("sandbox_decision", "grant");
    back(&decided.send().await)
}

/// The person says no.
pub(crate) async fn deny(begun: &Begun) -> String {
    let page = Client::anonymous(&begun.url).get("");
    back(&page.query("sandbox_decision", "deny").send().await)
}

/// The person says yes and unticks every box, by the page's own form.
pub(crate) async fn grant_nothing(begun: &Begun, account: &str) -> String {
    let url = Url::parse(&begun.url).unwrap();
    let query = url.query().unwrap();
    let form = format!("{query}&decision=grant&account={account}");
    let (page, _) = begun.url.split_once('?').unwrap();
    let decided = Client::anonymous(page).post("");
    let decided = decided.body("application/x-www-form-urlencoded", form);
    back(&decided.send().await)
}

#[track_caller]
fn back(answer: &Answer) -> String {
    let location = answer.header("location");
    let url = Url::parse(location.unwrap_or_else(|| panic!("{answer:?}"))).unwrap();
    format!("{}?{}", url.path(), url.query().unwrap())
}

/// The outcome that an address tells.
#[track_caller]
pub(crate) fn outcome(location: &str) -> String {
    parameter(location, "outcome").unwrap_or_else(|| panic!("{location}"))
}

/// A parameter in an address's query.
pub(crate) fn parameter(address: &str, name: &str) -> Option<String> {
    let base = Url::parse("http://base.example").unwrap();
    let url = base.join(address).unwrap();
    let mut pairs = url.query_pairs().filter(|(key, _)| key == name);
    Some(pairs.next()?.1.into_owned())
}
