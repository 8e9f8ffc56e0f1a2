//! One authorization server: where consent is asked for, and what a code and a refresh token are
//! exchanged for.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken, RequestTokenError,
    Scope, StandardRevocableToken, TokenResponse as _, TokenUrl,
};
use secrecy::{ExposeSecret as _, SecretString};
use wharf_domain::ports::oauth::{
    AuthorizationRequest, Begun, CodeRedemption, Granted, OAuthErrorKind,
};
use wharf_domain::time::Clock;

use crate::description::{ClientAuthentication, Objection};
use crate::exchange::Exchange;
use crate::token_answer::TokenAnswer;
use crate::{Description, Fault, scope};

type Client = oauth2::Client<
    BasicErrorResponse,
    TokenAnswer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// An authorization server and Wharf's registration there.
pub struct AuthorizationServer {
    pub(crate) description: Description,
    pub(crate) exchange: Exchange,
    pub(crate) clock: Arc<dyn Clock>,
    client: Client,
}

impl AuthorizationServer {
    pub(crate) fn new(
        description: Description,
        exchange: Exchange,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, Objection> {
        description.check()?;
        Ok(Self {
            client: client(&description)?,
            description,
            exchange,
            clock,
        })
    }

    /// What the server was described as.
    pub fn description(&self) -> &Description {
        &self.description
    }

    /// Where the person consents (RFC 6749, section 4.1.1), with a challenge of SHA-256 (RFC 7636; O-06).
    /// Makes no call.
    ///
    /// # Panics
    /// If the verifier has not 43 to 128 characters (RFC 7636, section 4.1).
    pub fn begin(&self, request: &AuthorizationRequest) -> Begun {
        let verifier = PkceCodeVerifier::new(request.verifier.expose_secret().to_owned());
        let state = CsrfToken::new(request.state.expose_secret().to_owned());
        let scopes = self.description.scopes.iter();
        let mut authorization = self
            .client
            .authorize_url(|| state)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
            .add_scopes(scopes.map(|scope| Scope::new(scope.to_owned())));
        for (name, value) in &self.description.authorization_parameters {
            authorization = authorization.add_extra_param(name, value);
        }
        Begun {
            url: authorization.url().0.into(),
            issuer: self.description.issuer.clone(),
            redirect_uri: self.description.redirect_uri.clone(),
        }
    }

    /// Redeems a code (RFC 6749, section 4.1.3).
    ///
    /// # Errors
    /// [`OAuthErrorKind::IssuerMismatch`] before anything is sent; else what the server said.
    pub async fn redeem(&self, redemption: CodeRedemption) -> Result<Granted, Fault> {
        self.check_issuer(&redemption)?;
        let code = unless_empty(&redemption.code)?;
        let redirect_uri =
            RedirectUrl::new(redemption.redirect_uri).map_err(|_| OAuthErrorKind::NotConfigured)?;
        let verifier = redemption.verifier.expose_secret().to_owned();
        let request = self
            .client
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier))
            .set_redirect_uri(Cow::Owned(redirect_uri));
        self.granted(request.request_async(&self.exchange).await)
    }

    /// Gets another access token (RFC 6749, section 6). An empty refresh token is refused here: Microsoft
    /// answers it with the error of a grant that has ended.
    /// <https://learn.microsoft.com/answers/questions/1291600/request-access-token-times-wrong>
    ///
    /// # Errors
    /// What the server said.
    pub async fn refresh(&self, refresh_token: &SecretString) -> Result<Granted, Fault> {
        let refresh_token = RefreshToken::new(unless_empty(refresh_token)?);
        let request = self.client.exchange_refresh_token(&refresh_token);
        self.granted(request.request_async(&self.exchange).await)
    }

    /// RFC 9207, section 2.4: compared letter by letter. One who names itself although it is not known what
    /// the server calls itself is taken for another (O-05).
    fn check_issuer(&self, redemption: &CodeRedemption) -> Result<(), Fault> {
        let is_expected = match &redemption.answered_issuer {
            Some(answered) => redemption.issuer.as_ref() == Some(answered),
            None => !self.description.sends_issuer,
        };
        if is_expected {
            Ok(())
        } else {
            Err(OAuthErrorKind::IssuerMismatch.into())
        }
    }

    fn granted(
        &self,
        answer: Result<TokenAnswer, RequestTokenError<Fault, BasicErrorResponse>>,
    ) -> Result<Granted, Fault> {
        let answer = answer.map_err(|error| match error {
            RequestTokenError::Request(fault) => fault,
            // The others quote the answer, which may hold tokens.
            RequestTokenError::ServerResponse(_)
            | RequestTokenError::Parse(..)
            | RequestTokenError::Other(_) => OAuthErrorKind::InvalidAnswer.into(),
        })?;
        let refresh_token = answer.refresh_token().map(|it| it.secret().as_str());
        Ok(Granted {
            access_token: answer.access_token().secret().as_str().into(),
            refresh_token: refresh_token.map(SecretString::from),
            expires_in: answer.expires_in().unwrap_or_default(),
            scopes: scope::granted(&self.description, answer.scopes()),
            id_token: answer.id_token().map(SecretString::from),
        })
    }
}

impl fmt::Debug for AuthorizationServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationServer")
            .field("description", &self.description)
            .finish_non_exhaustive()
    }
}

fn client(description: &Description) -> Result<Client, Objection> {
    let auth_type = match description.client_authentication {
        ClientAuthentication::Basic => AuthType::BasicAuth,
        ClientAuthentication::Body => AuthType::RequestBody,
    };
    let secret = description.client_secret.expose_secret().to_owned();
    let redirect_uri = RedirectUrl::new(description.redirect_uri.clone())
        .map_err(|_| ("redirect_uri", "must be an address"))?;
    Ok(
        oauth2::Client::new(ClientId::new(description.client_id.clone()))
            .set_client_secret(ClientSecret::new(secret))
            .set_auth_type(auth_type)
            .set_redirect_uri(redirect_uri)
            .set_auth_uri(AuthUrl::from_url(description.auth_url.clone()))
            .set_token_uri(TokenUrl::from_url(description.token_url.clone())),
    )
}

/// A code or token to be sent. What is empty cannot be good, and is not sent.
fn unless_empty(secret: &SecretString) -> Result<String, Fault> {
    match secret.expose_secret() {
        "" => Err(OAuthErrorKind::GrantRefused.into()),
        text => Ok(text.to_owned()),
    }
}
