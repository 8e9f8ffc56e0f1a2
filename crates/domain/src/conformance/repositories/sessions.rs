//! The sessions' promises.

use std::time::Duration;

use futures_util::future::join_all;

use super::Repositories;
use super::fixture::{NOW, event, session, session_id, token_digest, user, user_id};
use crate::event::Action;
use crate::id::SessionId;
use crate::ports::sessions::CLEARED_AT_ONCE;
use crate::session::Session;
use crate::time::Timestamp;
use crate::user::StoragePlace;

const RIVALS: u64 = 6;

/// What was inserted is found, to the last microsecond, with its event and its owner's account.
pub async fn a_session_comes_back_as_it_was_with_its_user(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.with_user(2).await;
    let mut begun = session(anna, 1);
    begun.epoch = u32::MAX;
    let sessions = &repositories.sessions;
    let started = event(Action::SessionStarted);
    sessions.insert(&begun, &[started]).await.unwrap();

    let (owner, found) = sessions.find(begun.id).await.unwrap().unwrap();
    assert_eq!(owner, user(1));
    assert_same(&found, &begun);
    assert_eq!(repositories.saved.names().await, ["session.started"]);
}

/// Unknown ids give nothing, and that is no error.
pub async fn an_unknown_session_is_not_found(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let sessions = &repositories.sessions;
    let nobody_s = session(anna, 9);
    assert!(sessions.find(nobody_s.id).await.unwrap().is_none());
    let carried_on = sessions.carry_on(&nobody_s, nobody_s.token).await;
    assert!(!carried_on.unwrap());
    let refused = event(Action::SessionRefused);
    assert!(!sessions.end(anna, nobody_s.id, &[refused]).await.unwrap());
    assert_eq!(repositories.saved.names().await, [""; 0]);
}

/// A new token replaces the current one; whoever shows another changes nothing.
pub async fn a_session_is_carried_on_by_the_current_token_only(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let [first, other] = [1, 2].map(|number| session(anna, number));
    repositories.with_session(&first).await;
    repositories.with_session(&other).await;
    let sessions = &repositories.sessions;

    let later = NOW.plus(Duration::from_micros(3));
    let second = first.carried_on(token_digest(11), later);
    assert!(sessions.carry_on(&second, first.token).await.unwrap());
    let (_, found) = sessions.find(first.id).await.unwrap().unwrap();
    assert_same(&found, &second);

    let third = second.carried_on(token_digest(12), later);
    for stale in [first.token, other.token, first.lineage] {
        assert!(!sessions.carry_on(&third, stale).await.unwrap());
    }
    let (_, found) = sessions.find(first.id).await.unwrap().unwrap();
    assert_same(&found, &second);
    let (_, found) = sessions.find(other.id).await.unwrap().unwrap();
    assert_same(&found, &other);
}

/// A session that was ended has gone, is not carried on, and is not ended again; others stay.
pub async fn a_session_ends_once_and_alone(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let [ended, other] = [1, 2].map(|number| session(anna, number));
    repositories.with_session(&ended).await;
    repositories.with_session(&other).await;
    let sessions = &repositories.sessions;

    for expected in [true, false] {
        let refused = event(Action::SessionRefused);
        let end = sessions.end(anna, ended.id, &[refused]).await;
        assert_eq!(end.unwrap(), expected);
    }
    assert!(!sessions.carry_on(&ended, ended.token).await.unwrap());
    let stranger = repositories.with_user(2).await;
    assert!(!sessions.end(stranger, other.id, &[]).await.unwrap());
    assert_eq!(repositories.there(&[ended.id, other.id]).await, [other.id]);
    assert_eq!(repositories.saved.names().await, ["session.refused"]);
}

/// The account that comes with a session is read anew each time.
pub async fn a_session_shows_its_user_as_it_is_now(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.with_session(&session(anna, 1)).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let place = StoragePlace::Connection(cloud.id);
    repositories.choose_storage(anna, place).await;

    let found = repositories.sessions.find(session_id(1)).await;
    assert_eq!(found.unwrap().unwrap().0.default_storage, place);
}

/// An account's live sessions are listed, newest first and page by page, and nobody else's.
pub async fn live_sessions_are_listed_newest_first(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    for number in [2, 1, 3] {
        repositories.with_session(&session(anna, number)).await;
    }
    repositories.with_session(&session(ben, 4)).await;
    repositories.with_session_until(NOW, session(anna, 5)).await;
    let mut void = session(anna, 6);
    void.epoch = 1;
    repositories.with_session(&void).await;

    let page = async |after, limit| {
        let sessions = repositories.sessions.list(anna, NOW, after, limit).await;
        let ids = sessions.unwrap().into_iter().map(|session| session.id);
        ids.collect::<Vec<_>>()
    };
    assert_eq!(page(None, 2).await, [3, 2].map(session_id));
    assert_eq!(page(Some(session_id(2)), 2).await, [session_id(1)]);
    assert_eq!(page(Some(session_id(1)), 2).await, []);
}

