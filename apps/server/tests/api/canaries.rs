//! Planted secrets go through every route and every way to connect; none is in the database, in Redis, in the
//! log, in the data folder or in a refusal (K-11, L-03, G-01..G-04). The routes are those of the URL table, so
//! a later one joins by itself.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use regex::bytes::Regex;
use serde_json::{Value, json};
use wharf_sandbox::Sandbox;
use wharf_server::routes::TABLE;

use crate::support::answer::Answer;
use crate::support::client::{Call, Client};
use crate::support::consent::{ANNA, GOOGLE, MICROSOFT, begin, grant, outcome, parameter};
use crate::support::folder;
use crate::support::postgres::Database;
use crate::support::process::{self, Process, create_user};
use crate::support::redis::Redis;
use crate::support::scene::{connect, store, text, try_connect};
use crate::support::storage::account;

/// Every secret that is made up here begins like this, and nothing else does.
const CANARY: &str = "cAn4ry-";

const PASSWORD: &str = "cAn4ry-password-of-the-account";
const ADMIN_PASSWORD: &str = "cAn4ry-password-of-the-admin";
const STORAGE_PASSWORD: &str = "cAn4ry-password-of-the-storage";
const CONTENT: &str = "cAn4ry-content-of-a-file";

const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// A member of a body that has a secret in each place where secrets belong.
fn body() -> Value {
    json!({
        "email": "walker@example.org",
        "role": "regular",
        "password": "cAn4ry-body-password",
        "current_password": "cAn4ry-body-current",
        "new_password": "cAn4ry-body-new",
        "refresh_token": "cAn4ry-body-refresh",
        "confirmation": "cAn4ry-body-confirmation",
        "provider": "webdav",
        "server_url": "https://user:cAn4ry-url@walker.internal/",
        "username": "walker",
        "display_name": "walker",
        "storage": UNKNOWN,
        "name": "walker.txt",
        "parent_id": "root",
    })
}

/// The bodies that are sent: all members, each secret by itself, and what is no JSON.
fn bodies() -> Vec<String> {
    let all = body();
    let single = all.as_object().unwrap().iter();
    let single = single.map(|(name, value)| json!({ name: value }).to_string());
    let odd = [
        "cAn4ry-no-json".to_owned(),
        "{\"cAn4ry-name\": 1}".to_owned(),
    ];
    let mut bodies = vec![all.to_string()];
    bodies.extend(single);
    bodies.extend(odd);
    bodies
}

/// The request with a secret in every place where one may be sent by mistake.
fn planted(call: Call) -> Call {
    call.query("code", "cAn4ry-query-code")
        .query("state", "cAn4ry-query-state")
        .query("access_token", "cAn4ry-query-token")
        .header("Cookie", "__Host-wharf=cAn4ry-cookie; other=cAn4ry-other")
        .header("X-Api-Key", "cAn4ry-header")
}

/// Sends every route everything, as everybody; gives the refusals.
async fn walk(everybody: &[Client]) -> Vec<(String, Answer)> {
    let mut refusals = Vec::new();
    for resource in TABLE {
        for segment in [UNKNOWN, "cAn4ry-segment"] {
            let path = filled(resource.path, segment);
            for endpoint in resource.endpoints {
                for who in everybody {
                    let bodies = match endpoint.method {
                        "GET" | "DELETE" => vec![String::new()],
                        _ => bodies(),
                    };
                    for body in bodies {
                        let call = planted(who.call(endpoint.method, &path));
                        let answer = call.body("application/json", body).send().await;
                        if answer.status >= 400 {
                            refusals.push((format!("{} {path}", endpoint.method), answer));
                        }
                    }
                }
            }
        }
    }
    refusals
}

/// The path with this in each of its variable segments.
fn filled(path: &str, segment: &str) -> String {
    let segments = path.split('/').map(|it| match it.starts_with('{') {
        true => segment,
        false => it,
    });
    segments.collect::<Vec<_>>().join("/")
}

