//! Working off what a deleted account leaves: documents settled, credentials destroyed, erasures ended.

use super::Repositories;
use super::erasures::{HOUSE, erasure_id, part_step, plan};
use super::fixture::{NOW, document_id, event, step_id};
use crate::erasure::{DocumentEnd, GrantEnd, LeftBehind, Tally};
use crate::event::Action;
use crate::ports::erasures::AccountDeleted;
use crate::provider::Provider;
use crate::step::SealedPayload;
use crate::user::StoragePlace;

/// Whoever does it again after a crash counts nothing twice.
pub async fn documents_are_settled_once(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    for number in 1..=5 {
        repositories
            .with_document(anna, number, StoragePlace::House)
            .await;
    }
    repositories.delete(anna, 1).await;
    let erasures = &repositories.erasures;
    let part = step_id(HOUSE);
    let page = erasures.doomed(part, None, 2).await.unwrap();
    assert_eq!(
        page.iter().map(|it| it.id).collect::<Vec<_>>(),
        [1, 2].map(document_id)
    );
    let rest = erasures
        .doomed(part, Some(document_id(2)), 9)
        .await
        .unwrap();
    assert_eq!(rest.len(), 3);

    let gone = || Some(event(Action::DocumentDeleted));
    let ends = [
        (document_id(1), DocumentEnd::Deleted, gone()),
        (document_id(2), DocumentEnd::Trashed, gone()),
        (document_id(3), DocumentEnd::Missing, gone()),
        (document_id(4), DocumentEnd::Left(LeftBehind::Changed), None),
    ];
    erasures.ended(part, &ends).await.unwrap();
    // With other events, for theirs are saved already.
    let again = ends.clone().map(|(id, end, _)| (id, end, gone()));
    erasures.ended(part, &again).await.unwrap();

    let report = repositories.report(1).await;
    let tally = Tally {
        deleted: 1,
        trashed: 1,
        missing: 1,
    };
    assert_eq!(report.parts[0].part.tally, tally);
    assert_eq!(report.parts[0].waiting, 1);
    assert_eq!(report.parts[0].left, [(LeftBehind::Changed, 1)]);
    let names = repositories.saved.names().await;
    assert_eq!(names, ["document.deleted"; 3]);
    let waiting = erasures.doomed(part, None, 9).await.unwrap();
    assert_eq!(waiting.len(), 1);
}

/// What could not be deleted is counted, and nobody knows any more where it lies.
pub async fn documents_that_are_given_up_are_forgotten(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    for number in 1..=3 {
        repositories
            .with_document(anna, number, StoragePlace::House)
            .await;
    }
    repositories.delete(anna, 1).await;
    let (erasures, part) = (&repositories.erasures, step_id(HOUSE));
    let left = erasures.leave(part, LeftBehind::Unreachable).await.unwrap();
    assert_eq!(left, 3);
    let again = erasures.leave(part, LeftBehind::Forbidden).await.unwrap();
    assert_eq!(again, 0);
    assert_eq!(erasures.doomed(part, None, 9).await.unwrap(), []);
    let report = repositories.report(1).await;
    assert_eq!(report.parts[0].left, [(LeftBehind::Unreachable, 3)]);
    assert!(!report.is_complete());
}

/// Nobody ends a grant that documents are still to be deleted by.
pub async fn an_account_is_in_use_until_its_documents_are_deleted(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    repositories.delete(anna, 1).await;
    let is_live = async || {
        let connections = &repositories.connections;
        let live = connections.is_account_live(Provider::Webdav, &cloud.account);
        live.await.unwrap()
    };
    assert!(is_live().await);
    repositories
        .erasures
        .clear(step_id(HOUSE + 1))
        .await
        .unwrap();
    assert!(!is_live().await);
}

