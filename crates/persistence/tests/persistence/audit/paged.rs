//! A trail of many pages, of links and of checkpoints, is checked and exported in the right order (L-06).

use std::time::Duration;

use wharf_audit::export::Line;
use wharf_audit::{TrustedKeys, Verification};
use wharf_domain::ports::trail::Trail as _;
use wharf_domain::trail::ChainHead;

use super::House;
use crate::fixture::NOW;
use crate::scratch::Scratch;

crate::on_both!(
    a_checkpoint_after_every_few_links,
    a_checkpoint_is_signed_when_it_is_due,
);

/// More checkpoints than a page of links has, and more links than a page.
async fn a_checkpoint_after_every_few_links(scratch: Scratch) {
    const LINKS: u64 = 2_400;
    let house = House::on(&scratch.database);
    let trail = &scratch.database;
    let events: Vec<_> = {
        house.recorded([1]).await;
        let first = trail.waiting(1).await.unwrap().remove(0);
        let numbered = (1..=LINKS).map(|number| {
            let mut event = first.clone();
            event.id = super::id(u32::try_from(number).unwrap());
            event
        });
        numbered.collect()
    };
    let links = wharf_audit::append(ChainHead::START, events);
    let term = trail.begin_term(NOW, super::LONG).await.unwrap().unwrap();
    assert!(trail.append(term, &links, NOW).await.unwrap());
    let signer = house.keyring.checkpoint_signer();
    for link in links.iter().filter(|link| link.position % 2 == 0) {
        let checkpoint = wharf_audit::checkpoint::sign(&signer, link.head(), NOW);
        assert!(trail.add_checkpoint(term, &checkpoint).await.unwrap());
    }

    let report = house.trail(false).verify(Vec::new()).await.unwrap();
    assert!(report.is_sound(), "{report:?}");
    let verdict = report.verdict;
    assert_eq!((verdict.links, verdict.checkpoints), (LINKS, LINKS / 2));
    assert_eq!(verdict.signed_until, LINKS);

    // L-06: the export alone, and the public key.
    let audit = house.trail(false);
    let mut export = audit.export();
    let mut text = String::new();
    while let Some(lines) = export.next().await.unwrap() {
        lines
            .iter()
            .for_each(|line| text.push_str(&format!("{line}\n")));
    }
    let keys: TrustedKeys = [signer.public_key()].into_iter().collect();
    let mut verification = Verification::new(keys);
    let lines: Vec<Line> = text
        .lines()
        .map(|line| Line::parse(line).unwrap())
        .collect();
    lines.iter().for_each(|line| verification.line(line));
    assert_eq!(verification.finish(), verdict);
    assert_eq!(lines.first(), Some(&Line::Start));
    let end = Line::End {
        links: LINKS,
        checkpoints: LINKS / 2,
    };
    assert_eq!(lines.last(), Some(&end));
}

/// L-06: at once, after a thousand links, or after a minute if there are any; and copied outside.
async fn a_checkpoint_is_signed_when_it_is_due(scratch: Scratch) {
    let house = House::on(&scratch.database);
    let sequencer = house.sequencer();
    let mut memory = wharf_services::trail::Memory::default();
    let mut signed = Vec::new();
    let second = Duration::from_secs(1);
    // What comes, how much later, and whether a checkpoint is signed then.
    let steps = [
        (1..2, second, true),
        (2..4, second, false),
        (4..4, second * 57, false),
        (4..4, second, false),
        (4..4, second, true),
        (4..4, second * 600, false),
        (4..5, second, true),
        (5..6, second, false),
    ];
    for (number, (events, later, is_signed)) in steps.into_iter().enumerate() {
        house.clock.advance(later);
        let last = events.end - 1;
        house.recorded(events).await;
        sequencer.round(&mut memory).await.unwrap();
        if is_signed {
            signed.push(u64::from(last));
        }
        let copied: Vec<u64> = house.copied().iter().map(|it| it.head.position).collect();
        assert_eq!(copied, signed, "step {number}");
    }
    let kept = scratch.database.checkpoints(0, 10).await.unwrap();
    assert_eq!(kept, house.copied());
}
