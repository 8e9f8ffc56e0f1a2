//! Keys that change while a process has them: added, promoted, taken out, and spoilt.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wharf_crypto::{
    Context, DataKey, KeyFile, KeyId, KeyProvider as _, KeyState, KeyText, Keyring, KeyringError,
    KeyringFault, LiveKeyring,
};

const NOW_SECS: u64 = 1_795_421_730;

/// A key file in a folder of its own, and two processes that have read it.
struct Pair {
    one: LiveKeyring,
    other: LiveKeyring,
    file: KeyFile,
    _folder: TempDir,
}

impl Pair {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = KeyFile::at(folder.path().join("keyring.json"));
        file.load_or_create(Some(NOW_SECS)).unwrap();
        let open = || LiveKeyring::open(Box::new(file.clone())).unwrap();
        Self {
            one: open(),
            other: open(),
            _folder: folder,
            file,
        }
    }
}

fn add(keys: &LiveKeyring) -> KeyId {
    let mut added = None;
    let is_changed = keys.change(|keyring| {
        added = Some(keyring.add(NOW_SECS + 1).unwrap());
        Ok::<_, KeyringError>(true)
    });
    assert!(is_changed.unwrap());
    added.unwrap()
}

fn promote(keys: &LiveKeyring, id: KeyId) {
    let changed = keys.change(|keyring| Ok::<_, KeyringError>(keyring.promote(id)));
    assert!(changed.unwrap());
}

fn states(keys: &LiveKeyring) -> Vec<(KeyId, KeyState)> {
    let keyring = keys.current();
    let keys = keyring.sealing_keys();
    keys.map(|key| (key.id, key.state)).collect()
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    entries
        .map(|entry| name(entry).into_string().unwrap())
        .collect()
}

// K-06
#[test]
fn a_key_is_added_promoted_and_taken_out_in_every_process() {
    let pair = Pair::start();
    let first = pair.one.current().primary_id();
    let wrapped = pair
        .one
        .current()
        .wrap(&Context::new(), &DataKey::generate().unwrap());
    let old = wrapped.unwrap();

    let second = add(&pair.one);
    assert!(pair.other.refresh().unwrap());
    assert!(!pair.other.refresh().unwrap(), "nothing is new any more");
    let added = [(first, KeyState::Primary), (second, KeyState::Added)];
    assert_eq!(states(&pair.other), added);

    promote(&pair.one, second);
    assert_eq!(pair.other.current().primary_id(), first, "until it looks");
    assert!(pair.other.refresh().unwrap());
    let promoted = [(second, KeyState::Primary), (first, KeyState::Former)];
    assert_eq!(states(&pair.other), promoted);
    let opened = pair.other.current().unwrap_key(&Context::new(), &old);
    assert!(opened.is_ok());

    let remove = |id| {
        let taken = pair
            .one
            .change(|keyring| Ok::<_, KeyringError>(keyring.remove(id)));
        taken.unwrap()
    };
    assert!(!remove(second), "the primary one stays");
    assert!(remove(first));
    assert!(!remove(first), "it is gone already");
    assert!(pair.other.refresh().unwrap());
    assert_eq!(states(&pair.other), [(second, KeyState::Primary)]);
}

#[test]
fn what_was_changed_is_written_whole_and_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;

    let pair = Pair::start();
    let id = add(&pair.one);
    let path = pair.file.path();

    let mode = fs::metadata(path).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    assert_eq!(names_in(path.parent().unwrap()), ["keyring.json"]);
    let described: Vec<_> = Keyring::load(path).unwrap().sealing_keys().collect();
    assert_eq!(described[0].created_secs, Some(NOW_SECS));
    assert_eq!(
        (described[1].id, described[1].created_secs),
        (id, Some(NOW_SECS + 1))
    );
}

