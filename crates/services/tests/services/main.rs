//! Use cases at work in a simulated world: tables of what may happen, and runs of everything at once.

#![expect(
    clippy::unwrap_used,
    reason = "what a test does outside its own function may fail by panicking too"
)]

mod deletion;
mod refresh;