/// Leads Anna through every way to connect; gives the secrets that came up.
async fn a_full_life(anna: &Client, nobody: &Client, sandbox: &Sandbox) -> Vec<String> {
    let mut secrets = vec![anna.token().to_owned()];
    let access = sandbox.add_account("walker", STORAGE_PASSWORD);
    let webdav = connect(anna, &account(&access)).await;
    store(anna, "walker.txt", &webdav, CONTENT.as_bytes()).await;
    for provider in [GOOGLE, MICROSOFT] {
        let begun = begin(anna, provider).await;
        let back = grant(&begun, ANNA).await;
        secrets.push(begun.state());
        secrets.push(begun.cookie.split_once('=').unwrap().1.to_owned());
        secrets.push(parameter(&back, "code").unwrap());
        let came = nobody.get(&back).header("cookie", &begun.cookie).send();
        let came = came.await.expect(303);
        let location = came.header("location").unwrap();
        assert_eq!(outcome(location), "connected", "{location}");
        let connection = parameter(location, "connection_id").unwrap();
        store(anna, "walker.txt", &connection, CONTENT.as_bytes()).await;
        // One that nobody comes back to, and one that another browser comes back with.
        secrets.push(begin(anna, provider).await.state());
        let begun = begin(anna, provider).await;
        let back = grant(&begun, ANNA).await;
        let parked = nobody.get(&back).send().await.expect(303);
        let location = parked.header("location").unwrap();
        secrets.push(parameter(location, "confirmation").unwrap());
        secrets.push(parameter(&back, "code").unwrap());
    }
    let nextcloud = sandbox.nextcloud();
    let person = nextcloud.access();
    let app_password = nextcloud.add_app_password(&person.login_name, "walker");
    let app_password = app_password.unwrap();
    let entered = json!({
        "provider": "nextcloud", "server_url": person.url,
        "username": person.login_name, "password": app_password,
    });
    let connected = try_connect(anna, &entered).await.expect(201).json();
    secrets.extend([app_password, person.password]);
    let flows = anna.post("/api/cloud/connections/nextcloud/login-flow");
    let flow = flows.json(&json!({"server_url": person.url})).send().await;
    let flow = flow.expect(201).json();
    secrets.push(
        text(&flow["login_url"])
            .rsplit('/')
            .next()
            .unwrap()
            .to_owned(),
    );
    // What is left to be done at the server, and what a session leaves.
    let path = format!("/api/cloud/connections/{}", text(&connected["id"]));
    anna.delete(&path).send().await.expect(200);
    let session = nobody.begin_session("anna@example.org", PASSWORD).await;
    nobody.refresh(&session.refresh_token).await.expect(200);
    nobody.refresh(&session.refresh_token).await.expect(401);
    secrets.extend([session.access_token, session.refresh_token]);
    secrets
}

/// All rows of all tables, as text.
async fn database_dump(database: &Database) -> Vec<u8> {
    let tables =
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'";
    let mut dump = String::new();
    for table in database.column(tables).await {
        let query = format!("SELECT it::text FROM \"{table}\" AS it");
        let rows = database.column(&query).await;
        dump.extend([&table, "\n", &rows.join("\n"), "\n"]);
    }
    dump.into_bytes()
}

/// The forms in which a secret may lie somewhere.
fn forms(secret: &str) -> Vec<String> {
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    let (standard, url) = (STANDARD.encode(secret), URL_SAFE_NO_PAD.encode(secret));
    // The end of an encoded text depends on what follows.
    let cut = |text: String| text[..text.len().saturating_sub(4)].to_owned();
    vec![secret.to_owned(), hex, cut(standard), cut(url)]
}

/// Finds whichever of these texts there is, in one go through megabytes.
fn any_of(texts: impl Iterator<Item = String>) -> Regex {
    let texts: Vec<String> = texts.map(|text| regex::escape(&text)).collect();
    Regex::new(&texts.join("|")).unwrap()
}

