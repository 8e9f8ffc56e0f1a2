//! Both databases have the same migrations: the same folder names on either
//! side, each with a way up and none down: migrations only go forward.
//! That they lead to the same tables is a test of `crates/persistence`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use crate::arguments::Arguments;
use crate::{stage, workspace};

/// Migration folders by name, with the files in each.
type Migrations = BTreeMap<String, BTreeSet<String>>;

/// Runs the command.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<()> {
    check()?;
    println!("both databases have the same migrations");
    Ok(())
}

/// Fails with every difference.
pub(crate) fn check() -> anyhow::Result<()> {
    let folder = workspace::root().join("migrations");
    let sqlite = read(&folder.join("sqlite"))?;
    let postgres = read(&folder.join("postgres"))?;
    stage::demand_none(&differences(&sqlite, &postgres))
}

fn read(side: &Path) -> anyhow::Result<Migrations> {
    let names = names_in(side)?;
    let with_files = names.into_iter().map(|name| {
        let files = names_in(&side.join(&name))?;
        Ok((name, files))
    });
    with_files.collect()
}

fn names_in(folder: &Path) -> anyhow::Result<BTreeSet<String>> {
    let entries = fs::read_dir(folder).with_context(|| folder.display().to_string())?;
    let names = entries.map(|entry| {
        let name = entry?.file_name().into_string();
        name.ok().context("a file name that is not UTF-8")
    });
    names.collect()
}

fn differences(sqlite: &Migrations, postgres: &Migrations) -> Vec<String> {
    [
        absent("sqlite", sqlite, postgres),
        absent("postgres", postgres, sqlite),
        malformed("sqlite", sqlite),
        malformed("postgres", postgres),
    ]
    .concat()
}

/// Migrations the other side has and this one lacks.
fn absent(side: &str, here: &Migrations, there: &Migrations) -> Vec<String> {
    there
        .keys()
        .filter(|name| !here.contains_key(*name))
        .map(|name| format!("migrations/{side}/{name} is missing"))
        .collect()
}

/// Migrations that are more or less than one file, the way up.
fn malformed(side: &str, migrations: &Migrations) -> Vec<String> {
    let only_up = BTreeSet::from(["up.sql".to_owned()]);
    migrations
        .iter()
        .filter(|(_, files)| **files != only_up)
        .map(|(name, _)| format!("migrations/{side}/{name} must hold up.sql alone"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planted(folders: &[(&str, &[&str])]) -> Migrations {
        let owned = |files: &[&str]| files.iter().map(|it| (*it).to_owned()).collect();
        folders
            .iter()
            .map(|(name, files)| ((*name).to_owned(), owned(files)))
            .collect()
    }

    #[test]
    fn equal_sides_are_fine() {
        let side = planted(&[("0001_users", &["up.sql"])]);
        assert!(differences(&side, &side).is_empty());
    }

    #[test]
    fn a_migration_on_one_side_only_is_found() {
        let sqlite = planted(&[("a", &["up.sql"])]);
        let postgres = planted(&[("b", &["up.sql"])]);
        let expected = [
            "migrations/sqlite/b is missing",
            "migrations/postgres/a is missing",
        ];
        assert_eq!(differences(&sqlite, &postgres), expected);
    }

    #[test]
    fn a_migration_with_a_way_back_is_found() {
        let sqlite = planted(&[("a", &["up.sql"])]);
        let postgres = planted(&[("a", &["up.sql", "down.sql"])]);
        let expected = ["migrations/postgres/a must hold up.sql alone"];
        assert_eq!(differences(&sqlite, &postgres), expected);
    }
}
