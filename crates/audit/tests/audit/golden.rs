//! What others computed from the description alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use wharf_audit::export::Line;
use wharf_audit::{TrustedKeys, Verification, canonical, checkpoint};
use wharf_crypto::{Keyring, PublicKey};
use wharf_domain::id::{EventId, UserId};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{ChainHead, KeptClient, TrailEvent};

const CANONICAL: &str = include_str!("golden/canonical.hex");
const EXPORT: &str = include_str!("golden/export.jsonl");
const PUBLIC_KEY: &str = include_str!("golden/public.key");
const KEYRING: &str = include_str!("golden/keyring.json");

fn events() -> Vec<TrailEvent> {
    let connected = TrailEvent {
        id: EventId::from_bytes([1; 16]),
        at: Timestamp::from_unix_micros(1_795_421_730_123_456),
        actor_kind: "user".to_owned(),
        actor: Some(UserId::from_bytes([0xa1; 16])),
        action: "cloud.connected".to_owned(),
        outcome: "done".to_owned(),
        resource_kind: Some("connection".to_owned()),
        resource: Some([0xc1; 16]),
        request: "cc".repeat(16),
        client: Some(KeptClient::Sealed((0..90).collect())),
        metadata: r#"{"provider":"webdav"}"#.to_owned(),
    };
    let refused = TrailEvent {
        id: EventId::from_bytes([2; 16]),
        actor_kind: "anonymous".to_owned(),
        actor: None,
        action: "session.refused".to_owned(),
        outcome: "refused".to_owned(),
        resource_kind: None,
        resource: None,
        request: "dd".repeat(16),
        client: Some(KeptClient::Open("203.0.113.0/24".to_owned())),
        metadata: "{}".to_owned(),
        ..connected.clone()
    };
    let strange = TrailEvent {
        id: EventId::from_bytes([3; 16]),
        at: Timestamp::from_unix_micros(-1),
        actor_kind: "oper\u{e4}tor\u{202e}".to_owned(),
        action: String::new(),
        outcome: "\n".to_owned(),
        resource_kind: Some(String::new()),
        request: "\u{1f600}".to_owned(),
        client: Some(KeptClient::Sealed(Vec::new())),
        metadata: String::new(),
        ..refused.clone()
    };
    let created = TrailEvent {
        id: EventId::from_bytes([4; 16]),
        at: Timestamp::from_unix_micros(1_795_421_730_500_000),
        actor_kind: "operator".to_owned(),
        actor: None,
        action: "user.created".to_owned(),
        outcome: "done".to_owned(),
        resource_kind: Some("user".to_owned()),
        resource: Some([0xa2; 16]),
        request: "ee".repeat(16),
        client: None,
        metadata: r#"{"role":"admin"}"#.to_owned(),
    };
    vec![connected, refused, strange, created]
}

// L-05
#[test]
fn the_canonical_bytes_are_those_of_the_description() {
    let spelled = (1..).zip(events()).map(|(position, event)| {
        let mut bytes = Vec::new();
        canonical::write(&mut bytes, position, &event);
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    let spelled: Vec<String> = spelled.collect();
    assert_eq!(spelled, CANONICAL.lines().collect::<Vec<_>>());
}

// L-05, L-06, L-09: hashes, signatures and lines at once.
#[test]
fn the_same_events_are_exported_as_the_description_says() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keyring.json");
    fs::write(&file, KEYRING).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    let signer = Keyring::load(&file).unwrap().checkpoint_signer();
    assert_eq!(format!("{}\n", signer.public_key()), PUBLIC_KEY);

    let mut lines = vec![Line::Start];
    for link in wharf_audit::append(ChainHead::START, events()) {
        let (position, head) = (link.position, link.head());
        lines.push(Line::Link(Box::new(link)));
        if position % 2 == 0 {
            let micros = 1_795_421_790_000_000 + i64::try_from(position).unwrap();
            let at = Timestamp::from_unix_micros(micros);
            lines.push(Line::Checkpoint(checkpoint::sign(&signer, head, at)));
        }
    }
    lines.push(Line::End {
        links: 4,
        checkpoints: 2,
    });
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    assert_eq!(text, EXPORT);
}

// L-06: offline, with the public key alone.
#[test]
fn the_golden_export_is_sound_and_signed_to_its_end() {
    let key: PublicKey = PUBLIC_KEY.trim_end().parse().unwrap();
    let mut verification = Verification::new(TrustedKeys::from_iter([key]));
    for line in EXPORT.lines() {
        match Line::parse(line).unwrap() {
            Line::Link(link) => verification.link(&link),
            Line::Checkpoint(checkpoint) => verification.checkpoint(&checkpoint),
            Line::Start => {}
            Line::End { links, checkpoints } => assert_eq!((links, checkpoints), (4, 2)),
        }
    }
    let verdict = verification.finish();
    assert_eq!(verdict.faults, []);
    assert_eq!((verdict.links, verdict.checkpoints), (4, 2));
    assert_eq!(verdict.signed_until, 4);
}