fn holds(haystack: &[u8], needle: &str) -> bool {
    let needle = needle.as_bytes();
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

/// Tokens of the providers, as the simulation makes them: a prefix, and many letters and digits behind it.
const PROVIDER_TOKENS: &str = r"(?:ya29\.a0|1//0|EwB4A8l6BAAU|1\.AX)[0-9A-Za-z]{24}";

#[tokio::test]
async fn no_planted_secret_is_anywhere_but_in_memory() {
    let (database, redis, sandbox) = (
        Database::fresh().await,
        Redis::start().await,
        Sandbox::start(),
    );
    let mut process = Process::with(|settings| {
        let settings = settings.database(&database.url).redis(&redis.url());
        settings.offering(&sandbox)
    })
    .await;
    let anna = process.regular("anna@example.org", PASSWORD).await;
    let made = process.command(&create_user("root@example.org", "admin"), ADMIN_PASSWORD);
    assert!(made.status.success(), "{made:?}");
    let nobody = process.client();
    let admin = nobody.login("root@example.org", ADMIN_PASSWORD).await;
    let admin = nobody.with_token(&admin);
    let mut secrets = a_full_life(&anna, &nobody, &sandbox).await;
    secrets.push(admin.token().to_owned());
    let bearer = nobody.with_token("cAn4ry-bearer-token");
    let refusals = walk(&[nobody, bearer, anna, admin]).await;
    assert!(refusals.len() > TABLE.len() * 4, "{}", refusals.len());
    assert!(process.command(&["keys", "rotate"], "").status.success());

    let dumps = [
        ("the database", database_dump(&database).await),
        ("Redis", redis.dump().await),
    ];
    assert!(process.terminate().success());
    let here = process.folder().to_owned();
    let keyring = fs::read_to_string(process.keyring()).unwrap();
    let keyring: Value = serde_json::from_str(&keyring).unwrap();
    let lists = ["sealing_keys", "signing_keys"].map(|list| keyring[list].as_array().unwrap());
    secrets.extend(lists.into_iter().flatten().map(|key| text(&key["key"])));
    let files = folder::files(&here.join("data")).into_iter();
    let files = files.filter(|file| *file != process.keyring());
    let data: Vec<u8> = files.flat_map(|file| fs::read(file).unwrap()).collect();
    let places = dumps.into_iter().chain([
        ("the log", process::log(&here).into_bytes()),
        ("the data folder", data),
    ]);

    secrets.extend([STORAGE_PASSWORD, PASSWORD, CONTENT, CANARY].map(str::to_owned));
    secrets.extend([
        sandbox.google().client_secret,
        sandbox.microsoft().client_secret,
    ]);
    let forms = secrets.iter().flat_map(|secret| forms(secret));
    let planted = any_of(forms.filter(|form| form.len() >= 6));
    let tokens = Regex::new(PROVIDER_TOKENS).unwrap();
    // The search finds what is there.
    assert!(tokens.is_match(format!("x 1//0{} x", "aB3".repeat(8)).as_bytes()));
    for secret in &secrets {
        let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
        assert!(planted.is_match(format!("x{secret}x").as_bytes()));
        assert!(planted.is_match(format!("x{hex}x").as_bytes()));
    }
    for (place, haystack) in places {
        let found = planted.find(&haystack);
        let found = found.map(|found| String::from_utf8_lossy(found.as_bytes()));
        assert_eq!(found, None, "in {place}");
        assert!(
            !tokens.is_match(&haystack),
            "a provider's token is in {place}"
        );
        let sign = match place {
            "the database" => "anna@example.org",
            "Redis" => "wharf:once:oauth.state:",
            "the log" => "request",
            _ => continue,
        };
        assert!(holds(&haystack, sign), "{sign} should be in {place}");
    }
    for (call, answer) in refusals {
        assert!(!planted.is_match(&answer.body), "{call}: {answer:?}");
        let headers = format!("{:?}", answer.headers);
        assert!(!headers.contains(CANARY), "{call}: {headers}");
    }
}
