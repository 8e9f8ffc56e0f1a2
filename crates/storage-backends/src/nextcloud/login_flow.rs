//! Login Flow v2: a person logs in at the server's own page, and the server gives an app password.
//! <https://docs.nextcloud.com/server/latest/developer_manual/client_apis/LoginFlow/index.html>

use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, HeaderValue, USER_AGENT};
use reqwest::{Method, Request, StatusCode};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use url::form_urlencoded::byte_serialize;
use wharf_domain::connection::Endpoint;
use wharf_domain::ports::nextcloud::{Login, LoginBegun, LoginPoll, Polled};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_egress::{Client, Issuer, Limits, Response, Trust};

use crate::address::address_refusal;
use crate::fault::Fault;
use crate::webdav::{Base, of_answer};

/// The longest answer that is read.
const MAX_ANSWER_BYTES: u64 = 64 * 1024;

/// What the person sees in the list of devices: the server takes it from the request that begins the flow.
const CLIENT: HeaderValue = HeaderValue::from_static("Wharf");

#[derive(Deserialize)]
struct Begun {
    poll: Poll,
    login: String,
}

#[derive(Deserialize)]
struct Poll {
    token: String,
    endpoint: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Granted {
    server: String,
    login_name: String,
    app_password: String,
}

/// Begins a flow at this installation.
pub(super) async fn begin(egress: &Client, installation: &Base) -> Result<LoginBegun, Fault> {
    let mut url = installation.as_url().clone();
    url.set_path(&[url.path(), "index.php/login/v2"].concat());
    let mut request = post(url);
    request.headers_mut().insert(USER_AGENT, CLIENT);
    let answer = egress.execute(request, limits()).await?;
    if !answer.status().is_success() {
        return Err(of_answer(&answer));
    }
    let Begun { poll, login } = read(answer).await?;
    // O-12: the login page too, for a person is sent there who trusts what is shown.
    let endpoint = issued(egress, installation, &poll.endpoint)?;
    let login_url = issued(egress, installation, &login)?;
    Ok(LoginBegun {
        login_url: login_url.into(),
        poll: LoginPoll {
            installation: Endpoint(installation.as_url().as_str().to_owned()),
            endpoint: endpoint.into(),
            token: SecretString::from(poll.token),
        },
    })
}

/// Asks what has come of a flow that was begun at this installation.
pub(super) async fn poll(
    egress: &Client,
    installation: &Base,
    poll: &LoginPoll,
) -> Result<Polled, Fault> {
    let mut request = post(issued(egress, installation, &poll.endpoint)?);
    let token: String = byte_serialize(poll.token.expose_secret().as_bytes()).collect();
    *request.body_mut() = Some(["token=", &token].concat().into());
    let answer = egress
        .trusting(Trust::Issued)
        .execute(request, limits())
        .await?;
    match answer.status() {
        StatusCode::NOT_FOUND => return Ok(Polled::Waiting),
        status if status.is_success() => {}
        _ => return Err(of_answer(&answer)),
    }
    let granted: Granted = read(answer).await?;
    let server = issued(egress, installation, &granted.server).ok();
    let server = server.and_then(Base::new);
    let username = granted.login_name.parse();
    Ok(Polled::Granted {
        server: server.map(|server| Endpoint(server.as_url().as_str().to_owned())),
        login: Login {
            username: username.map_err(|_| StorageErrorKind::WrongProtocol)?,
            password: SecretString::from(granted.app_password),
        },
    })
}

/// An address that the server named, if it may be reached and has the origin that was typed (O-12).
fn issued(egress: &Client, installation: &Base, named: &str) -> Result<Url, Fault> {
    let checked = egress
        .policy()
        .check_issued(named, Issuer::Origin(installation.as_url()));
    match checked {
        Ok(url) => Ok(url.into_url()),
        Err(refusal) => Err(StorageErrorKind::AddressRefused(address_refusal(refusal)).into()),
    }
}

fn post(url: Url) -> Request {
    let mut request = Request::new(Method::POST, url);
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    let form = HeaderValue::from_static("application/x-www-form-urlencoded");
    headers.insert(CONTENT_TYPE, form);
    request
}

async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, Fault> {
    let body = answer.collect_capped(MAX_ANSWER_BYTES).await?;
    serde_json::from_slice(&body).map_err(|_| StorageErrorKind::WrongProtocol.into())
}

const fn limits() -> Limits {
    Limits {
        max_bytes: Some(MAX_ANSWER_BYTES),
    }
}
