//! Looks for an address on which the address rule and the table of its requirement disagree.

#![no_main]

#[path = "../../crates/egress/tests/properties/address.rs"]
mod address;
#[path = "../../crates/egress/tests/properties/address_table.rs"]
mod address_table;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| address::holds(bytes));