/// Of two who renew it at once, one does.
pub async fn a_credential_is_replaced_by_the_next_version(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let cloud = repositories.with_connection(anna, 1).await;
    let credentials = &repositories.erasure_credentials;
    assert!(credentials.of_connection(cloud.id).await.unwrap().is_none());
    let plan = repositories.delete(anna, 1).await;
    let part = step_id(HOUSE + 1);

    let found = credentials.of_connection(cloud.id).await.unwrap();
    let (erasure, id, credential) = found.expect("it is still needed");
    assert_eq!((erasure, id), (plan.erasure, part));
    assert_eq!((credential.sealed.0, credential.version), (vec![7], 1));
    assert_eq!(credential.held_until, None);

    let next = SealedPayload(vec![9]);
    assert!(credentials.replace(part, &next, 1).await.unwrap());
    assert!(!credentials.replace(part, &next, 1).await.unwrap());
    let found = repositories.erasures.part(part).await.unwrap();
    let (.., credential) = found.expect("the part is there");
    let credential = credential.expect("it has a credential");
    assert_eq!((credential.sealed.0, credential.version), (vec![9], 2));

    assert!(repositories.end(HOUSE + 1, Some(GrantEnd::Revoked)).await);
    assert!(credentials.of_connection(cloud.id).await.unwrap().is_none());
    assert!(!credentials.replace(part, &next, 2).await.unwrap());
    let found = repositories.erasures.part(part).await.unwrap();
    let (_, ended, credential) = found.expect("the part is there");
    assert_eq!(
        (ended.grant, ended.ended_at),
        (Some(GrantEnd::Revoked), Some(NOW))
    );
    assert_eq!(credential, None);
    assert!(
        repositories
            .erasures
            .part(step_id(1))
            .await
            .unwrap()
            .is_none()
    );
}

/// K-08, and not before.
pub async fn the_purge_key_goes_with_the_last_credential(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    repositories.with_connection(anna, 1).await;
    repositories.with_connection(anna, 2).await;
    repositories.delete(anna, 1).await;
    let has_key = async || repositories.report(1).await.erasure.purge_key.is_some();

    assert!(repositories.end(HOUSE + 1, None).await);
    assert!(has_key().await);
    assert!(repositories.end(HOUSE + 2, None).await);
    assert!(!has_key().await);
    assert!(!repositories.end(HOUSE + 2, Some(GrantEnd::Failed)).await);
    let names = repositories.saved.names().await;
    assert_eq!(names, ["cloud.credentials_purged"]);
}

/// Whichever comes last.
pub async fn an_erasure_ends_when_its_parts_and_the_ledger_have(repositories: &Repositories) {
    let erasures = &repositories.erasures;
    let record = async |number| {
        let erased = event(Action::UserErased);
        let recorded = erasures.recorded(erasure_id(number), NOW, &erased);
        recorded.await.unwrap();
    };
    let has_ended = async |number| repositories.report(number).await.erasure.ended_at.is_some();

    let anna = repositories.with_user(1).await;
    repositories.delete(anna, 1).await;
    assert!(repositories.end(HOUSE, None).await);
    assert!(!has_ended(1).await);
    record(1).await;
    assert!(has_ended(1).await);
    record(1).await;
    assert_eq!(repositories.saved.names().await, ["user.erased"]);
    assert!(repositories.report(1).await.is_complete());

    let ben = repositories.with_user(2).await;
    let mut second = plan(repositories.estate(ben).await, 2);
    second.parts[0].id = step_id(HOUSE + 50);
    second.steps = vec![part_step(second.parts[0].id)];
    let begun = erasures.begin(&second, &[]).await.unwrap();
    assert_eq!(begun, AccountDeleted::Done);
    record(2).await;
    assert!(!has_ended(2).await);
    assert!(repositories.end(HOUSE + 50, None).await);
    assert!(has_ended(2).await);
    // An erasure that nobody knows is none.
    record(9).await;
    assert_eq!(repositories.saved.names().await, ["user.erased"; 2]);
}
