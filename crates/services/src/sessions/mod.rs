//! Sessions: logging in, going on, logging out, and recognising who asks.

mod live;
mod outside;
mod recognised;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::UserId;
use wharf_domain::ports::events::Events;
use wharf_domain::ports::passwords::PasswordVerdict;
use wharf_domain::ports::sessions::Sessions as SessionRepository;
use wharf_domain::ports::tokens::{AccessClaims, AccessToken, TokenRefusal, Tokens};
use wharf_domain::ports::users::{Login, Users};
use wharf_domain::session::{Identity, Session};
use wharf_domain::time::Timestamp;
use wharf_domain::user::User;

pub use self::live::SessionView;
pub use self::outside::{OutsideLogins, Provisioning};
pub(crate) use self::recognised::Recognised;
use crate::error::ServiceError;
use crate::gate::Gate;
use crate::meters::{self, SessionRefusal};
use crate::refresh_token::RefreshToken;

/// The use cases around sessions.
#[derive(Clone)]
pub struct Sessions {
    users: Arc<dyn Users>,
    sessions: Arc<dyn SessionRepository>,
    events: Arc<dyn Events>,
    tokens: Arc<dyn Tokens>,
    gate: Gate,
    outside: Option<OutsideLogins>,
    environment: Environment,
}

/// What a client needs to go on with a session that has just begun or been carried on.
#[derive(Clone, Debug)]
pub struct Pass {
    /// Proves who is asking, for a few minutes and no longer than the session.
    pub access_token: AccessToken,
    /// Carries the session on, once. Showing it a second time ends the session.
    pub refresh_token: SecretString,
    /// How long the refresh token will be good.
    pub refreshable_for: Duration,
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").finish_non_exhaustive()
    }
}

impl Sessions {
    /// The use cases on these ports.
    pub fn new(
        users: Arc<dyn Users>,
        sessions: Arc<dyn SessionRepository>,
        events: Arc<dyn Events>,
        tokens: Arc<dyn Tokens>,
        gate: Gate,
        environment: Environment,
    ) -> Self {
        Self {
            users,
            sessions,
            events,
            tokens,
            gate,
            outside: None,
            environment,
        }
    }

    /// The same, for people too whom an issuer outside vouches for.
    #[must_use]
    pub fn vouched_for_by(self, outside: OutsideLogins) -> Self {
        let outside = Some(outside);
        Self { outside, ..self }
    }

    /// Begins a session for whoever knows the password, and comes from `from` where that is known.
    ///
    /// An unknown address costs the same work and gets the same answer as a wrong password (E-02).
    ///
    /// # Errors
    /// [`ServiceError::WrongLogin`], [`ServiceError::TooManyAttempts`], and
    /// [`ServiceError::AccountDisabled`] for whoever knows the password.
    pub async fn login(
        &self,
        context: &Context,
        email: &str,
        password: SecretString,
        from: Option<IpAddr>,
    ) -> Result<Pass, ServiceError> {
        let counted = match self.gate.limits.admit(email, from).await {
            Ok(counted) => counted,
            Err(refusal) => {
                meters::session_refused(SessionRefusal::TooManyAttempts);
                return Err(refusal);
            }
        };
        let (login, verdict) = match self.compared(email, password.clone()).await {
            Ok(compared) => compared,
            Err(error) => {
                self.gate.limits.take_back(counted).await;
                return Err(error);
            }
        };
        let login = match (login, verdict) {
            (Some(login), PasswordVerdict::Match | PasswordVerdict::MatchWeak) => login,
            (login, _) => {
                let user = login.map(|login| login.user.id);
                let reason = SessionRefusal::Login;
                self.refuse(context, user, reason).await?;
                return Err(ServiceError::WrongLogin);
            }
        };
        self.gate.limits.succeeded(counted).await;
        if login.user.disabled_at.is_some() {
            let reason = SessionRefusal::Disabled;
            self.refuse(context, Some(login.user.id), reason).await?;
            return Err(ServiceError::AccountDisabled);
        }
        if verdict == PasswordVerdict::MatchWeak {
            self.strengthen(&login, password).await?;
        }
        self.begin(context, &login.user).await
    }

    /// Whose login this would be, and whether it is.
    async fn compared(
        &self,
        email: &str,
        password: SecretString,
    ) -> Result<(Option<Login>, PasswordVerdict), ServiceError> {
        let login = match email.parse() {
            Ok(email) => self.users.find_login(&email).await?,
            Err(_) => None,
        };
        let hash = login.as_ref().and_then(|login| login.password.clone());
        let verdict = self.gate.passwords.verify(hash, password).await?;
        Ok((login, verdict))
    }

    async fn refuse(
        &self,
        context: &Context,
        user: Option<UserId>,
        reason: SessionRefusal,
    ) -> Result<(), ServiceError> {
        self.events.record(&self.refusal(context, user)).await?;
        meters::session_refused(reason);
        Ok(())
    }

