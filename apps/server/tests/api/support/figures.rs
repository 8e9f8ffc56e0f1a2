//! A scrape, and the questions that tests ask of it.
//!
//! The recorder is the process's, so what is counted exactly is counted in a process of its own.

use std::collections::BTreeMap;

use super::client::Client;

/// What a server measured.
pub(crate) struct Figures {
    pub(crate) text: String,
}

/// One line of it.
pub(crate) struct Series<'a> {
    pub(crate) name: &'a str,
    pub(crate) labels: BTreeMap<&'a str, &'a str>,
    pub(crate) value: f64,
}

impl Figures {
    /// Asks the server that this client talks to.
    pub(crate) async fn of(client: &Client) -> Self {
        let answer = client.get("/metrics").send().await.expect(200);
        let media_type = answer.header("content-type");
        assert_eq!(media_type, Some("text/plain; version=0.0.4; charset=utf-8"));
        let text = answer.text().to_owned();
        Self { text }
    }

    pub(crate) fn series(&self) -> impl Iterator<Item = Series<'_>> {
        let lines = self.text.lines();
        let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
        lines.map(series)
    }

    /// The sum of all series of this name with these labels.
    pub(crate) fn sum(&self, name: &str, labels: &[(&str, &str)]) -> f64 {
        let of_name = self.series().filter(|series| series.name == name);
        let fits = |series: &Series<'_>| {
            labels
                .iter()
                .all(|(name, value)| series.labels.get(name) == Some(value))
        };
        of_name.filter(fits).map(|series| series.value).sum()
    }
}

fn series(line: &str) -> Series<'_> {
    let (series, value) = line.rsplit_once(' ').unwrap();
    let (name, labels) = series.split_once('{').unwrap_or((series, ""));
    let labels = labels.trim_end_matches('}').split("\",");
    let labels = labels.filter(|label| !label.is_empty());
    Series {
        name,
        labels: labels.map(label).collect(),
        value: value.parse().unwrap(),
    }
}

fn label(label: &str) -> (&str, &str) {
    let (name, value) = label.split_once("=\"").unwrap();
    (name, value.trim_end_matches('"'))
}
