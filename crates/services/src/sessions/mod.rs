//! Sessions: logging in, going on, logging out, and recognising who asks.

mod recognised;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use wharf_domain::context::Context;
use wharf_domain::environment::Environment;
use wharf_domain::event::{Action, Event, Resource};
use wharf_domain::id::{SessionId, UserId};
use wharf_domain::ports::events::Events;
use wharf_domain::ports::passwords::{PasswordVerdict, Passwords};
use wharf_domain::ports::sessions::Sessions as SessionRepository;
use wharf_domain::ports::tokens::{AccessClaims, AccessToken, TokenRefusal, Tokens};
use wharf_domain::ports::users::{Login, Users};
use wharf_domain::session::{Identity, Session};
use wharf_domain::time::Timestamp;
use wharf_domain::user::User;

use self::recognised::Recognised;
use crate::error::ServiceError;
use crate::meters::{self, SessionRefusal};
use crate::refresh_token::RefreshToken;

/// The use cases around sessions.
#[derive(Clone)]
pub struct Sessions {
    users: Arc<dyn Users>,
    sessions: Arc<dyn SessionRepository>,
    events: Arc<dyn Events>,
    passwords: Arc<dyn Passwords>,
    tokens: Arc<dyn Tokens>,
    recognised: Recognised,
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
        passwords: Arc<dyn Passwords>,
        tokens: Arc<dyn Tokens>,
        environment: Environment,
    ) -> Self {
        Self {
            users,
            sessions,
            events,
            passwords,
            tokens,
            recognised: Recognised::default(),
            environment,
        }
    }

    /// Begins a session for whoever knows the password.
    ///
    /// An unknown address costs the same work and gets the same answer as a wrong password (E-02).
    ///
    /// # Errors
    /// [`ServiceError::WrongLogin`].
    pub async fn login(
        &self,
        context: &Context,
        email: &str,
        password: SecretString,
    ) -> Result<Pass, ServiceError> {
        let login = match email.parse() {
            Ok(email) => self.users.find_login(&email).await?,
            Err(_) => None,
        };
        let hash = login.as_ref().map(|login| login.password.clone());
        let verdict = self.passwords.verify(hash, password.clone()).await?;
        match (login, verdict) {
            (Some(login), PasswordVerdict::Match) => self.begin(context, &login.user).await,
            (Some(login), PasswordVerdict::MatchWeak) => {
                self.strengthen(&login, password).await?;
                self.begin(context, &login.user).await
            }
            (login, _) => {
                let user = login.map(|login| login.user.id);
                self.events.record(&self.refusal(context, user)).await?;
                meters::session_refused(SessionRefusal::Login);
                Err(ServiceError::WrongLogin)
            }
        }
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
        let hash = self.passwords.hash(password).await?;
        Ok(self.users.rehash(login.user.id, &hash).await?)
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
        self.end(session.id, &[event]).await?;
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
            self.end(session.id, &[]).await?;
        }
        Ok(())
    }

    /// Whom an access token speaks for, as it was a moment ago at most.
    ///
    /// # Errors
    /// [`ServiceError::Token`] if the token is not accepted, or its session has ended.
    pub async fn authenticate(&self, token: &str) -> Result<Identity, ServiceError> {
        let now = self.environment.now();
        if let Some(identity) = self.recognised.who(token, now) {
            return Ok(identity);
        }
        let claims = self.tokens.verify(token)?;
        let begun = self.recognised.moment();
        let found = self.sessions.find(claims.session).await?;
        let (user, session) = found
            .filter(|(user, session)| user.id == claims.user && session.is_live(user, now))
            .ok_or(TokenRefusal::Invalid)?;
        let identity = Identity {
            id: user.id,
            role: user.role,
        };
        self.recognised
            .remember(token, identity, &session, (begun, now));
        Ok(identity)
    }

    async fn end(&self, session: SessionId, events: &[Event]) -> Result<(), ServiceError> {
        let ended = self.sessions.end(session, events).await;
        // Whatever came of it: who is not remembered is looked up.
        self.recognised.forget(session);
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
