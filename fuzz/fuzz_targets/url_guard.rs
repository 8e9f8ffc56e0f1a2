//! Looks for a typed address that the URL rules let pass and another reader takes for something else.

#![no_main]

#[path = "../../crates/egress/tests/properties/address_table.rs"]
mod address_table;
#[path = "../../crates/egress/tests/properties/url_guard.rs"]
mod url_guard;

libfuzzer_sys::fuzz_target!(|text: &str| url_guard::holds(text));
