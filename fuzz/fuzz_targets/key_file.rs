//! Looks for a key file's text that is read as no ring can be, or whose refusal quotes it.

#![no_main]

#[path = "../../crates/crypto/tests/properties/key_file.rs"]
mod key_file;

libfuzzer_sys::fuzz_target!(|text: &str| key_file::holds(text));
