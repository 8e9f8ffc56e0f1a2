//! Names made of everything that servers stumble over, drawn at random (I-02).

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Runtime;
use wharf_domain::conformance::storage::{Opened, names};
use wharf_domain::item::ItemName;

/// What a name is put together from: letters composed and decomposed, other scripts, emoji, escapes,
/// and whatever means something in a URL, a header, a document or a path.
const PIECES: &[&str] = &[
    "a",
    "Z",
    "0",
    "\u{fc}",
    "u\u{308}",
    "\u{df}",
    "\u{65e5}",
    "\u{5e9}",
    "\u{1f600}",
    "\u{1f468}\u{200d}\u{1f469}",
    "%",
    "%20",
    "%2F",
    "%2e",
    "%25",
    "+",
    "#",
    "?",
    "&",
    "&amp;",
    ";",
    "=",
    ",",
    ":",
    "@",
    "!",
    "$",
    "*",
    "'",
    "\"",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "|",
    "\\",
    "^",
    "~",
    "_",
    "-",
    ".",
    "..",
    " ",
    "  ",
    "\u{a0}",
];

fn odd_name() -> impl Strategy<Value = ItemName> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 1..12);
    let long = (pieces.clone(), any::<bool>()).prop_map(|(pieces, is_long)| {
        let text = pieces.concat();
        // Cut at 255 bytes, the most that a name may have.
        let text = if is_long { text.repeat(255) } else { text };
        text[..text.floor_char_boundary(ItemName::MAX_BYTES)].to_owned()
    });
    long.prop_filter_map("no name", |text| text.parse().ok())
}

fn check(opened: impl AsyncFn() -> Opened, cases: u32) {
    let runtime = Runtime::new().unwrap();
    let opened = runtime.block_on(opened());
    let mut runner = TestRunner::new(Config {
        cases,
        max_shrink_iters: 20,
        failure_persistence: None,
        ..Config::default()
    });
    let outcome = runner.run(&odd_name(), |name| {
        let case = async {
            let folder = opened.fresh_folder().await;
            names::a_name_comes_back_or_is_refused(&*opened.storage, &folder, &name).await;
            opened.remove(&folder).await;
        };
        runtime.block_on(case);
        Ok(())
    });
    outcome.unwrap();
}

#[test]
fn the_house_refuses_what_is_no_key() {
    check(async || crate::house::opened(), 64);
}

#[test]
fn the_sandbox_keeps_every_name() {
    check(async || crate::sandbox::opened(), 16);
}

#[test]
fn apache_keeps_every_name() {
    check(async || crate::apache::opened(), 16);
}

#[test]
fn onedrive_keeps_a_name_as_it_was_or_refuses_it() {
    check(
        async || crate::onedrive::opened(crate::onedrive::BEN).await,
        24,
    );
}
