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

// K-03
#[test]
fn no_record_opens_but_those_that_were_sealed() {
    let inputs = inputs("record");
    assert!(inputs.len() > 40, "{}", inputs.len());
    for input in inputs {
        properties::record::holds(&input);
    }
}

// K-07
#[test]
fn a_key_file_is_read_or_refused() {
    let inputs = inputs("key_file");
    assert!(inputs.len() > 20, "{}", inputs.len());
    for input in inputs {
        properties::key_file::holds(&String::from_utf8(input).unwrap());
    }
}
