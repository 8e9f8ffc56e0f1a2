//! Accounts that are deleted, and what becomes of all that their users had (R-01, R-02, K-08, K-09).

mod command_line;
mod in_flight;
mod killed;
mod left_behind;
mod receipt;
mod refused;
mod restored;
mod scene;
mod shredded;
