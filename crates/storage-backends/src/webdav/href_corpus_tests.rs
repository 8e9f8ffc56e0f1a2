//! The corpus of hostile URLs as hrefs. Its rows are another server's, or no address at all.

use url::Url;

use super::{Hrefs, Place};

#[path = "../../../egress/tests/corpus/rows.rs"]
#[expect(dead_code, reason = "an href is never resolved")]
mod rows;

//
#[test]
fn no_row_of_the_corpus_is_an_item() {
    let folder: Url = "https://files.example.org/dav/".parse().unwrap();
    let hrefs = Hrefs::at(&folder);
    let mut items = Vec::new();
    for row in rows::always_refused() {
        if hrefs.place(&row.url) != Place::Elsewhere {
            items.push(row.url);
        }
    }
    assert_eq!(items, Vec::<String>::new());
}
