//! The tables of meters as the documentation shows them.

use std::fmt::Write as _;

use wharf::meters::{Label, Meter};

use super::table;

/// The reference of everything that is measured, in Markdown: `docs/metrics.md`.
pub fn reference() -> String {
    let mut text = String::from(HEAD);
    // Writing to a String cannot fail.
    for (title, meters) in [
        ("HTTP", table::TABLE),
        ("Storages, sessions, database", wharf::meters::TABLE),
    ] {
        let _ = write!(text, "\n## {title}\n");
        for meter in meters {
            let _ = write!(text, "\n{}", entry(meter));
        }
    }
    text
}

fn entry(meter: &Meter) -> String {
    let Meter {
        name,
        kind,
        labels,
        meaning,
        advice,
    } = meter;
    let kind = kind.as_str();
    let mut text = format!("### `{name}` ({kind})\n{meaning}\n");
    for Label { name, values } in *labels {
        let _ = writeln!(text, "- `{name}`: {values}");
    }
    let _ = write!(text, "\n*What to do:* {advice}\n");
    text
}

const HEAD: &str = "\
# Metrics

With `metrics = true` (`WHARF_METRICS=true`) the server answers `GET /metrics` in Prometheus's text format.
It answers whoever asks, so let your proxy keep that address from the outside.
No label names a user, a file, an address or anything else that is somebody's: values come from closed sets.

```yaml
scrape_configs:
  - job_name: wharf
    static_configs:
      - targets: [\"127.0.0.1:8080\"]
rule_files: [alerts.yml]
```

[alerts.yml](alerts.yml) has rules to begin with. Every replica is scraped for itself; what is counted in
the database is the same at each, so take `max` of it and `sum` of everything else.

A program that embeds Wharf and has installed a recorder for the `metrics` crate gets all but the first
section there; `Wharf::sample_gauges` brings the gauges up to date.

Durations are histograms, with buckets that end at 1, 2.5, 5, 10, 25, 50, 100, 250 and 500 ms, 1, 5 and 30 s.
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::testing::in_step;

    const ALERTS: &str = include_str!("../../../../docs/alerts.yml");

    fn described() -> BTreeSet<&'static str> {
        let tables = [table::TABLE, wharf::meters::TABLE];
        tables
            .into_iter()
            .flatten()
            .map(|meter| meter.name)
            .collect()
    }

    #[test]
    fn the_documentation_shows_the_tables() {
        in_step("docs/metrics.md", &reference());
    }

    #[test]
    fn no_two_meters_have_one_name() {
        let count = table::TABLE.len() + wharf::meters::TABLE.len();
        assert_eq!(described().len(), count);
    }

    // R-21: an alert on what is not measured would never tell anybody.
    #[test]
    fn every_alert_is_about_what_is_measured() {
        let expressions = ALERTS.lines().filter_map(|line| {
            let line = line.trim_start();
            line.strip_prefix("expr:")
        });
        let expressions: Vec<_> = expressions.collect();
        assert!(expressions.len() > 5, "{expressions:?}");
        for expression in expressions {
            let names: Vec<_> = names_in(expression).collect();
            assert!(!names.is_empty(), "{expression}");
            for name in names {
                let meter = ["_bucket", "_count", "_sum"]
                    .iter()
                    .find_map(|suffix| name.strip_suffix(suffix))
                    .unwrap_or(name);
                assert!(described().contains(meter), "{meter} in {expression}");
            }
        }
    }

    /// The words in an expression that can only be names of meters.
    fn names_in(expression: &str) -> impl Iterator<Item = &str> {
        let words = expression.split(|c: char| c != '_' && !c.is_alphanumeric());
        words.filter(|word| word.starts_with("wharf_") || word.starts_with("process_"))
    }
}
