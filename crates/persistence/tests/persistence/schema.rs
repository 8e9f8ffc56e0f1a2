//! Both databases have the same tables, columns and keys: there is one `schema.rs` for both.

use std::fs;
use std::path::Path;

use crate::scratch::Scratch;

const SQLITE_COLUMNS: &str = "
    SELECT t.name || '.' || c.name || iif(c.\"notnull\", ' required', ' optional') AS line
    FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
    WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name NOT LIKE '\\_\\_%' ESCAPE '\\'
    ORDER BY t.name, c.cid";

const POSTGRES_COLUMNS: &str = "
    SELECT table_name || '.' || column_name ||
        CASE is_nullable WHEN 'NO' THEN ' required' ELSE ' optional' END AS line
    FROM information_schema.columns
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'
    ORDER BY table_name, ordinal_position";

const SQLITE_KEYS: &str = "
    WITH key_columns AS (
        SELECT t.name AS tbl, i.name AS key, c.seqno AS position, c.name AS col
        FROM pragma_table_list AS t, pragma_index_list(t.name) AS i, pragma_index_info(i.name) AS c
        WHERE i.\"unique\"
        UNION ALL
        -- SQLite has no index for a whole number that is the key.
        SELECT t.name, 'rowid', 0, c.name
        FROM pragma_table_list AS t, pragma_table_info(t.name) AS c
        WHERE c.pk = 1 AND c.type = 'INTEGER'
    )
    SELECT tbl || ' (' || group_concat(col, ', ') || ')' AS line
    FROM (SELECT * FROM key_columns ORDER BY tbl, key, position)
    WHERE tbl NOT LIKE 'sqlite%' AND tbl NOT LIKE '\\_\\_%' ESCAPE '\\'
    GROUP BY tbl, key";

const POSTGRES_KEYS: &str = "
    SELECT table_name || ' (' || string_agg(column_name, ', ' ORDER BY ordinal_position) || ')'
    FROM information_schema.table_constraints
    JOIN information_schema.key_column_usage USING (table_schema, table_name, constraint_name)
    WHERE table_schema = 'public' AND table_name NOT LIKE '\\_\\_%'
        AND constraint_type IN ('PRIMARY KEY', 'UNIQUE')
    GROUP BY table_name, constraint_name";

const SQLITE_REFERENCES: &str = "
    SELECT t.name || ' (' || group_concat(f.\"from\", ', ') || ') to ' || f.\"table\" AS line
    FROM pragma_table_list AS t, pragma_foreign_key_list(t.name) AS f
    GROUP BY t.name, f.id";

const POSTGRES_REFERENCES: &str = "
    SELECT conrelid::regclass || ' (' || (
            SELECT string_agg(attname, ', ' ORDER BY position)
            FROM unnest(conkey) WITH ORDINALITY AS key (number, position)
            JOIN pg_attribute ON attrelid = conrelid AND attnum = number
        ) || ') to ' || confrelid::regclass
    FROM pg_constraint
    WHERE contype = 'f'";

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_keys() {
    let sqlite = Scratch::sqlite().await;
    let postgres = Scratch::postgres().await;
    for (on_sqlite, on_postgres, known) in [
        (
            SQLITE_COLUMNS,
            POSTGRES_COLUMNS,
            "connections.credential optional",
        ),
        (
            SQLITE_KEYS,
            POSTGRES_KEYS,
            "connections (owner_id, provider, account_key)",
        ),
        (
            SQLITE_REFERENCES,
            POSTGRES_REFERENCES,
            "documents (owner_id, connection_id) to connections",
        ),
    ] {
        let mut there = sqlite.place.lines(on_sqlite).await;
        let mut here = postgres.place.lines(on_postgres).await;
        there.sort();
        here.sort();
        assert_eq!(there, here);
        assert!(there.contains(&known.to_owned()), "{there:?}");
    }
}

#[test]
fn both_folders_hold_the_same_migrations() {
    let names = |database: &str| {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../../migrations")
            .join(database);
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}
