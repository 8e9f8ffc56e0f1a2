//! `/metrics`: figures that are exact, name nobody, and are all described.

mod broken_off;
mod counted;
mod nobody;
mod switched;
