//! A throw-away authorization server: npm's `oidc-provider`.

use std::path::Path;

use super::{Service, free_port};
use crate::answer::Answer;
use crate::folder::Folder;
use crate::process::{Stop, guarded};
use crate::{http, json, random};

/// A running server.
pub(crate) struct OidcProvider {
    /// Keeps the server alive.
    _service: Service,
    /// Its address, which is its name too (RFC 8414, section 2).
    pub(crate) issuer: String,
    /// The secret of the one client, `wharf`.
    pub(crate) client_secret: String,
    /// The secret of the client `service`, to which it gives access tokens for Wharf.
    pub(crate) service_secret: String,
    /// The one address that people are sent back to; nobody listens there.
    pub(crate) redirect_uri: String,
}

impl OidcProvider {
    /// Starts the server in that folder; returns when it answers.
    pub(crate) fn start(program: &Path) -> anyhow::Result<Self> {
        let folder = Folder::fresh("oidc-provider")?;
        let port = free_port()?;
        let issuer = format!("http://127.0.0.1:{port}");
        // With what has to be encoded on the way (RFC 6749, section 2.3.1).
        let client_secret = format!("{}+/%: ~", random::password()?);
        let service_secret = random::password()?;
        let redirect_uri = format!("{issuer}/back-at-wharf");

        let mut server = guarded("node", Stop::Terminate, Some(folder.path()));
        server.arg(program.join("server.mjs")).arg(port.to_string());
        server.env("CLIENT_SECRET", &client_secret);
        server.env("SERVICE_SECRET", &service_secret);
        server.env("REDIRECT_URI", &redirect_uri);
        let mut service = Service::start("oidc-provider", folder, server)?;
        let described = format!("{issuer}/.well-known/openid-configuration");
        service.wait_for(|_| Ok(http::probe().get(&described).call().ok()))?;
        Ok(Self {
            _service: service,
            issuer,
            client_secret,
            service_secret,
            redirect_uri,
        })
    }

    /// A fresh access token for that audience.
    pub(crate) fn token(&self, audience: &str) -> anyhow::Result<String> {
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", "service"),
            ("client_secret", &self.service_secret),
            ("resource", audience),
        ];
        let token_url = format!("{}/token", self.issuer);
        let sent = http::client().post(token_url).send_form(form)?;
        let answer = Answer::read(sent)?.expect(200)?.json()?;
        Ok(json::text(&answer, "/access_token")?.to_owned())
    }
}
