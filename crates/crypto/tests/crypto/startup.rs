//! The first start: the key file is made once, for its owner alone, however many start at once.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::sync::Barrier;

use wharf_crypto::{Context, DataKey, Keyring, KeyringFault, Origin};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

fn names_in(folder: &Path) -> Vec<String> {
    let name = |entry: std::io::Result<fs::DirEntry>| entry.unwrap().file_name();
    let names = fs::read_dir(folder).unwrap().map(name);
    names.map(|name| name.into_string().unwrap()).collect()
}

#[test]
fn the_first_start_creates_and_the_second_loads_the_same_ring() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");

    let (first, origin) = Keyring::load_or_create(&path).unwrap();
    assert_eq!(origin, Origin::Created);
    assert_eq!(mode(&path), 0o600);
    assert_eq!(
        names_in(folder.path()),
        ["keyring.json"],
        "nothing is left over"
    );
    let text = fs::read(&path).unwrap();

    let (second, origin) = Keyring::load_or_create(&path).unwrap();
    assert_eq!(origin, Origin::Existing);
    assert_eq!(fs::read(&path).unwrap(), text);

    let data_key = DataKey::generate().unwrap();
    let wrapped = first.wrap(&Context::new(), &data_key).unwrap();
    let unwrapped = second.unwrap_key(&Context::new(), &wrapped).unwrap();
    assert_eq!(unwrapped.id(), data_key.id());
    assert_eq!(
        second.current_signing_key().kid(),
        first.current_signing_key().kid()
    );
}

#[test]
fn two_rings_share_no_key() {
    let (one, other) = (Keyring::generate().unwrap(), Keyring::generate().unwrap());

    assert_ne!(one.primary_id(), other.primary_id());
    assert_ne!(
        one.current_signing_key().kid(),
        other.current_signing_key().kid()
    );
}

#[test]
fn of_many_that_start_at_once_one_creates_and_all_get_its_ring() {
    const STARTS: usize = 8;
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keyring.json");
        let barrier = Barrier::new(STARTS);

        let started: Vec<(Keyring, Origin)> = std::thread::scope(|scope| {
            let start = || {
                barrier.wait();
                Keyring::load_or_create(&path).unwrap()
            };
            let threads: Vec<_> = (0..STARTS).map(|_| scope.spawn(start)).collect();
            let join = |thread: std::thread::ScopedJoinHandle<'_, _>| thread.join().unwrap();
            threads.into_iter().map(join).collect()
        });

        let created = started
            .iter()
            .filter(|(_, origin)| *origin == Origin::Created);
        assert_eq!(created.count(), 1);
        let on_disk = Keyring::load(&path).unwrap();
        for (keyring, _) in &started {
            let wrapped = keyring
                .wrap(&Context::new(), &DataKey::generate().unwrap())
                .unwrap();
            assert!(on_disk.unwrap_key(&Context::new(), &wrapped).is_ok());
        }
        assert_eq!(names_in(folder.path()), ["keyring.json"]);
    }
}

#[test]
fn a_refused_file_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    fs::write(&path, "{").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();

    let error = Keyring::load_or_create(&path).unwrap_err();

    assert!(
        matches!(error.fault, KeyringFault::Malformed { .. }),
        "{error}"
    );
    assert_eq!(fs::read(&path).unwrap(), b"{");
}

// A link to nowhere is neither a key file nor a free name.
#[test]
fn a_dangling_link_is_refused_and_not_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keyring.json");
    std::os::unix::fs::symlink(folder.path().join("nowhere"), &path).unwrap();

    let error = Keyring::load_or_create(&path).unwrap_err();

    assert!(matches!(error.fault, KeyringFault::Missing), "{error}");
    assert_eq!(names_in(folder.path()), ["keyring.json"]);
}

#[test]
fn a_missing_folder_is_named_with_the_cause() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("absent/keyring.json");

    let error = Keyring::load_or_create(&path).unwrap_err();

    assert!(matches!(error.fault, KeyringFault::Io { .. }), "{error}");
    assert!(error.to_string().contains(path.to_str().unwrap()));
    assert!(std::error::Error::source(&error).is_some());
}
