//! M-01: what was opened, and the keys of a keyring, are not left in this process's memory afterwards.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;

use secrecy::ExposeSecret as _;
use wharf_crypto::{Context, DataKey, KeyFile, KeyProvider as _, Purpose, random};
use zeroize::Zeroize as _;

const PURPOSE: Purpose = Purpose::new("test.value");

/// The most copies that a compiler's own temporary places may keep.
const TOLERATED: usize = 1;

const PIECE_BYTES: usize = 1 << 20;
const MASK: u8 = 0xA5;

/// A secret to be looked for. It is kept masked, so that it does not find itself.
struct Wanted(Vec<u8>);

impl Wanted {
    fn new(secret: &[u8]) -> Self {
        assert!(secret.len() >= 16, "too short to be no accident");
        Self(secret.iter().map(|byte| byte ^ MASK).collect())
    }

    fn is(&self, bytes: &[u8]) -> bool {
        self.0
            .iter()
            .zip(bytes)
            .all(|(masked, byte)| masked ^ MASK == *byte)
    }

    /// How often it stands in the memory of this process.
    fn copies(&self) -> usize {
        let memory = File::open("/proc/self/mem").unwrap();
        let mut piece = vec![0; PIECE_BYTES];
        let own = piece.as_ptr().addr()..piece.as_ptr().addr() + PIECE_BYTES;
        let mut copies = 0;
        for region in regions() {
            let mut at = region.start;
            while at < region.end {
                let wanted = PIECE_BYTES.min(region.end - at);
                // Some regions are the kernel's, and cannot be read.
                let Ok(length) = memory.read_at(&mut piece[..wanted], at as u64) else {
                    break;
                };
                let found = piece[..length].windows(self.0.len()).enumerate();
                let found =
                    found.filter(|(offset, bytes)| !own.contains(&(at + offset)) && self.is(bytes));
                copies += found.count();
                if length < self.0.len() || at + length >= region.end {
                    break;
                }
                // What stands across the border of two pieces is in the second one whole.
                at += length - (self.0.len() - 1);
            }
        }
        piece.zeroize();
        copies
    }
}

/// The regions that this process can write to.
fn regions() -> Vec<Range<usize>> {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let writable = maps.lines().filter(|line| line.contains(" rw"));
    let addresses = writable.map(|line| line.split([' ', '-']).take(2));
    addresses
        .map(|pair| {
            let pair = pair.map(|number| usize::from_str_radix(number, 16).unwrap());
            let pair: Vec<usize> = pair.collect();
            pair[0]..pair[1]
        })
        .collect()
}

#[test]
fn what_was_opened_is_gone_when_it_is_dropped() {
    let key = DataKey::generate().unwrap();
    let context = Context::new().field("owner", "anna");
    let mut secret = [0; 32];
    random::fill(&mut secret).unwrap();
    let wanted = Wanted::new(&secret);
    let record = key.seal(PURPOSE, &context, &secret).unwrap();
    secret.zeroize();

    let opened = key.open(PURPOSE, &context, &record).unwrap();
    // That it is found is what makes the rest mean something.
    assert!(wanted.copies() >= 1);
    drop(opened);

    let left = wanted.copies();
    assert!(
        left <= TOLERATED,
        "{left} copies of an opened value are left"
    );
}

#[test]
fn a_key_file_is_gone_when_its_keyring_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys.json");
    let (keyring, _) = KeyFile::at(&path).load_or_create(None).unwrap();
    let seed = keyring.current_signing_key().seed();
    let wanted = Wanted::new(seed.expose_secret().as_slice());
    let mut text = fs::read_to_string(&path).unwrap();
    let key = text.rfind("\"key\":").unwrap();
    let value = text[key..].split('"').nth(3).unwrap();
    let wanted_text = Wanted::new(value.as_bytes());
    text.zeroize();
    assert!(wanted.copies() >= 1);
    drop(keyring);
    for _ in 0..3 {
        drop(KeyFile::at(&path).load().unwrap());
    }

    let left = (wanted.copies(), wanted_text.copies());
    assert!(
        left.0 <= TOLERATED,
        "{} copies of a signing key are left",
        left.0
    );
    assert!(
        left.1 <= TOLERATED,
        "{} copies of a key's text are left",
        left.1
    );
}