    async fn begin(&self, context: &Context, user: &User) -> Result<Pass, ServiceError> {
        let now = self.environment.now();
        let token = RefreshToken::first(self.environment.new_id(), &self.environment);
        let session = Session::begin(
            token.session(),
            user,
            token.lineage_digest(),
            token.digest(),
            now,
        );
        let pass = self.pass(&session, &token, now)?;
        let context = context.as_user(user.id);
        let event = self.event(&context, Action::SessionStarted, Some(user.id));
        self.sessions.insert(&session, &[event]).await?;
        meters::session_started();
        Ok(pass)
    }

    /// Hashes a password anew whose hash was made with weaker parameters than today's.
    async fn strengthen(&self, login: &Login, password: SecretString) -> Result<(), ServiceError> {
        let Some(known) = &login.password else {
            return Ok(());
        };
        let hash = self.gate.passwords.hash(password).await?;
        Ok(self.users.rehash(login.user.id, known, &hash).await?)
    }

    /// Carries a session on: its refresh token is replaced by another.
    ///
    /// A token that was replaced is either stolen or shown by somebody from whom it was stolen, and
    /// nobody can tell which: it ends the session (RFC 9700, section 4.14.2). That holds for the
    /// second of two that show the current token at the same time, too.
    ///
    /// # Errors
    /// [`ServiceError::SessionEnded`], whatever the reason.
    pub async fn refresh(&self, context: &Context, token: &str) -> Result<Pass, ServiceError> {
        let token = RefreshToken::parse(token).ok_or(ServiceError::SessionEnded)?;
        let found = self.sessions.find(token.session()).await?;
        let (user, session) = found
            .filter(|(_, session)| token.is_of(session))
            .ok_or(ServiceError::SessionEnded)?;
        let now = self.environment.now();
        if session.is_live(&user, now) && token.is_current(&session) {
            let next = token.next(&self.environment);
            let carried_on = session.carried_on(next.digest(), now);
            let pass = self.pass(&carried_on, &next, now)?;
            if self.sessions.carry_on(&carried_on, session.token).await? {
                return Ok(pass);
            }
        }
        let event = self.refusal(context, Some(user.id));
        self.end(&session, &[event]).await?;
        meters::session_refused(SessionRefusal::RefreshToken);
        Err(ServiceError::SessionEnded)
    }

    /// Ends the session of a refresh token, if there is one; its access tokens are void at once.
    /// An older token of the session does it too.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn logout(&self, token: &str) -> Result<(), ServiceError> {
        let Some(token) = RefreshToken::parse(token) else {
            return Ok(());
        };
        let found = self.sessions.find(token.session()).await?;
        if let Some((_, session)) = found
            && token.is_of(&session)
        {
            self.end(&session, &[]).await?;
        }
        Ok(())
    }

    /// Whom an access token speaks for, as it was a moment ago at most. `context` is that of the
    /// request, for the first one that a person makes whom an issuer outside vouches for.
    ///
    /// # Errors
    /// [`ServiceError::Token`] if the token is not accepted, or its session has ended; for tokens of an
    /// outside issuer also those of [`OutsideLogins`].
    pub async fn authenticate(
        &self,
        context: &Context,
        token: &str,
    ) -> Result<Identity, ServiceError> {
        let now = self.environment.now();
        if let Some(identity) = self.gate.recognised.who(token, now) {
            return Ok(identity);
        }
        let begun = self.gate.recognised.moment();
        let (identity, ends_at) = match (self.tokens.verify(token), &self.outside) {
            (Ok(claims), _) => self.of_session(claims, now).await?,
            (Err(TokenRefusal::Invalid), Some(outside)) => outside.who(context, token).await?,
            (Err(refusal), _) => return Err(refusal.into()),
        };
        self.gate
            .recognised
            .remember(token, identity, ends_at, (begun, now));
        Ok(identity)
    }

    async fn of_session(
        &self,
        claims: AccessClaims,
        now: Timestamp,
    ) -> Result<(Identity, Timestamp), ServiceError> {
        let found = self.sessions.find(claims.session).await?;
        let (user, session) = found
            .filter(|(user, session)| user.id == claims.user && session.is_live(user, now))
            .ok_or(TokenRefusal::Invalid)?;
        let identity = Identity {
            id: user.id,
            role: user.role,
            session: Some(session.id),
            authenticated_at: Some(session.started_at),
        };
        Ok((identity, session.ends_at))
    }

    async fn end(&self, session: &Session, events: &[Event]) -> Result<(), ServiceError> {
        let Session { owner, id, .. } = *session;
        let ended = self.sessions.end(owner, id, events).await;
        // Whatever came of it: who is not remembered is looked up.
        self.gate.recognised.forget(id);
        ended?;
        Ok(())
    }

    fn pass(
        &self,
        session: &Session,
        token: &RefreshToken,
        now: Timestamp,
    ) -> Result<Pass, ServiceError> {
        let claims = AccessClaims {
            user: session.owner,
            session: session.id,
        };
        Ok(Pass {
            access_token: self.tokens.issue(claims)?,
            refresh_token: token.text(),
            refreshable_for: session.ends_at.since(now),
        })
    }

    fn refusal(&self, context: &Context, user: Option<UserId>) -> Event {
        self.event(context, Action::SessionRefused, user)
    }

    fn event(&self, context: &Context, action: Action, user: Option<UserId>) -> Event {
        Event::new(&self.environment, context, action, user.map(Resource::User))
    }
}
