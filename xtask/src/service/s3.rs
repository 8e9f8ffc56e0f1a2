//! Throw-away S3 servers of others, as `pip` brings them: moto, which checks
//! signatures and permissions and keeps conditions, and `rclone serve s3`,
//! which keeps none.

use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::{Service, free_port};
use crate::folder::Folder;
use crate::process::{Stop, guarded};
use crate::{http, random, workspace};

/// The one bucket: the one that the policy names.
pub(crate) const BUCKET: &str = "wharf-house";

/// What the account may do at moto, and no more.
const POLICY: &str = "interop/s3/policy.json";

const USER: &str = "house";

/// How often moto is asked by nobody in particular, until the account is made:
/// the calls of `account_at_moto`.
const CALLS_BEFORE: &str = "4";

/// A running server.
pub(crate) struct S3 {
    /// Keeps the server alive.
    _service: Service,
    /// Its address.
    pub(crate) endpoint: String,
    /// The name of the key to its bucket.
    pub(crate) key_id: String,
    /// The key.
    pub(crate) key: String,
}

impl S3 {
    /// Starts moto; returns when there is a bucket and somebody who may use it.
    pub(crate) fn moto(program: &Path) -> anyhow::Result<Self> {
        let folder = Folder::fresh("moto")?;
        let port = free_port()?;
        let endpoint = format!("http://127.0.0.1:{port}");
        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.args(["--host", "127.0.0.1", "--port", &port.to_string()]);
        server.env("INITIAL_NO_AUTH_ACTION_COUNT", CALLS_BEFORE);
        let mut service = Service::start("moto", folder, server)?;
        // An address of moto's own, which does not count as a call.
        let ready = format!("{endpoint}/moto-api/data.json");
        service.wait_for(|_| Ok(http::probe().get(&ready).call().ok()))?;

        let (key_id, key) = account_at_moto(&endpoint)?;
        Ok(Self {
            _service: service,
            endpoint,
            key_id,
            key,
        })
    }

    /// Starts `rclone serve s3`; returns when it listens.
    pub(crate) fn rclone(program: &Path) -> anyhow::Result<Self> {
        let folder = Folder::fresh("rclone-s3")?;
        let address = format!("127.0.0.1:{}", free_port()?);
        let endpoint = format!("http://{address}");
        let key = random::password()?;
        let buckets = folder.path().join("buckets");
        fs::create_dir_all(buckets.join(BUCKET))?;

        let mut server = guarded(program, Stop::Terminate, Some(folder.path()));
        server.args(["serve", "s3"]).arg(&buckets);
        server.args(["--addr", &address]);
        server.args(["--vfs-cache-mode", "writes", "--cache-dir"]);
        server.arg(folder.path().join("cache"));
        server.env("RCLONE_CONFIG", folder.path().join("rclone.conf"));
        // A list with one pair, in which a comma would begin another.
        server.env("RCLONE_AUTH_KEY", format!("\"{USER},{key}\""));

        let mut service = Service::start("rclone serve s3", folder, server)?;
        // Whoever shows no key is refused, which is an answer.
        service.wait_for(|_| Ok(http::client().get(&endpoint).call().ok()))?;
        Ok(Self {
            _service: service,
            endpoint,
            key_id: USER.to_owned(),
            key,
        })
    }
}

/// Makes the bucket, and a user with the policy and a key; the key.
fn account_at_moto(endpoint: &str) -> anyhow::Result<(String, String)> {
    let bucket = http::probe().put(format!("{endpoint}/{BUCKET}"));
    bucket.header("Authorization", &scope("s3")).send_empty()?;
    let policy = fs::read_to_string(workspace::root().join(POLICY))?;
    call_iam(endpoint, "CreateUser", &[])?;
    let named = [("PolicyName", "house"), ("PolicyDocument", &policy)];
    call_iam(endpoint, "PutUserPolicy", &named)?;
    let made = call_iam(endpoint, "CreateAccessKey", &[])?;
    let told = |element| text_of(&made, element).context("moto told no key");
    Ok((told("AccessKeyId")?, told("SecretAccessKey")?))
}

fn call_iam(endpoint: &str, action: &str, more: &[(&str, &str)]) -> anyhow::Result<String> {
    let call = http::probe().post(endpoint);
    let form = [
        ("Version", "2010-05-08"),
        ("Action", action),
        ("UserName", USER),
    ];
    let answer = call
        .header("Authorization", &scope("iam"))
        .send_form(form.into_iter().chain(more.iter().copied()))?;
    Ok(answer.into_body().read_to_string()?)
}

/// By this moto knows which service is meant; nobody signed anything yet.
fn scope(service: &str) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential=nobody/20260101/us-east-1/{service}/aws4_request, \
         SignedHeaders=host, Signature=none"
    )
}

fn text_of(xml: &str, element: &str) -> Option<String> {
    let (_, rest) = xml.split_once(&format!("<{element}>"))?;
    let (text, _) = rest.split_once(&format!("</{element}>"))?;
    Some(text.to_owned())
}
