//! Deleting an account, and working off what it leaves.

use std::time::Duration;

use futures_util::future::{join, join_all};

use super::Repositories;
use super::fixture::{
    NOW, admin, connection, document, document_id, event, session, step, step_id, user, user_id,
};
use crate::connection::{Connection, SealedCredential};
use crate::erasure::{Erasure, ErasureReport, GrantEnd, LeftBehind, Subject};
use crate::event::Action;
use crate::id::{ErasureId, LoginFlowId, StepId, UserId};
use crate::login_flow::LoginFlow;
use crate::ports::erasures::{
    AccountDeleted, Answered, EndEvents, ErasurePlan, Estate, PlannedPart,
};
use crate::ports::repository::RepositoryError;
use crate::ports::users::DefaultStorageChosen;
use crate::provider::Provider;
use crate::step::{SealedPayload, Step, StepKind};
use crate::user::{StoragePlace, User, WrappedDataKey};

/// The part that clears the house; those of connections follow.
pub(super) const HOUSE: u64 = 700;

pub(super) fn erasure_id(number: u8) -> ErasureId {
    ErasureId::from_bytes([number; 16])
}

fn flow(owner: UserId, version: u32) -> LoginFlow {
    LoginFlow {
        id: LoginFlowId::from_bytes(*owner.as_bytes()),
        owner,
        state: SealedPayload(vec![1, 2]),
        version,
        leased_until: NOW,
        begun_at: NOW,
    }
}

pub(super) fn part_step(id: StepId) -> Step {
    Step {
        id,
        owner: None,
        kind: StepKind::ErasePart,
        payload: SealedPayload(Vec::new()),
        ..step(user_id(0), 0)
    }
}

/// A plan as services make it: the house, and every connection.
pub(super) fn plan(estate: Estate, number: u8) -> ErasurePlan {
    let house = PlannedPart {
        id: step_id(HOUSE),
        subject: Subject::House,
        account: None,
        credential: None,
        left: None,
    };
    let connections = estate.connections.iter().zip(HOUSE + 1..);
    let connections = connections.map(|(connection, id)| PlannedPart {
        id: step_id(id),
        subject: Subject::Connection {
            id: connection.id,
            provider: connection.provider,
        },
        account: (!connection.is_disconnected()).then(|| connection.account.clone()),
        credential: (!connection.is_disconnected()).then(|| SealedPayload(vec![7])),
        left: connection
            .is_disconnected()
            .then_some(LeftBehind::Disconnected),
    });
    let parts: Vec<_> = std::iter::once(house).chain(connections).collect();
    let is_sealed = parts.iter().any(|part| part.credential.is_some());
    let erasure = Erasure {
        id: erasure_id(number),
        user: estate.user.id,
        purge_key: is_sealed.then(|| WrappedDataKey(vec![8])),
        requested_at: NOW,
        deadline: NOW.plus(Erasure::PATIENCE),
        recorded_at: None,
        ended_at: None,
    };
    let steps = parts.iter().map(|part| part_step(part.id)).collect();
    ErasurePlan {
        estate,
        erasure,
        parts,
        steps,
        answered: None,
    }
}

fn answered(caller: UserId, key: u8, request: u8) -> Answered {
    Answered {
        caller,
        route: "a.route",
        key_sha256: [key; 32],
        request_sha256: [request; 32],
        at: NOW,
    }
}

impl Repositories {
    pub(super) async fn estate(&self, user: UserId) -> Estate {
        let estate = self.erasures.estate(user).await.unwrap();
        estate.expect("the user is there")
    }

    pub(super) async fn delete(&self, user: UserId, number: u8) -> ErasurePlan {
        let plan = plan(self.estate(user).await, number);
        let deleted = self.erasures.begin(&plan, &[]).await.unwrap();
        assert_eq!(deleted, AccountDeleted::Done);
        plan
    }

    pub(super) async fn report(&self, number: u8) -> ErasureReport {
        let report = self.erasures.report(erasure_id(number)).await.unwrap();
        report.expect("the erasure is there")
    }

