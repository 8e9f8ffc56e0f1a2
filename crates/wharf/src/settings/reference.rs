//! The settings reference for operators, generated from the type and its comments.

use std::fmt::Write as _;

use confique::Config;
use confique::meta::{Expr, Field, FieldKind, LeafKind};

use super::Settings;

/// The reference as a Markdown table: key, environment variable, default, meaning.
pub fn reference() -> String {
    let mut table = String::from(
        "| key | environment variable | default | meaning |\n| --- | --- | --- | --- |\n",
    );
    for row in rows(Settings::META.fields, "") {
        let Row {
            key,
            default,
            meaning,
        } = row;
        let variable = variable(&key);
        // Writing to a String cannot fail.
        let _ = writeln!(table, "| `{key}` | `{variable}` | {default} | {meaning} |");
    }
    table
}

/// The environment variable of a key.
pub(super) fn variable(key: &str) -> String {
    format!("WHARF_{}", key.replace('.', "__").to_uppercase())
}

struct Row {
    key: String,
    default: String,
    meaning: String,
}

fn rows(fields: &[Field], prefix: &str) -> Vec<Row> {
    fields
        .iter()
        .flat_map(|field| rows_of(field, prefix))
        .collect()
}

fn rows_of(field: &Field, prefix: &str) -> Vec<Row> {
    let key = format!("{prefix}{}", field.name);
    match &field.kind {
        FieldKind::Nested { meta } => rows(meta.fields, &format!("{key}.")),
        FieldKind::Leaf { kind, .. } => {
            let meaning = field
                .doc
                .iter()
                .map(|line| line.trim())
                .collect::<Vec<_>>()
                .join(" ");
            vec![Row {
                key,
                default: default(*kind),
                meaning,
            }]
        }
    }
}

fn default(kind: LeafKind) -> String {
    match kind {
        LeafKind::Required {
            default: Some(Expr::Str(text)),
        } => format!("`{text}`"),
        LeafKind::Required {
            default: Some(Expr::Integer(number)),
        } => format!("`{number}`"),
        LeafKind::Required {
            default: Some(Expr::Bool(switch)),
        } => format!("`{switch}`"),
        LeafKind::Required { default: Some(_) } => "none".to_owned(),
        LeafKind::Required { default: None } => "required".to_owned(),
        LeafKind::Optional => "see meaning".to_owned(),
    }
}
