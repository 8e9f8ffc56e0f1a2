//! Everything that Wharf measures beneath HTTP, in the words of its documentation.

use wharf_egress::meters as egress;
use wharf_persistence::meters as persistence;
use wharf_services::meters as services;

use super::gauges;
use super::meter::{Kind, Label, Meter};

const PROVIDER: Label = Label {
    name: "provider",
    values: "`google_drive`, `onedrive`, `webdav`; `house` is the house's own storage",
};

const OPERATION: Label = Label {
    name: "operation",
    values: "`probe`, `list`, `metadata`, `read`, `write`, `relocate`, `copy`, `create_folder`, `delete`",
};

const OUTCOME: Label = Label {
    name: "outcome",
    values: "`ok`, or the kind of error: `not_found`, `credential_refused`, `rate_limited`, `unavailable`, `unreachable`, `timed_out`, …",
};

/// Everything that is measured beneath HTTP.
pub const TABLE: &[Meter] = &[
    Meter {
        name: services::STORAGE_CALLS,
        kind: Kind::Counter,
        labels: &[PROVIDER, OPERATION, OUTCOME],
        meaning: "Calls of storages that came to an end.",
        advice: "Many `unavailable`, `unreachable` or `timed_out` of one provider: it has an outage, or this host cannot reach it. `rate_limited`: raise the quota at the provider. `wrong_protocol`: somebody connects what is no storage.",
    },
    Meter {
        name: services::STORAGE_CALL_DURATION,
        kind: Kind::Histogram,
        labels: &[PROVIDER, OPERATION],
        meaning: "Seconds until a storage answered. The content of a read and the entries of a listing come after that; those of a write before.",
        advice: "Slow at one provider only: its matter. Slow at all: look at the network and at name resolution.",
    },
    Meter {
        name: services::STORAGE_BROKEN_OFF,
        kind: Kind::Counter,
        labels: &[PROVIDER, OPERATION, OUTCOME],
        meaning: "Answers of storages that began and ended in the middle: contents and listings.",
        advice: "`timed_out`: the storage stalled, see `egress.stall_secs` and `egress.min_bytes_per_sec`. `interrupted`: something between here and there cuts connections.",
    },
    Meter {
        name: services::INTEGRITY_MISMATCHES,
        kind: Kind::Counter,
        labels: &[PROVIDER],
        meaning: "Contents that a storage kept otherwise than they were sent; new items were removed again.",
        advice: "Should stay 0. Each one is an upload that its user had to repeat: look for something on the way that changes bytes, and tell the provider.",
    },
    Meter {
        name: services::FOLDER_LISTINGS,
        kind: Kind::Counter,
        labels: &[Label {
            name: "source",
            values: "`cache`, `reading`, `shared` (a reading that somebody else had begun)",
        }],
        meaning: "Folders that were asked for, by where the listing came from.",
        advice: "Few from the cache: raise `folder_cache_ttl_secs`, or see whether Redis answers.",
    },
    Meter {
        name: services::REFRESHES,
        kind: Kind::Counter,
        labels: &[
            PROVIDER,
            Label {
                name: "outcome",
                values: "`renewed`, `overtaken`, `disconnected`, `grant_refused`, `rotation_lost`, `client_refused`, `unanswered`, `unstored`",
            },
        ],
        meaning: "Refreshes of access tokens that came to an end.",
        advice: "`client_refused`: the client id or secret at the provider is wrong or has expired; no connection is at fault. `unanswered`: the provider has an outage. A wave of `grant_refused`: consents run out, as those of a Google project in testing do after seven days.",
    },
    Meter {
        name: services::REFRESH_DURATION,
        kind: Kind::Histogram,
        labels: &[PROVIDER],
        meaning: "Seconds that a refresh took, from its claim to the stored token.",
        advice: "Slow at one provider only: its matter.",
    },
    Meter {
        name: services::REFRESH_STORE_DURATION,
        kind: Kind::Histogram,
        labels: &[PROVIDER],
        meaning: "Seconds from a provider's answer to the stored token: a process that is killed in between takes the token along.",
        advice: "More than 10 ms: the database is slow. Where the provider takes back the token before, each of these is a moment in which a grant can be lost.",
    },
    Meter {
        name: services::REFRESH_LOST,
        kind: Kind::Counter,
        labels: &[PROVIDER],
        meaning: "Grants that are lost because a process ended between a provider's answer and the stored token, where the provider takes back the token before.",
        advice: "Should stay 0. Each one is a person who must consent again: look for processes that are killed instead of stopped.",
    },
    Meter {
        name: services::LEFT_BEHIND,
        kind: Kind::Counter,
        labels: &[Label {
            name: "reason",
            values: "`disconnected`, `credential_refused`, `credential_damaged`, `changed`, `forbidden`, `unreachable`",
        }],
        meaning: "Documents of deleted accounts that stay in their storage, counted when an erasure is done with it.",
        advice: "The receipts of the erasures say which storages they are. `unreachable`: it was away for three days.",
    },
    Meter {
        name: services::SESSIONS_STARTED,
        kind: Kind::Counter,
        labels: &[],
        meaning: "Sessions that were begun by a password.",
        advice: "For comparison.",
    },
    Meter {
        name: services::SESSIONS_REFUSED,
        kind: Kind::Counter,
        labels: &[Label {
            name: "reason",
            values: "`login` (wrong address or password), `refresh_token` (replaced or ended: the session was ended)",
        }],
        meaning: "Sessions that were not begun or not carried on.",
        advice: "A wave of `login`: somebody tries passwords; limit logins in front of Wharf. A wave of `refresh_token`: tokens were stolen, or a client shows one twice.",
    },
    Meter {
        name: egress::BLOCKED,
        kind: Kind::Counter,
        labels: &[
            Label {
                name: "class",
                values: "`typed` by a user, `issued` by a server, `operator` (the settings)",
            },
            Label {
                name: "rule",
                values: "the rule's name, as `wharf egress explain` tells it; `resolve` is a name without an address",
            },
        ],
        meaning: "Addresses that the rules of egress refused.",
        advice: "A few `typed`: people mistype. Many, above all `address`: somebody looks for a way into your network; the audit events `egress.blocked` name the user. `operator`: a setting is wrong.",
    },
    Meter {
        name: persistence::FAILURES,
        kind: Kind::Counter,
        labels: &[Label {
            name: "cause",
            values: "`connection` (none was to be had within 2 seconds, or no transaction could begin), `query`",
        }],
        meaning: "What the database was asked and did not do.",
        advice: "Every one is an error for somebody. `connection` with callers waiting: the database is too slow, or gone. `query`: the log has the reason.",
    },
    Meter {
        name: gauges::DATABASE_UP,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "1 if the database answered when the figures below were last counted, 15 seconds ago at most; else 0, and they are those of before.",
        advice: "0: requests fail. Look at the database.",
    },
    Meter {
        name: gauges::DATABASE_CONNECTIONS,
        kind: Kind::Gauge,
        labels: &[Label {
            name: "state",
            values: "`in_use`, `idle`",
        }],
        meaning: "Connections to the database that this process has open.",
        advice: "All 8 in use for long: the database is the bottleneck.",
    },
    Meter {
        name: gauges::DATABASE_WAITING,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "Callers who wait for a connection to the database.",
        advice: "More than none for long: see above.",
    },
    Meter {
        name: gauges::CONNECTIONS,
        kind: Kind::Gauge,
        labels: &[
            Label {
                name: "provider",
                values: "`google_drive`, `onedrive`, `webdav`",
            },
            Label {
                name: "status",
                values: "`ACTIVE`, `REQUIRES_REAUTH`, `UNREACHABLE`",
            },
        ],
        meaning: "Users' live connections, counted in the database: every replica tells the same.",
        advice: "A jump of `REQUIRES_REAUTH` at one provider: something happened to your registration there, such as an ended client secret or a consent screen in testing.",
    },
    Meter {
        name: gauges::OUTBOX_STEPS,
        kind: Kind::Gauge,
        labels: &[Label {
            name: "state",
            values: "`waiting`, `given_up`",
        }],
        meaning: "Work that changes left behind, such as grants to be ended at a provider; counted in the database.",
        advice: "`given_up` grows: three days of trying were in vain, and the provider still knows the grant. Its row in the table `outbox` stays.",
    },
    Meter {
        name: gauges::OUTBOX_AGE,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "Seconds since the oldest waiting piece of that work was left behind; 0 if there is none.",
        advice: "More than an hour: a provider does not answer, or no process works the outbox off.",
    },
    Meter {
        name: gauges::ERASURES,
        kind: Kind::Gauge,
        labels: &[Label {
            name: "state",
            values: "`running`, `overdue`",
        }],
        meaning: "Erasures of deleted accounts that have not ended; counted in the database.",
        advice: "Any `overdue` for longer than an hour: no process works the outbox off, or the deletion ledger cannot be written.",
    },
    Meter {
        name: gauges::AUDIT_SEQ_GAP,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "Committed events that have no place in the audit trail yet. Counted every 15 seconds at most.",
        advice: "More than a few seconds' worth: no replica places them; the log says why. One that stays for good was put there by somebody else: check the trail.",
    },
    Meter {
        name: gauges::AUDIT_AGE,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "Seconds since the oldest of them happened.",
        advice: "It should stay below two.",
    },
    Meter {
        name: services::AUDIT_PLACED,
        kind: Kind::Counter,
        labels: &[],
        meaning: "Events that this replica gave their place in the audit trail.",
        advice: "One replica at a time does.",
    },
    Meter {
        name: services::AUDIT_CHECKPOINTS,
        kind: Kind::Counter,
        labels: &[Label {
            name: "outcome",
            values: "`signed`, `not_copied`",
        }],
        meaning: "Checkpoints of the audit trail that this replica signed, and attempts to copy one outside the database that failed.",
        advice: "`not_copied`: a file or bucket of `audit` cannot be written to. It is tried again each second, and until then nothing outside vouches for the newest events.",
    },
    Meter {
        name: gauges::BUILD_INFO,
        kind: Kind::Gauge,
        labels: &[Label {
            name: "version",
            values: "the version of the crates",
        }],
        meaning: "Always 1.",
        advice: "Tells which replicas run which version.",
    },
    Meter {
        name: gauges::START_TIME,
        kind: Kind::Gauge,
        labels: &[],
        meaning: "When the process started, in seconds since 1970.",
        advice: "Changes often: the process dies. Look at its log and at the system's.",
    },
];
