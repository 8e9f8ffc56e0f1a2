//! What is measured of HTTP, in the words of the documentation.

use wharf::meters::{Kind, Label, Meter};

pub(super) const REQUESTS: &str = "wharf_http_requests_total";
pub(super) const DURATION: &str = "wharf_http_request_duration_seconds";
pub(super) const IN_FLIGHT: &str = "wharf_http_requests_in_flight";
pub(super) const ABANDONED: &str = "wharf_http_requests_abandoned_total";
pub(super) const RECEIVED: &str = "wharf_http_received_bytes_total";
pub(super) const SENT: &str = "wharf_http_sent_bytes_total";
pub(super) const BROKEN_OFF: &str = "wharf_http_broken_off_total";

const ROUTE: Label = Label {
    name: "route",
    values: "an address of the API with `{id}` and the like as they stand there; `unknown` for any other",
};

const METHOD: Label = Label {
    name: "method",
    values: "`GET`, `HEAD`, `POST`, `PUT`, `PATCH`, `DELETE`, `OPTIONS`, `other`",
};

/// What is measured of HTTP.
pub const TABLE: &[Meter] = &[
    Meter {
        name: REQUESTS,
        kind: Kind::Counter,
        labels: &[
            ROUTE,
            METHOD,
            Label {
                name: "status",
                values: "`1xx`, `2xx`, `3xx`, `4xx`, `5xx`",
            },
        ],
        meaning: "Requests that were answered, by the class of the status.",
        advice: "`5xx`: the log names each by its request id. 502 to 504 of a storage are among them; compare with the storages' calls.",
    },
    Meter {
        name: DURATION,
        kind: Kind::Histogram,
        labels: &[ROUTE, METHOD],
        meaning: "Seconds until the head of the answer. A content that is still being sent is not part of it; one that is received is.",
        advice: "Compare with the storages' calls: what is slow there is slow here.",
    },
    Meter {
        name: IN_FLIGHT,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "Requests that have no answer yet.",
        advice: "Grows and stays: something does not answer. 4096 connections are the most that are taken.",
    },
    Meter {
        name: ABANDONED,
        kind: Kind::Counter,
        labels: &[],
        meaning: "Requests whose clients left before there was an answer.",
        advice: "Many: clients are less patient than storages are slow.",
    },
    Meter {
        name: RECEIVED,
        kind: Kind::Counter,
        labels: &[],
        meaning: "Bytes of requests' bodies that were read.",
        advice: "For planning.",
    },
    Meter {
        name: SENT,
        kind: Kind::Counter,
        labels: &[],
        meaning: "Bytes of answers' bodies that were handed to the system.",
        advice: "For planning.",
    },
    Meter {
        name: BROKEN_OFF,
        kind: Kind::Counter,
        labels: &[Label {
            name: "direction",
            values: "`up` (a request's body), `down` (an answer's)",
        }],
        meaning: "Bodies that ended in the middle: the client left, took nothing for 60 seconds, or the storage behind it broke off.",
        advice: "Compare `down` with the storages' answers that broke off: the rest are clients, or a proxy in front with less patience.",
    },
];
