//! The trail as it is looked through.

use std::time::Duration;

use super::{NOW, Ports, event, id};
use crate::context::Actor;
use crate::event::{Action, Resource};
use crate::id::{DocumentId, UserId};
use crate::ports::trail::{ListedAt, TrailFilter};

/// By when it happened, wherever it came to stand; from the end, or from before any place.
pub async fn links_are_listed_latest_first_page_by_page(ports: &Ports) {
    ports.recorded([1, 3, 2]).await;
    for number in [10, 11] {
        let mut at_once = event(number);
        at_once.at = event(3).at;
        ports.events.record(&at_once).await.unwrap();
    }
    ports.placed().await;

    let filter = TrailFilter::default();
    let list = |before, limit| ports.trail.list(&filter, before, limit);
    let all = list(None, 10).await.unwrap();
    let ids: Vec<_> = all.iter().map(|link| link.event.id).collect();
    assert_eq!(ids, [11, 10, 3, 2, 1].map(id));
    for end in 0..all.len() {
        let next = list(Some(ListedAt::from(&all[end])), 2).await.unwrap();
        let rest = &all[end + 1..];
        assert_eq!(next, rest[..rest.len().min(2)], "behind {end}");
    }
}

/// All that is given has to fit.
pub async fn links_are_listed_by_filter(ports: &Ports) {
    let (anna, ben) = (UserId::from_bytes([7; 16]), UserId::from_bytes([8; 16]));
    let mut by_ben = event(2);
    by_ben.actor = Actor::User(ben);
    let mut refused = event(3);
    refused.actor = Actor::Anonymous;
    refused.action = Action::SessionRefused;
    let mut stored = event(4);
    stored.action = Action::DocumentStored { size_bytes: 1 };
    stored.resource = Some(Resource::Document(DocumentId::from_bytes([6; 16])));
    for event in [event(1), by_ben, refused, stored] {
        ports.events.record(&event).await.unwrap();
    }
    ports.placed().await;

    let at = |seconds| Some(NOW.plus(Duration::from_secs(seconds)));
    let anything = TrailFilter::default;
    let (mut of_anna, mut of_document, mut changed) = (anything(), anything(), anything());
    of_anna.actor = Some(anna);
    of_document.resource = Some([6; 16]);
    changed.action = Some("storage.default_changed".to_owned());
    let (mut refused, mut later, mut unheard) = (anything(), anything(), anything());
    refused.outcome = Some("refused".to_owned());
    later.from = at(2);
    unheard.action = Some("nothing".to_owned());
    let (mut between, mut changed_by_anna) = (later.clone(), of_anna.clone());
    between.until = at(4);
    changed_by_anna.action.clone_from(&changed.action);
    for (filter, numbers) in [
        (anything(), &[4, 3, 2, 1][..]),
        (of_anna, &[4, 1]),
        (of_document, &[4]),
        (changed, &[2, 1]),
        (refused, &[3]),
        (later, &[4, 3, 2]),
        (between, &[3, 2]),
        (changed_by_anna, &[1]),
        (unheard, &[]),
    ] {
        let listed = ports.trail.list(&filter, None, 10).await.unwrap();
        let listed: Vec<_> = listed.iter().map(|link| link.event.id).collect();
        let expected: Vec<_> = numbers.iter().map(|number| id(*number)).collect();
        assert_eq!(listed, expected, "{filter:?}");
    }
}
