//! An identity system before the server: its keys in a file, and tokens as it gives them out.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::client::Client;
use crate::support::server::Server;
use crate::support::token::{Token, key_of_seed};

pub(super) const ISSUER: &str = "https://id.example.com/realm";

/// The identity system.
pub(super) struct Issuer {
    folder: TempDir,
}

impl Issuer {
    /// One whose current key is the first.
    pub(super) fn new() -> Self {
        let issuer = Self {
            folder: TempDir::with_prefix("wharf-issuer-").unwrap(),
        };
        issuer.publish(&[1]);
        issuer
    }

    fn keys_file(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    /// Publishes these keys and no others.
    pub(super) fn publish(&self, numbers: &[u8]) {
        let keys = numbers.iter().map(|number| {
            let jwk = Jwk::from_encoding_key(&key(*number), Algorithm::EdDSA).unwrap();
            let mut jwk = serde_json::to_value(jwk).unwrap();
            jwk["kid"] = json!(kid(*number));
            jwk
        });
        let set = json!({"keys": keys.collect::<Vec<_>>()});
        std::fs::write(self.keys_file(), set.to_string()).unwrap();
    }

    /// A server that this system stands before, with these settings beside the usual ones.
    pub(super) async fn server(&self, more: &str) -> Server {
        let table = self.table(more);
        Server::with(|settings| settings.table(&table)).await
    }

    /// The settings of this system, and these.
    pub(super) fn table(&self, more: &str) -> String {
        format!(
            "[outside_issuer]\nurl = \"{ISSUER}\"\naudience = \"wharf\"\njwks_file = {:?}\n{more}\n",
            self.keys_file()
        )
    }
}

pub(super) fn key(number: u8) -> EncodingKey {
    key_of_seed(&[number; 32])
}

pub(super) fn kid(number: u8) -> String {
    format!("key-{number}")
}

/// A token that says what it must, signed by nobody yet.
#[expect(
    clippy::disallowed_methods,
    reason = "an issuer has the same time as the server"
)]
pub(super) fn token(subject: &str, more: &Value) -> Token {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let now = now.as_secs();
    let mut claims = json!({
        "iss": ISSUER, "aud": "wharf", "sub": subject, "iat": now, "exp": now + 300,
        "email": format!("{subject}@example.com"),
    });
    for (name, value) in more.as_object().unwrap() {
        claims[name] = value.clone();
    }
    Token {
        header: json!({"alg": "EdDSA", "kid": kid(1), "typ": "at+jwt"}),
        claims,
        signature: String::new(),
    }
}

/// Somebody with a good token.
pub(super) fn person(server: &Server, subject: &str, more: &Value) -> Client {
    let token = token(subject, more).signed_by(&key(1));
    server.client().with_token(&token)
}