    pub(super) async fn end(&self, part: u64, grant: Option<GrantEnd>) -> bool {
        let providers = vec![Provider::Webdav];
        let purged = event(Action::CloudCredentialsPurged { providers });
        let erased = event(Action::UserErased);
        let events = EndEvents {
            purged: &purged,
            erased: &erased,
        };
        let ended = self.erasures.end_part(step_id(part), grant, NOW, events);
        ended.await.unwrap()
    }

    /// A user with something of everything: a live and an ended connection, two documents in each and in
    /// the house, a session, a step and a login flow.
    async fn with_belongings(&self, number: u64) -> (UserId, Connection, Connection) {
        let owner = self.with_user(number).await;
        let live = self.with_connection(owner, number * 10).await;
        let ended = self.with_connection(owner, number * 10 + 1).await;
        let places = [
            StoragePlace::House,
            StoragePlace::Connection(live.id),
            StoragePlace::Connection(ended.id),
        ];
        for (index, place) in (0..).zip(places) {
            for document in 0..2 {
                let document = number * 100 + index * 10 + document;
                self.with_document(owner, document, place).await;
            }
        }
        let disconnected = self.connections.disconnect(owner, ended.id, 1, &[], &[]);
        assert!(disconnected.await.unwrap().is_some());
        self.choose_storage(owner, StoragePlace::Connection(live.id))
            .await;
        let session = session(owner, number);
        self.sessions.insert(&session, &[]).await.unwrap();
        self.outbox.add(&step(owner, number)).await.unwrap();
        let flows = self.login_flows.begin(&flow(owner, 1), 5).await;
        assert!(flows.unwrap().is_empty());
        (owner, live, ended)
    }

    /// Nothing of the user is there for anybody who asks for it.
    async fn assert_gone(&self, user: UserId) {
        assert!(self.users.find(user).await.unwrap().is_none());
        assert!(self.data_keys.data_key(user).await.unwrap().is_none());
        assert!(self.connections.list(user).await.unwrap().is_empty());
        let documents = self.documents.list(user, None, 10).await.unwrap();
        assert!(documents.is_empty());
        let sessions = self.sessions.list(user, NOW, None, 10).await.unwrap();
        assert!(sessions.is_empty());
        assert!(self.erasures.estate(user).await.unwrap().is_none());
    }
}

/// R-01, K-08: the data key first of all. The mail address is free again.
pub async fn a_deleted_account_is_gone_with_all_that_it_had(repositories: &Repositories) {
    let (anna, live, ended) = repositories.with_belongings(1).await;
    let ben = repositories.with_user(2).await;
    let kept = repositories
        .with_document(ben, 900, StoragePlace::House)
        .await;
    let estate = repositories.estate(anna).await;
    assert_eq!(
        (
            estate.connections.len(),
            estate.steps.len(),
            estate.flows.len()
        ),
        (2, 1, 1)
    );
    let plan = plan(estate, 1);
    let deleted = event(Action::UserDeleted);
    let begun = repositories.erasures.begin(&plan, &[deleted]).await;
    assert_eq!(begun.unwrap(), AccountDeleted::Done);

    repositories.assert_gone(anna).await;
    for connection in [&live, &ended] {
        let found = repositories.connections.find(anna, connection.id).await;
        assert!(found.unwrap().is_none());
    }
    let flow = repositories.login_flows.find(anna, flow(anna, 1).id).await;
    assert!(flow.unwrap().is_none());
    let names = repositories.saved.names().await;
    assert_eq!(names, ["user.deleted"]);
    let steps = repositories
        .outbox
        .claim(NOW, NOW.plus(Duration::from_secs(60)), 10)
        .await
        .unwrap();
    let kinds: Vec<_> = steps.iter().map(|step| (step.kind, step.owner)).collect();
    assert_eq!(kinds, [(StepKind::ErasePart, None); 3]);

    let report = repositories.report(1).await;
    assert_eq!(report.erasure, plan.erasure);
    let counts: Vec<_> = report
        .parts
        .iter()
        .map(|part| (part.part.subject, part.waiting, part.left.clone()))
        .collect();
    let subject = |connection: &Connection| Subject::Connection {
        id: connection.id,
        provider: Provider::Webdav,
    };
    assert_eq!(
        counts,
        [
            (Subject::House, 2, vec![]),
            (subject(&live), 2, vec![]),
            (subject(&ended), 0, vec![(LeftBehind::Disconnected, 2)]),
        ]
    );
    let doomed = repositories
        .erasures
        .doomed(step_id(HOUSE), None, 10)
        .await
        .unwrap();
    let like = document(anna, 100, StoragePlace::House);
    assert_eq!(doomed[0].id, document_id(100));
    assert_eq!(
        (&doomed[0].item, &doomed[0].version),
        (&like.item, &like.version())
    );

    // Somebody else's is untouched, and the address can be used by whoever comes.
    let found = repositories.documents.find(ben, kept.id).await.unwrap();
    assert_eq!(found, Some(kept));
    let again = User {
        id: user_id(3),
        ..user(1)
    };
    repositories.with(&again).await;
}

