//! The tables as both databases have them. Kept by hand, because the SQL types differ; the migrations
//! make the tables, and a test compares what they made on both sides.

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    users (id) {
        id -> Id,
        email -> Text,
        password_hash -> Text,
        role -> Text,
        session_epoch -> BigInt,
        default_connection_id -> Nullable<Id>,
        created_at -> Instant,
        disabled_at -> Nullable<Instant>,
        issuer -> Nullable<Text>,
        subject -> Nullable<Text>,
        tokens_from -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::Binary;
    use crate::sql_types::Id;

    user_keys (user_id) {
        user_id -> Id,
        wrapped -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::sql_types::{Id, Instant};

    sessions (id) {
        id -> Id,
        owner_id -> Id,
        epoch -> BigInt,
        lineage_sha256 -> Binary,
        token_sha256 -> Binary,
        started_at -> Instant,
        ends_at -> Instant,
    }
}

diesel::joinable!(sessions -> users (owner_id));
diesel::allow_tables_to_appear_in_same_query!(sessions, users);

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    connections (id) {
        id -> Id,
        owner_id -> Id,
        provider -> Text,
        account_key -> Text,
        endpoint -> Text,
        display_name -> Text,
        status -> Text,
        status_reason -> Nullable<Text>,
        status_since -> Instant,
        credential -> Nullable<Binary>,
        credential_version -> BigInt,
        credential_renewed_at -> Instant,
        refresh_epoch -> BigInt,
        refresh_lease_until -> Nullable<Instant>,
        refresh_claimed_at -> Nullable<Instant>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    outbox (id) {
        id -> Id,
        owner_id -> Nullable<Id>,
        kind -> Text,
        payload -> Nullable<Binary>,
        created_at -> Instant,
        due_at -> Instant,
        deadline -> Instant,
        attempts -> BigInt,
        given_up_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::sql_types::{Id, Instant};

    login_flows (id) {
        id -> Id,
        owner_id -> Id,
        state -> Binary,
        version -> BigInt,
        leased_until -> Instant,
        begun_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    documents (id) {
        id -> Id,
        owner_id -> Id,
        name -> Text,
        content_type -> Text,
        size_bytes -> BigInt,
        sha256 -> Binary,
        connection_id -> Nullable<Id>,
        item_id -> Text,
        storage_etag -> Nullable<Text>,
        storage_modified_at -> Nullable<Instant>,
        storage_size_bytes -> Nullable<BigInt>,
        verification -> Nullable<Text>,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::sql_types::{Id, Instant};

    erasures (id) {
        id -> Id,
        user_id -> Id,
        purge_key -> Nullable<Binary>,
        requested_at -> Instant,
        deadline -> Instant,
        recorded_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    erasure_parts (id) {
        id -> Id,
        erasure_id -> Id,
        provider -> Nullable<Text>,
        connection_id -> Nullable<Id>,
        account_key -> Nullable<Text>,
        deleted -> BigInt,
        trashed -> BigInt,
        missing -> BigInt,
        grant_end -> Nullable<Text>,
        ended_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable};
    use crate::sql_types::{Id, Instant};

    erasure_credentials (part_id) {
        part_id -> Id,
        sealed -> Binary,
        version -> BigInt,
        held_until -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    erasure_documents (id) {
        id -> Id,
        part_id -> Id,
        item_id -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
        etag -> Nullable<Text>,
        modified_at -> Nullable<Instant>,
        left_behind -> Nullable<Text>,
    }
}

diesel::joinable!(erasure_parts -> erasures (erasure_id));
diesel::joinable!(erasure_credentials -> erasure_parts (part_id));
diesel::joinable!(erasure_documents -> erasure_parts (part_id));
diesel::allow_tables_to_appear_in_same_query!(
    erasures,
    erasure_parts,
    erasure_credentials,
    erasure_documents
);
diesel::allow_tables_to_appear_in_same_query!(documents, erasure_documents);

diesel::table! {
    use diesel::sql_types::{Binary, Text};
    use crate::sql_types::{Id, Instant};

    answered_requests (caller_id, route, key_sha256) {
        caller_id -> Id,
        route -> Text,
        key_sha256 -> Binary,
        request_sha256 -> Binary,
        outcome_id -> Id,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    audit_events (seq) {
        seq -> BigInt,
        id -> Id,
        occurred_at -> Instant,
        actor_kind -> Text,
        actor_id -> Nullable<Id>,
        action -> Text,
        outcome -> Text,
        resource_kind -> Nullable<Text>,
        resource_id -> Nullable<Id>,
        request_id -> Text,
        client_network -> Nullable<Text>,
        metadata -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::{Binary, Nullable};
    use crate::sql_types::{Id, Instant};

    operator_keys (id) {
        id -> Id,
        canary -> Binary,
        created_at -> Instant,
        promoted_at -> Nullable<Instant>,
        retired_at -> Nullable<Instant>,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};
    use crate::sql_types::{Id, Instant};

    audit_trail (position) {
        position -> BigInt,
        id -> Id,
        occurred_at -> Instant,
        actor_kind -> Text,
        actor_id -> Nullable<Id>,
        action -> Text,
        outcome -> Text,
        resource_kind -> Nullable<Text>,
        resource_id -> Nullable<Id>,
        request_id -> Text,
        client_network -> Nullable<Text>,
        client_sealed -> Nullable<Binary>,
        metadata -> Text,
        hash -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::sql_types::{Id, Instant};

    turns (name) {
        name -> Text,
        holder -> Id,
        ends_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Binary};
    use crate::sql_types::Instant;

    audit_checkpoints (position) {
        position -> BigInt,
        hash -> Binary,
        signed_at -> Instant,
        key_id -> Binary,
        signature -> Binary,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::sql_types::{Id, Instant};

    replicas (id) {
        id -> Id,
        started_at -> Instant,
        seen_at -> Instant,
        primary_key -> Id,
        loaded_keys -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::BigInt;
    use crate::sql_types::Instant;

    audit_sequencer (id) {
        id -> BigInt,
        term -> BigInt,
        leased_until -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;

    // Made and kept by diesel's migrations.
    __diesel_schema_migrations (version) {
        version -> Text,
    }
}
