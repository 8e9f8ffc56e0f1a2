//! Login flows that users began.

use futures_util::future::join_all;

use super::Repositories;
use super::fixture::{NOW, user_id};
use crate::id::{LoginFlowId, UserId};
use crate::login_flow::LoginFlow;
use crate::step::SealedPayload;
use crate::time::Timestamp;

fn flow(owner: UserId, number: u8) -> LoginFlow {
    LoginFlow {
        id: LoginFlowId::from_bytes([number; 16]),
        owner,
        state: SealedPayload(vec![0, number, 0xff]),
        version: 1,
        leased_until: NOW,
        begun_at: Timestamp::from_unix_micros(NOW.as_unix_micros() + i64::from(number)),
    }
}

/// Its owner finds it as it was, and nobody else finds it.
pub async fn a_flow_is_found_by_its_owner_alone(repositories: &Repositories) {
    let (anna, ben) = (
        repositories.with_user(1).await,
        repositories.with_user(2).await,
    );
    let (flows, begun) = (&repositories.login_flows, flow(anna, 7));
    assert_eq!(flows.begin(&begun, 3).await.unwrap(), []);
    assert_eq!(
        flows.find(anna, begun.id).await.unwrap(),
        Some(begun.clone())
    );
    assert_eq!(flows.find(ben, begun.id).await.unwrap(), None);
    assert_eq!(flows.find(user_id(9), begun.id).await.unwrap(), None);
    let stolen = LoginFlow {
        owner: ben,
        version: 2,
        ..begun.clone()
    };
    assert!(!flows.replace(&stolen, 1).await.unwrap());
}

/// The oldest of the same user go, and are given.
pub async fn no_more_flows_are_kept_than_agreed(repositories: &Repositories) {
    let (anna, ben) = (
        repositories.with_user(1).await,
        repositories.with_user(2).await,
    );
    let flows = &repositories.login_flows;
    let bens = flow(ben, 1);
    flows.begin(&bens, 2).await.unwrap();
    for number in [3, 2] {
        assert_eq!(flows.begin(&flow(anna, number), 2).await.unwrap(), []);
    }
    let gone = flows.begin(&flow(anna, 4), 2).await.unwrap();
    assert_eq!(gone, [flow(anna, 2)]);
    assert_eq!(flows.find(anna, flow(anna, 2).id).await.unwrap(), None);
    assert!(flows.find(anna, flow(anna, 3).id).await.unwrap().is_some());
    assert!(flows.find(ben, bens.id).await.unwrap().is_some());
}

/// Of all who change it at the same time one does, and what was changed is what is found.
pub async fn a_flow_is_changed_by_one_at_a_time(repositories: &Repositories) {
    let anna = repositories.with_user(1).await;
    let (flows, begun) = (&repositories.login_flows, flow(anna, 7));
    flows.begin(&begun, 3).await.unwrap();
    let changes: Vec<LoginFlow> = (0..4)
        .map(|number| LoginFlow {
            state: SealedPayload(vec![number]),
            version: 2,
            leased_until: Timestamp::from_unix_micros(NOW.as_unix_micros() + 60_000_000),
            ..begun.clone()
        })
        .collect();
    let changed = join_all(changes.iter().map(|change| flows.replace(change, 1))).await;
    let changed: Vec<bool> = changed.into_iter().map(Result::unwrap).collect();
    let winner = changed.iter().position(|is_changed| *is_changed).unwrap();
    assert_eq!(changed.iter().filter(|is_changed| **is_changed).count(), 1);
    let found = flows.find(anna, begun.id).await.unwrap().unwrap();
    assert_eq!(found, changes[winner]);
}
