//! Looks for a line of an audit export that is read as something else than it was written from.

#![no_main]

#[path = "../../crates/audit/tests/audit/line.rs"]
mod line;

libfuzzer_sys::fuzz_target!(|text: &str| line::holds(text));
