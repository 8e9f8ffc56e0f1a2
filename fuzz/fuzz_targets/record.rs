//! Looks for bytes that open though nobody sealed them.

#![no_main]

#[path = "../../crates/crypto/tests/properties/record.rs"]
mod record;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| record::holds(bytes));