/// All sessions of an account end together, and so do its outside tokens.
pub async fn all_sessions_end_together(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    for number in 1..=3 {
        repositories.with_session(&session(anna, number)).await;
    }
    repositories.with_session(&session(ben, 4)).await;
    let all = [1, 2, 3, 4].map(session_id);
    let end = async |owner| {
        let ended = event(Action::SessionEnded);
        let ended = repositories.sessions.end_all(owner, NOW, &[ended]).await;
        ended.unwrap()
    };

    assert!(end(anna).await);
    assert_eq!(repositories.there(&all).await, [session_id(4)]);
    let tokens_from = async |id| {
        let user = repositories.users.find(id).await.unwrap();
        user.unwrap().tokens_from
    };
    assert_eq!(tokens_from(anna).await, Some(NOW));
    assert_eq!(tokens_from(ben).await, None);
    assert!(!end(user_id(99)).await);
    assert_eq!(repositories.saved.names().await, ["session.ended"]);
}

/// What had ended when a session began is cleared away, whosever it was; what is live stays.
pub async fn a_new_session_clears_ended_ones_away(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let ben = repositories.with_user(2).await;
    let just_now = Timestamp::from_unix_micros(NOW.as_unix_micros() - 1);
    let in_a_moment = NOW.plus(Duration::from_micros(1));
    for (owner, number, ends_at) in [(anna, 1, just_now), (ben, 2, NOW), (ben, 3, in_a_moment)] {
        repositories
            .with_session_until(ends_at, session(owner, number))
            .await;
    }

    repositories.with_session(&session(anna, 4)).await;

    let there = repositories.there(&[1, 2, 3, 4].map(session_id)).await;
    assert_eq!(there, [3, 4].map(session_id));
}

/// A log-in does not wait for thousands of old sessions to go.
pub async fn no_more_ended_sessions_are_cleared_away_than_agreed(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let most = u64::from(CLEARED_AT_ONCE);
    let ids: Vec<_> = (1..=most + 5).map(session_id).collect();
    for number in 1..=most + 5 {
        let ends_at = NOW.plus(Duration::from_micros(number));
        repositories
            .with_session_until(ends_at, session(anna, number))
            .await;
    }

    let mut late = session(anna, most + 6);
    late.started_at = NOW.plus(Duration::from_secs(1));
    repositories.with_session(&late).await;
    assert_eq!(repositories.there(&ids).await, ids[ids.len() - 5..]);
}

/// A session begins, clears away and ends together with its events, or not at all (L-04).
pub async fn a_session_whose_event_cannot_be_saved_neither_begins_nor_ends(
    repositories: &Repositories,
) {
    let anna = repositories.with_user(1).await;
    let [live, fresh] = [1, 2].map(|number| session(anna, number));
    repositories.with_session(&live).await;
    repositories.with_session_until(NOW, session(anna, 3)).await;
    let saved = event(Action::SessionStarted);
    repositories.events.record(&saved).await.unwrap();
    // Its id is taken.
    let unsavable = [saved];

    let sessions = &repositories.sessions;
    assert!(sessions.insert(&fresh, &unsavable).await.is_err());
    assert!(sessions.end(anna, live.id, &unsavable).await.is_err());

    let there = repositories.there(&[1, 2, 3].map(session_id)).await;
    assert_eq!(there, [1, 3].map(session_id));
    assert_eq!(repositories.saved.names().await, ["session.started"]);
}

/// Of several refreshes that all follow the same token, one is saved.
pub async fn of_racing_refreshes_one_carries_the_session_on(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let begun = session(anna, 1);
    repositories.with_session(&begun).await;
    let rivals = (1..=RIVALS).map(async |number| {
        let rival = begun.carried_on(token_digest(10 + number), NOW);
        let carried_on = repositories.sessions.carry_on(&rival, begun.token).await;
        carried_on.unwrap().then_some(rival)
    });
    let winners: Vec<_> = join_all(rivals).await.into_iter().flatten().collect();

    assert_eq!(winners.len(), 1, "{winners:?}");
    let (_, found) = repositories.sessions.find(begun.id).await.unwrap().unwrap();
    assert_same(&found, &winners[0]);
}

/// Several log-ins that find the same ended sessions do not stand in each other's way.
pub async fn sessions_that_begin_at_once_clear_away_together(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let old: Vec<_> = (1..=20).map(session_id).collect();
    for number in 1..=20 {
        repositories
            .with_session_until(NOW, session(anna, number))
            .await;
    }
    let new = (21..=20 + RIVALS).map(async |number| {
        let begun = session(anna, number);
        repositories.with_session(&begun).await;
        begun.id
    });
    let new = join_all(new).await;

    assert_eq!(repositories.there(&old).await, []);
    assert_eq!(repositories.there(&new).await, new);
}

impl Repositories {
    async fn with_session(&self, session: &Session) {
        self.sessions.insert(session, &[]).await.unwrap();
    }

    /// Inserts a session that ends at this time, and began so long ago that it clears nothing away.
    async fn with_session_until(&self, ends_at: Timestamp, session: Session) {
        let long_ago = Session {
            started_at: Timestamp::from_unix_seconds(0),
            ends_at,
            ..session
        };
        self.with_session(&long_ago).await;
    }

    /// Those of these sessions that are there.
    async fn there(&self, ids: &[SessionId]) -> Vec<SessionId> {
        let mut there = Vec::new();
        for id in ids {
            let found = self.sessions.find(*id).await.unwrap();
            there.extend(found.map(|(_, session)| session.id));
        }
        there
    }
}

/// Sessions have no equality, because nobody should compare digests; a test has to.
#[track_caller]
fn assert_same(left: &Session, right: &Session) {
    assert_eq!(format!("{left:?}"), format!("{right:?}"));
    assert_eq!(left.lineage.0, right.lineage.0, "the lineages");
    assert_eq!(left.token.0, right.token.0, "the tokens");
}
