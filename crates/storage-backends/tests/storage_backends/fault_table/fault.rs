//! What goes wrong, and to which errors it may lead.

use std::sync::LazyLock;

use wharf_domain::ports::storage::StorageErrorKind as Kind;
use wharf_sandbox::{Fault, RetryAfter};

/// A fault.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) fault: Fault,
    /// Whether it is what such an error comes of.
    pub(super) explains: fn(&Kind) -> bool,
    /// Whether only a storage can meet it whose uploads may end after they were answered.
    pub(super) is_about_late_ends: bool,
}

impl Case {
    /// Whether it changes stored bytes and not their number.
    pub(super) fn is_damage_in_place(&self) -> bool {
        self.fault == Fault::FlipStored
    }

    /// Whether it changes what comes and nothing else tells.
    pub(super) fn is_damage_on_the_way(&self) -> bool {
        matches!(self.fault, Fault::FlipSent | Fault::CutSent)
    }
}

/// The faults. What a fault does to a request that only asks whether something was done may be told as that
/// request's, too.
pub(super) static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let broken: fn(&Kind) -> bool = |kind| matches!(kind, Kind::Interrupted | Kind::Unavailable);
    let silent: fn(&Kind) -> bool =
        |kind| matches!(kind, Kind::TimedOut | Kind::Interrupted | Kind::Unavailable);
    let other: fn(&Kind) -> bool =
        |kind| matches!(kind, Kind::Interrupted | Kind::Unavailable | Kind::NotFound);
    let damaged: fn(&Kind) -> bool = |kind| *kind == Kind::IntegrityMismatch;
    vec![
        case("slow", Fault::Latency { ms: 60 }, |_| false),
        case("reset before", Fault::ResetBefore, broken),
        case("answer lost", Fault::LostAnswer, broken),
        case("reset in body", Fault::ResetInBody, broken),
        case("reset after body", Fault::ResetAfterBody, broken),
        case("cut off", Fault::Truncate, broken),
        case("half closed", Fault::HalfClose, silent),
        case("silent", Fault::Stall, silent),
        case("silent in body", Fault::StallInBody, silent),
        case("flipped", Fault::FlipSent, other),
        case("short", Fault::CutSent, other),
        case("stored flipped", Fault::FlipStored, damaged),
        case("stored short", Fault::CutStored, damaged),
        case("other digest", Fault::WrongDigest, damaged),
        case("session over", Fault::ExpireUpload, |kind| {
            *kind == Kind::Interrupted
        }),
        case("401", answer(401, false), |kind| {
            *kind == Kind::TokenExpired
        }),
        case("404", answer(404, false), |kind| {
            matches!(kind, Kind::NotFound | Kind::Interrupted)
        }),
        case("429", answer(429, false), |kind| {
            matches!(kind, Kind::RateLimited { .. })
        }),
        case("500", answer(500, false), |kind| *kind == Kind::Unavailable),
        case("503 once done", answer(503, true), |kind| {
            *kind == Kind::Unavailable
        }),
        case("429, a minute", patience(), |kind| {
            matches!(kind, Kind::RateLimited { .. })
        }),
        late("423", answer(423, false), |kind| *kind == Kind::Locked),
        late("504 once done", answer(504, true), |kind| {
            *kind == Kind::Unavailable
        }),
        late("423, then done", done_later(423), |_| false),
        late("504, then done", done_later(504), |_| false),
    ]
});

fn case(name: &'static str, fault: Fault, explains: fn(&Kind) -> bool) -> Case {
    Case {
        name,
        fault,
        explains,
        is_about_late_ends: false,
    }
}

fn late(name: &'static str, fault: Fault, explains: fn(&Kind) -> bool) -> Case {
    Case {
        is_about_late_ends: true,
        ..case(name, fault, explains)
    }
}

const fn done_later(status: u16) -> Fault {
    Fault::LateAssembly { status, ms: 100 }
}

fn answer(status: u16, after_effect: bool) -> Fault {
    Fault::Answer {
        status,
        error: None,
        retry_after: None,
        after_effect,
    }
}

fn patience() -> Fault {
    Fault::Answer {
        status: 429,
        error: None,
        retry_after: Some(RetryAfter::Secs(60)),
        after_effect: false,
    }
}