/// whoever was given something since the plan was made is not deleted without it.
pub async fn what_a_plan_does_not_know_of_keeps_the_account(repositories: &Repositories) {
    let (anna, live, _) = repositories.with_belongings(1).await;
    let stale = async |estate: Estate, what: &str| {
        let begun = repositories.erasures.begin(&plan(estate, 1), &[]).await;
        assert_eq!(begun.unwrap(), AccountDeleted::Stale, "{what}");
        let key = repositories.data_keys.data_key(anna).await.unwrap();
        assert!(key.is_some(), "{what}");
        assert!(
            repositories
                .erasures
                .report(erasure_id(1))
                .await
                .unwrap()
                .is_none()
        );
    };

    let before = repositories.estate(anna).await;
    repositories.with_connection(anna, 50).await;
    stale(before, "another connection").await;

    let before = repositories.estate(anna).await;
    let renewed = Connection {
        credential: Some(SealedCredential(vec![3])),
        credential_version: 2,
        ..live.clone()
    };
    let connections = &repositories.connections;
    let replaced = connections.replace_credential(&renewed, 1, &[]).await;
    assert!(replaced.unwrap());
    stale(before, "another credential").await;

    let before = repositories.estate(anna).await;
    repositories.outbox.add(&step(anna, 60)).await.unwrap();
    stale(before, "another step").await;

    let before = repositories.estate(anna).await;
    let replaced = repositories.login_flows.replace(&flow(anna, 2), 1).await;
    assert!(replaced.unwrap());
    stale(before, "another state of a flow").await;

    let before = repositories.estate(anna).await;
    let after = User {
        session_epoch: 1,
        ..before.user.clone()
    };
    repositories.change(&before.user, after).await;
    stale(before, "another epoch").await;

    repositories.delete(anna, 1).await;
    repositories.assert_gone(anna).await;
}

/// Whoever comes second is told which erasure there is, as long as it goes on.
pub async fn an_account_is_deleted_once(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let erasures = &repositories.erasures;
    assert_eq!(erasures.running(anna).await.unwrap(), None);
    let twice = plan(repositories.estate(anna).await, 2);
    repositories.delete(anna, 1).await;
    let again = erasures.begin(&twice, &[]).await;
    assert_eq!(again.unwrap(), AccountDeleted::Stale);
    assert_eq!(erasures.running(anna).await.unwrap(), Some(erasure_id(1)));
    assert_eq!(erasures.present(&[anna, user_id(9)]).await.unwrap(), []);

    let erased = event(Action::UserErased);
    erasures
        .recorded(erasure_id(1), NOW, &erased)
        .await
        .unwrap();
    assert!(repositories.end(HOUSE, None).await);
    assert_eq!(erasures.running(anna).await.unwrap(), None);
}

/// A-11, however many admins are switched off.
pub async fn the_last_admin_is_not_deleted(repositories: &Repositories) {
    let ada = admin(1);
    let off = User {
        disabled_at: Some(NOW),
        ..admin(2)
    };
    repositories.with(&ada).await;
    repositories.with(&off).await;
    let last = plan(repositories.estate(ada.id).await, 1);
    let refused = repositories.erasures.begin(&last, &[]).await;
    assert_eq!(refused.unwrap(), AccountDeleted::LastAdmin);
    assert!(repositories.users.find(ada.id).await.unwrap().is_some());

    repositories.delete(off.id, 2).await;
    repositories.with(&admin(3)).await;
    let other = Estate {
        user: ada.clone(),
        ..repositories.estate(ada.id).await
    };
    let mut other = plan(other, 3);
    other.parts.clear();
    other.steps.clear();
    let deleted = repositories.erasures.begin(&other, &[]).await;
    assert_eq!(deleted.unwrap(), AccountDeleted::Done);
}

