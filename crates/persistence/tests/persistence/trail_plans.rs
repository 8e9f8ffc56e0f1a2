//! Each filter of the trail has an index, and both databases use it.

use crate::scratch::{Place, Scratch};

crate::on_both!(each_filter_is_answered_from_its_index);

/// A name, a database, and the query from `FROM` on, as a test beside the query itself compares it.
const QUERIES: &str = include_str!("trail_queries.tsv");

/// Twenty thousand links: one a second, of 200 users, few of them refused or unusual.
const FILL_SQLITE: &str = "
    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 20000)
    INSERT INTO audit_trail SELECT n, unhex(printf('%032x', n)), n * 1000000, 'user',
        unhex(printf('%032x', n % 200)), iif(n % 1000, 'session.started', 'user.created'),
        iif(n % 500, 'done', 'refused'), 'document', unhex(printf('%032x', n % 5000)), '', NULL, NULL,
        '{}', zeroblob(32)
    FROM n";
const FILL_POSTGRES: &str = "
    INSERT INTO audit_trail SELECT n, lpad(to_hex(n), 32, '0')::uuid, to_timestamp(n), 'user',
        lpad(to_hex(n % 200), 32, '0')::uuid,
        CASE WHEN n % 1000 = 0 THEN 'user.created' ELSE 'session.started' END,
        CASE WHEN n % 500 = 0 THEN 'refused' ELSE 'done' END, 'document',
        lpad(to_hex(n % 5000), 32, '0')::uuid, '', NULL, NULL, '{}', decode(repeat('00', 32), 'hex')
    FROM generate_series(1, 20000) AS n";

const LIMIT: &str = "201";

/// Where a page begins.
const AT_SQLITE: &str = "19000000000";
const AT_POSTGRES: &str = "to_timestamp(19000)";

/// The values of each query: in SQLite's words and in PostgreSQL's. And the index that answers it.
const ASKED: [(&str, &[&str], &[&str], &str); 7] = [
    ("the first page", &[LIMIT], &[LIMIT], "audit_trail_by_time"),
    (
        "nothing",
        &[AT_SQLITE, AT_SQLITE, "9", LIMIT],
        &[AT_POSTGRES, AT_POSTGRES, "9", LIMIT],
        "audit_trail_by_time",
    ),
    (
        "actor",
        &[
            AT_SQLITE,
            AT_SQLITE,
            "9",
            "unhex(printf('%032x', 7))",
            LIMIT,
        ],
        &[
            AT_POSTGRES,
            AT_POSTGRES,
            "9",
            "'00000000-0000-0000-0000-000000000007'",
            LIMIT,
        ],
        "audit_trail_by_actor",
    ),
    (
        "action",
        &[AT_SQLITE, AT_SQLITE, "9", "'user.created'", LIMIT],
        &[AT_POSTGRES, AT_POSTGRES, "9", "'user.created'", LIMIT],
        "audit_trail_by_action",
    ),
    (
        "resource",
        &["unhex(printf('%032x', 7))"],
        &[
            AT_POSTGRES,
            AT_POSTGRES,
            "9",
            "'00000000-0000-0000-0000-000000000007'",
            LIMIT,
        ],
        "audit_trail_by_resource",
    ),
    (
        "outcome",
        &[AT_SQLITE, AT_SQLITE, "9", "'refused'", LIMIT],
        &[AT_POSTGRES, AT_POSTGRES, "9", "'refused'", LIMIT],
        "audit_trail_by_outcome",
    ),
    (
        "time",
        &[AT_SQLITE, AT_SQLITE, "9", "300000000", "600000000", LIMIT],
        &[
            AT_POSTGRES,
            AT_POSTGRES,
            "9",
            "to_timestamp(300)",
            "to_timestamp(600)",
            LIMIT,
        ],
        "audit_trail_by_time",
    ),
];

async fn each_filter_is_answered_from_its_index(scratch: Scratch) {
    let place = &scratch.place;
    let (database, fill) = match place {
        Place::Sqlite(_) => ("sqlite", FILL_SQLITE),
        Place::Postgres(_) => ("postgres", FILL_POSTGRES),
    };
    place.run(fill).await;
    place.run("ANALYZE").await;
    for (name, on_sqlite, on_postgres, index) in ASKED {
        let asked = match place {
            Place::Sqlite(_) => on_sqlite,
            Place::Postgres(_) => on_postgres,
        };
        let plan = place.plan(&query(database, name, asked)).await;
        assert!(plan.contains(index), "{name} on {database}: {plan}");
        // SQLite reads a page in its order; PostgreSQL may find it cheaper to sort a few rows.
        let is_sorted = plan.contains("TEMP B-TREE");
        assert!(!is_sorted, "{name} on {database}: {plan}");
    }
}

/// The query with its values in place.
fn query(database: &str, name: &str, values: &[&str]) -> String {
    let start = format!("{name}\t{database}\t");
    let line = QUERIES.lines().find_map(|line| line.strip_prefix(&start));
    let mut text = format!("SELECT * FROM {}", line.expect("a query of that name"));
    for (number, value) in (1..).zip(values) {
        let placeholder = match database {
            "sqlite" => "?".to_owned(),
            _ => format!("${number}"),
        };
        text = text.replacen(&placeholder, value, 1);
    }
    text
}
