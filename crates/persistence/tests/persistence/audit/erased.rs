//! When a user's data key is destroyed, what is personal is gone and the chain is whole (L-08).

use std::sync::Arc;

use wharf_domain::id::UserId;
use wharf_domain::page::PageLimit;
use wharf_domain::ports::data_keys::DataKeys;
use wharf_domain::ports::events::Events as _;
use wharf_domain::ports::trail::{Trail as _, TrailFilter};
use wharf_domain::ports::users::Users;
use wharf_domain::trail::KeptClient;
use wharf_domain::user::{Role, User};
use wharf_services::trail::ShownClient;

use super::{House, by_user};
use crate::fixture::{NOW, event, password_hash};
use crate::scratch::{Place, Scratch};

crate::on_both!(what_is_personal_goes_with_the_key);

const NETWORK: &str = "203.0.113.0/24";

impl House {
    /// A user with a data key of their own.
    async fn with_user(&self, number: u8, email: &str) -> UserId {
        let id = UserId::from_bytes([number; 16]);
        let user = User::new(id, email.parse().unwrap(), Role::Regular, NOW);
        let key = self.vault().new_data_key(id).unwrap();
        let password = password_hash();
        let inserted = Users::insert(&self.database, &user, Some(&password), &key, &[]);
        inserted.await.unwrap();
        id
    }

    /// Where the requests of the events of the trail came from, oldest first.
    async fn clients(&self) -> Vec<Option<ShownClient>> {
        let trail = self.trail(false);
        let filter = TrailFilter::default();
        let page = trail.list(&filter, PageLimit::default(), None).await;
        let shown = page.unwrap().items.into_iter().rev();
        shown.map(|event| event.client).collect()
    }
}

async fn what_is_personal_goes_with_the_key(scratch: Scratch) {
    let house = House::on(&scratch.database);
    let anna = house.with_user(1, "anna@example.com").await;
    let ben = house.with_user(2, "ben@example.com").await;
    let record = |event| {
        let database = scratch.database.clone();
        async move { database.record(&event).await.unwrap() }
    };
    record(by_user(1, anna)).await;
    record(by_user(2, ben)).await;
    // A stranger at Anna's account, and one at none.
    let mut stranger = by_user(3, anna);
    stranger.actor = wharf_domain::context::Actor::Anonymous;
    let mut nobody = stranger.clone();
    nobody.id = event(4, nobody.action.clone()).id;
    nobody.resource = None;
    record(stranger).await;
    record(nobody).await;
    house.placed().await;

    let network = || Some(ShownClient::Network(NETWORK.to_owned()));
    assert_eq!(
        house.clients().await,
        [network(), network(), network(), network()]
    );
    let links = scratch.database.links(0, 10).await.unwrap();
    for link in &links[..3] {
        let sealed =
            matches!(&link.event.client, Some(KeptClient::Sealed(record)) if !record.is_empty());
        assert!(sealed, "{link:?}");
    }
    let open = Some(KeptClient::Open(NETWORK.to_owned()));
    assert_eq!(links[3].event.client, open);
    let rest = rest_of(&scratch.place).await;
    assert_eq!(rest.matches(NETWORK).count(), 1, "{rest}");

    // One more, which waits while her key is destroyed.
    record(by_user(5, anna)).await;
    let destroy = match &scratch.place {
        Place::Sqlite(_) => "DELETE FROM user_keys WHERE hex(user_id) LIKE '0101%'",
        Place::Postgres(_) => "DELETE FROM user_keys WHERE user_id::text LIKE '0101%'",
    };
    scratch.place.run(destroy).await;
    let keys: Arc<dyn DataKeys> = Arc::new(scratch.database.clone());
    assert!(keys.data_key(anna).await.unwrap().is_none());
    house.placed().await;

    let erased = || Some(ShownClient::Erased);
    let shown = house.clients().await;
    assert_eq!(shown, [erased(), network(), erased(), network(), erased()]);
    house
        .assert_complete(5, "after her key was destroyed")
        .await;
    let rest = rest_of(&scratch.place).await;
    assert_eq!(rest.matches(NETWORK).count(), 1, "{rest}");
}

/// Everything that the trail's tables say of clients.
async fn rest_of(place: &Place) -> String {
    let query = "SELECT coalesce(client_network, '-') AS line FROM audit_trail
        UNION ALL SELECT coalesce(client_network, '-') FROM audit_events";
    place.lines(query).await.join(" ")
}