/// K-09: a restore may have brought back an admin who was not the last one when the account was deleted.
pub async fn the_last_admin_goes_where_the_ledger_says_so(repositories: &Repositories) {
    let ada = admin(1);
    repositories.with(&ada).await;
    let mut told = plan(repositories.estate(ada.id).await, 1);
    told.erasure.recorded_at = Some(NOW);
    let deleted = repositories.erasures.begin(&told, &[]).await;
    assert_eq!(deleted.unwrap(), AccountDeleted::Done);
    repositories.assert_gone(ada.id).await;
}

/// L-04.
pub async fn a_deletion_whose_event_cannot_be_saved_is_undone(repositories: &Repositories) {
    let (anna, ..) = repositories.with_belongings(1).await;
    let taken = event(Action::UserDeleted);
    repositories.events.record(&taken).await.unwrap();
    let plan = plan(repositories.estate(anna).await, 1);
    let refused = repositories.erasures.begin(&plan, &[taken]).await;
    assert!(refused.is_err(), "{refused:?}");
    let estate = repositories.estate(anna).await;
    assert_eq!((estate.connections.len(), estate.steps.len()), (2, 1));
    assert!(
        repositories
            .data_keys
            .data_key(anna)
            .await
            .unwrap()
            .is_some()
    );
    let documents = repositories.documents.list(anna, None, 10).await.unwrap();
    assert_eq!(documents.len(), 6);
}

/// by caller, route and key.
pub async fn a_request_is_known_again_for_a_day(repositories: &Repositories) {
    let (ada, eve) = (admin(1), admin(2));
    repositories.with(&ada).await;
    repositories.with(&eve).await;
    let (anna, ben) = (
        repositories.with_user(3).await,
        repositories.with_user(4).await,
    );
    let erasures = &repositories.erasures;
    let request = answered(ada.id, 1, 7);
    assert_eq!(erasures.answered(&request).await.unwrap(), None);
    let first = ErasurePlan {
        answered: Some(request),
        ..plan(repositories.estate(anna).await, 1)
    };
    let begun = erasures.begin(&first, &[]).await.unwrap();
    assert_eq!(begun, AccountDeleted::Done);

    let known = Some((erasure_id(1), [7; 32]));
    assert_eq!(erasures.answered(&request).await.unwrap(), known);
    let other_request = answered(ada.id, 1, 8);
    assert_eq!(erasures.answered(&other_request).await.unwrap(), known);
    let mut other_route = request;
    other_route.route = "another";
    for other in [answered(eve.id, 1, 7), answered(ada.id, 2, 7), other_route] {
        assert_eq!(erasures.answered(&other).await.unwrap(), None);
    }

    // Two with one key cannot both be done.
    let mut second = plan(repositories.estate(ben).await, 2);
    second.parts[0].id = step_id(HOUSE + 50);
    second.steps = vec![part_step(second.parts[0].id)];
    second.answered = Some(other_request);
    let refused = erasures.begin(&second, &[]).await;
    assert!(
        matches!(refused, Err(RepositoryError::Duplicate)),
        "{refused:?}"
    );

    // A day later it is a key like any other.
    let at = NOW.plus(Answered::KNOWN_FOR + Duration::from_secs(1));
    let later = Answered {
        at,
        ..other_request
    };
    assert_eq!(erasures.answered(&later).await.unwrap(), None);
    second.answered = Some(later);
    let begun = erasures.begin(&second, &[]).await.unwrap();
    assert_eq!(begun, AccountDeleted::Done);

    // Whoever asked may be deleted in turn.
    let eve_s = ErasurePlan {
        parts: Vec::new(),
        steps: Vec::new(),
        ..plan(repositories.estate(ada.id).await, 3)
    };
    assert_eq!(
        erasures.begin(&eve_s, &[]).await.unwrap(),
        AccountDeleted::Done
    );
}

