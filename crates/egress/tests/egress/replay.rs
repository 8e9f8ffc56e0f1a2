//! Tries again what the fuzz targets keep in `fuzz/corpus`.

use std::fs;
use std::path::Path;

#[path = "../properties/mod.rs"]
mod properties;

/// Every input of that target.
fn inputs(target: &str) -> Vec<Vec<u8>> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus");
    let files = fs::read_dir(corpus.join(target)).unwrap();
    files
        .map(|file| fs::read(file.unwrap().path()).unwrap())
        .collect()
}

// S-02..S-06
#[test]
fn what_the_url_rules_let_pass_means_the_same_to_another_reader() {
    let inputs = inputs("url_guard");
    assert!(inputs.len() > 80, "{}", inputs.len());
    for input in inputs {
        let text = String::from_utf8(input).unwrap();
        properties::url_guard::holds(&text);
    }
}

// S-06
#[test]
fn the_address_rule_agrees_with_its_table() {
    let inputs = inputs("address");
    assert!(inputs.len() > 30, "{}", inputs.len());
    for input in inputs {
        properties::address::holds(&input);
    }
}
