//! Which crate may depend on which: a literal table, compared with what Cargo
//! says. Imports go from a higher tier to a lower one, never sideways.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::arguments::Arguments;
use crate::{json, stage, workspace};

/// A member and the members it may depend on. Dev-dependencies are free.
type Row = (&'static str, &'static [&'static str]);

const TABLE: &[Row] = &[
    // Tier 0
    ("wharf-domain", &[]),
    ("wharf-crypto", &[]),
    ("wharf-egress", &[]),
    // Tier 1
    ("wharf-audit", &["wharf-domain", "wharf-crypto"]),
    (
        "wharf-identity",
        &["wharf-domain", "wharf-crypto", "wharf-egress"],
    ),
    (
        "wharf-oauth",
        &["wharf-domain", "wharf-crypto", "wharf-egress"],
    ),
    ("wharf-storage-backends", &["wharf-domain", "wharf-egress"]),
    ("wharf-persistence", &["wharf-domain"]),
    ("wharf-ephemeral", &["wharf-domain"]),
    // Tier 2
    (
        "wharf-services",
        &["wharf-domain", "wharf-crypto", "wharf-audit"],
    ),
    // Tier 3
    (
        "wharf",
        &[
            "wharf-domain",
            "wharf-crypto",
            "wharf-audit",
            "wharf-egress",
            "wharf-identity",
            "wharf-oauth",
            "wharf-storage-backends",
            "wharf-persistence",
            "wharf-ephemeral",
            "wharf-services",
        ],
    ),
    // Tier 4
    ("wharf-server", &["wharf"]),
    // Tools, which nothing depends on
    ("wharf-sandbox", &[]),
    ("xtask", &[]),
];

/// What the nouns and rules must never see: no I/O, no wire format.
const NEVER: &[Row] = &[(
    "wharf-domain",
    &["actix-web", "diesel", "reqwest", "serde_json", "tokio"],
)];

/// Runs the command.
pub(crate) fn run(_: &Arguments) -> anyhow::Result<()> {
    check()?;
    println!("{} crates keep to their layers", TABLE.len());
    Ok(())
}

/// Fails with every violation there is.
pub(crate) fn check() -> anyhow::Result<()> {
    stage::demand_none(&violations(TABLE, &members()?))
}

/// A workspace member, as far as the rules go.
struct Member {
    name: String,
    /// Normal and build dependencies.
    dependencies: Vec<String>,
    is_published: bool,
    manifest: String,
}

fn members() -> anyhow::Result<Vec<Member>> {
    let metadata = workspace::metadata()?;
    let packages = json::list(&metadata, "/packages")?;
    packages.iter().map(member).collect()
}

fn member(package: &Value) -> anyhow::Result<Member> {
    let dependencies = json::list(package, "/dependencies")?;
    let not_dev = dependencies
        .iter()
        .filter(|it| it.pointer("/kind").is_none_or(|kind| kind != "dev"));
    let names = not_dev.map(|it| Ok(json::text(it, "/name")?.to_owned()));
    // `publish = false` comes out as an empty list of registries, its absence as null.
    let registries = json::list(package, "/publish");
    Ok(Member {
        name: json::text(package, "/name")?.to_owned(),
        dependencies: names.collect::<anyhow::Result<_>>()?,
        is_published: registries.map_or(true, |it| !it.is_empty()),
        manifest: fs::read_to_string(json::text(package, "/manifest_path")?)?,
    })
}

/// Every deviation from the tables, one sentence each.
fn violations(table: &[Row], members: &[Member]) -> Vec<String> {
    let rows: BTreeMap<_, _> = table.iter().copied().collect();
    let mut found = Vec::new();
    for name in rows.keys() {
        if !members.iter().any(|member| member.name == *name) {
            found.push(format!("{name} has a row in the table but does not exist"));
        }
    }
    for member in members {
        let name = &member.name;
        match rows.get(name.as_str()) {
            None => found.push(format!("{name} has no row in the table of layers")),
            Some(allowed) => found.extend(trespasses(member, allowed, members)),
        }
        found.extend(taboos(member));
        if !inherits_lints(&member.manifest) {
            found.push(format!("{name} lacks [lints] workspace = true"));
        }
        if member.is_published {
            found.push(format!("{name} lacks publish = false"));
        }
    }
    found
}

/// Dependencies on members the row does not name.
fn trespasses(member: &Member, allowed: &[&str], members: &[Member]) -> Vec<String> {
    let ours = |name: &&String| members.iter().any(|member| member.name == **name);
    let dependencies = member.dependencies.iter().filter(ours);
    dependencies
        .filter(|name| !allowed.contains(&name.as_str()))
        .map(|name| format!("{} may not depend on {name}", member.name))
        .collect()
}

/// Dependencies from outside that the member must not have.
fn taboos(member: &Member) -> Vec<String> {
    let rows = NEVER.iter().filter(|(name, _)| *name == member.name);
    rows.flat_map(|(_, never)| *never)
        .filter(|name| member.dependencies.iter().any(|it| it == *name))
        .map(|name| format!("{} may never depend on {name}", member.name))
        .collect()
}

/// Whether the manifest's `[lints]` section takes the workspace's.
fn inherits_lints(manifest: &str) -> bool {
    let mut lines = manifest.lines().map(str::trim);
    lines.any(|line| line == "[lints]")
        && lines
            .take_while(|line| !line.starts_with('['))
            .any(|line| line == "workspace = true")
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE_OF_TWO: &[Row] = &[("low", &[]), ("high", &["low"])];

    fn planted(name: &str, dependencies: &[&str]) -> Member {
        Member {
            name: name.to_owned(),
            dependencies: dependencies.iter().map(|it| (*it).to_owned()).collect(),
            is_published: false,
            manifest: "[package]\n\n[lints]\nworkspace = true\n".to_owned(),
        }
    }

    #[test]
    fn the_workspace_keeps_to_its_layers() {
        assert_eq!(violations(TABLE, &members().unwrap()), Vec::<String>::new());
    }

    #[test]
    fn a_dependency_downwards_or_outside_is_fine() {
        let members = [planted("low", &["serde"]), planted("high", &["low"])];
        assert!(violations(TABLE_OF_TWO, &members).is_empty());
    }

    #[test]
    fn a_dependency_upwards_is_found() {
        let members = [planted("low", &["high"]), planted("high", &[])];
        let expected = ["low may not depend on high"];
        assert_eq!(violations(TABLE_OF_TWO, &members), expected);
    }

    #[test]
    fn the_table_and_the_workspace_name_the_same_crates() {
        let members = [planted("low", &[]), planted("new", &[])];
        let expected = [
            "high has a row in the table but does not exist",
            "new has no row in the table of layers",
        ];
        assert_eq!(violations(TABLE_OF_TWO, &members), expected);
    }

    #[test]
    fn the_domain_stays_free_of_io() {
        let domain = planted("wharf-domain", &["bytes", "tokio"]);
        let expected = ["wharf-domain may never depend on tokio"];
        assert_eq!(violations(&[("wharf-domain", &[])], &[domain]), expected);
    }

    #[test]
    fn a_manifest_without_lints_or_open_to_publishing_is_found() {
        let member = Member {
            is_published: true,
            manifest: "[lints]\n[dependencies]\nworkspace = true\n".to_owned(),
            ..planted("low", &[])
        };
        let expected = [
            "low lacks [lints] workspace = true",
            "low lacks publish = false",
        ];
        assert_eq!(violations(&[("low", &[])], &[member]), expected);
    }
}