/// Two replicas that delete one account.
pub async fn of_racing_deletions_one_wins(repositories: &Repositories) {
    for round in 1..=10 {
        let (anna, ..) = repositories.with_belongings(round).await;
        let estate = repositories.estate(anna).await;
        let rivals = (1..=4).map(async |rival: u8| {
            let number = u8::try_from(round).unwrap() * 10 + rival;
            let mut plan = plan(estate.clone(), number);
            for (part, index) in plan.parts.iter_mut().zip(0..) {
                part.id = step_id(u64::from(number) * 1_000 + index);
            }
            plan.steps = plan.parts.iter().map(|part| part_step(part.id)).collect();
            repositories.erasures.begin(&plan, &[]).await
        });
        let outcomes = join_all(rivals).await;
        let won = |it: &&Result<_, _>| matches!(it, Ok(AccountDeleted::Done));
        assert_eq!(outcomes.iter().filter(won).count(), 1, "{outcomes:?}");
        let lost = |it: &&Result<_, _>| matches!(it, Ok(AccountDeleted::Stale));
        assert_eq!(outcomes.iter().filter(lost).count(), 3, "{outcomes:?}");
        repositories.assert_gone(anna).await;
    }
}

/// whatever comes at the same time comes before it or not at all, and nobody waits for somebody who
/// waits for them.
pub async fn a_deletion_that_races_a_gift_leaves_nothing(repositories: &Repositories) {
    for round in 1..=12 {
        let (anna, live, _) = repositories.with_belongings(round).await;
        let deletion = async {
            loop {
                let estate = repositories.estate(anna).await;
                let mut plan = plan(estate, u8::try_from(round).unwrap());
                for (part, index) in plan.parts.iter_mut().zip(0..) {
                    part.id = step_id(round * 1_000 + index);
                }
                plan.steps = plan.parts.iter().map(|part| part_step(part.id)).collect();
                match repositories.erasures.begin(&plan, &[]).await.unwrap() {
                    AccountDeleted::Stale => {}
                    deleted => return assert_eq!(deleted, AccountDeleted::Done),
                }
            }
        };
        join(deletion, gifts(repositories, anna, &live, round)).await;
        repositories.assert_gone(anna).await;
    }
}

/// Everything that somebody may be given, or do, at once.
async fn gifts(repositories: &Repositories, anna: UserId, live: &Connection, round: u64) {
    let (connections, place) = (&repositories.connections, StoragePlace::Connection(live.id));
    let in_cloud = document(anna, 5_000 + round, place);
    let in_house = document(anna, 6_000 + round, StoragePlace::House);
    let stored = async {
        repositories.documents.insert(&in_cloud, &[]).await.unwrap();
        repositories.documents.insert(&in_house, &[]).await.unwrap();
    };
    let connected = async {
        let another = connection(anna, 7_000 + round);
        match connections.insert(&another, &[]).await {
            Ok(()) | Err(RepositoryError::OwnerRefused) => {}
            other => panic!("{other:?}"),
        }
    };
    let disconnected = async {
        let ended = connections.disconnect(anna, live.id, 1, &[], &[]).await;
        ended.unwrap();
    };
    let chosen = async {
        let chosen = repositories
            .users
            .set_default_storage(anna, place, &[])
            .await;
        assert_ne!(chosen.unwrap(), DefaultStorageChosen::RequiresReauth);
    };
    let logged_in = async {
        let session = session(anna, 8_000 + round);
        match repositories.sessions.insert(&session, &[]).await {
            Ok(()) | Err(RepositoryError::OwnerRefused) => {}
            other => panic!("{other:?}"),
        }
    };
    let stepped = async {
        match repositories.outbox.add(&step(anna, 9_000 + round)).await {
            Ok(()) | Err(RepositoryError::OwnerRefused) => {}
            other => panic!("{other:?}"),
        }
    };
    let granted = async {
        let replaced = repositories.login_flows.replace(&flow(anna, 2), 1).await;
        replaced.unwrap();
    };
    let first = join(join(stored, connected), join(disconnected, chosen));
    join(first, join(logged_in, join(stepped, granted))).await;
}
