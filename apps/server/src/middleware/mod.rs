//! What surrounds every handler: who may come in, and what every answer carries.

mod access;
mod client;
mod cors;
mod envelope;
mod head;
mod measured;
mod panics;
mod unread;

pub(crate) use self::access::admit;
pub(crate) use self::cors::cors;
pub(crate) use self::envelope::envelope;
pub(crate) use self::panics::contain;