#[test]
fn a_file_that_is_spoilt_leaves_the_keys_in_force() {
    let pair = Pair::start();
    let before = pair.one.current().primary_id();
    let text = fs::read(pair.file.path()).unwrap();

    fs::write(pair.file.path(), &text[..40]).unwrap();
    for _ in 0..2 {
        let error = pair.one.refresh().unwrap_err();
        assert!(
            matches!(error.fault, KeyringFault::Malformed { .. }),
            "{error}"
        );
        assert_eq!(pair.one.current().primary_id(), before);
    }
    fs::remove_file(pair.file.path()).unwrap();
    let error = pair.one.refresh().unwrap_err();
    assert!(matches!(error.fault, KeyringFault::Missing), "{error}");
    assert_eq!(pair.one.current().primary_id(), before);
}

#[test]
fn who_writes_between_another_s_reading_and_writing_is_not_overwritten() {
    let pair = Pair::start();
    let mut theirs = None;

    let ours = pair.one.change(|keyring| {
        keyring.add(NOW_SECS).unwrap();
        theirs = Some(add(&pair.other));
        Ok::<_, KeyringError>(true)
    });

    let error = ours.unwrap_err();
    assert!(
        matches!(error.fault, KeyringFault::ChangedMeanwhile),
        "{error}"
    );
    pair.one.refresh().unwrap();
    let ids: Vec<_> = states(&pair.one).iter().map(|(id, _)| *id).collect();
    assert!(ids.contains(&theirs.unwrap()));
    assert_eq!(ids.len(), 2);
}

#[test]
fn keys_that_were_handed_in_are_read_and_not_changed() {
    let pair = Pair::start();
    let text = fs::read_to_string(pair.file.path()).unwrap();
    let open = |text: &str| {
        let text = KeyText::new("WHARF_KEYS", text.into());
        LiveKeyring::open(Box::new(text))
    };
    let handed = open(&text).unwrap();
    assert_eq!(
        handed.current().primary_id(),
        pair.one.current().primary_id()
    );
    assert!(!handed.refresh().unwrap());

    let refused = handed.change(|keyring| {
        keyring.add(NOW_SECS).unwrap();
        Ok::<_, KeyringError>(true)
    });
    let error = refused.unwrap_err();
    assert!(matches!(error.fault, KeyringFault::ReadOnly), "{error}");
    assert!(error.to_string().contains("WHARF_KEYS"), "{error}");

    let error = open(&text[..60]).unwrap_err();
    assert!(
        matches!(error.fault, KeyringFault::Malformed { .. }),
        "{error}"
    );
}

// K-07
#[test]
fn a_canary_opens_for_the_key_that_sealed_it_and_no_other() {
    let pair = Pair::start();
    let (keyring, id) = (pair.one.current(), pair.one.current().primary_id());
    let canary = keyring.seal_canary(id).unwrap().unwrap();

    assert!(keyring.check_canary(&canary).is_ok());
    let stranger = Keyring::generate().unwrap();
    assert!(stranger.seal_canary(id).unwrap().is_none());
    assert!(stranger.check_canary(&canary).is_err());
    for bit in 0..canary.len() * 8 {
        let mut altered = canary.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        assert!(keyring.check_canary(&altered).is_err(), "bit {bit}");
    }
    // The same id with other bytes behind it.
    let text = fs::read_to_string(pair.file.path()).unwrap();
    let other = r#""key": "dpLDrTVAu4A8Ags67mbNiIcSMjTqDG5xQ8Ct1z_0Me0""#;
    let (before, rest) = text.split_once("\"key\": ").unwrap();
    let (_, after) = rest.split_once('\n').unwrap();
    let forged = format!("{before}{other}\n{after}");
    let forged = KeyText::new("a test", forged.into()).load().unwrap();
    assert_eq!(forged.primary_id(), id);
    assert!(forged.check_canary(&canary).is_err());
    // A wrapped data key is no canary, nor the other way round.
    let wrapped = keyring.wrap(&Context::new(), &DataKey::generate().unwrap());
    assert!(keyring.check_canary(&wrapped.unwrap()).is_err());
    assert!(keyring.unwrap_key(&Context::new(), &canary).is_err());
}
