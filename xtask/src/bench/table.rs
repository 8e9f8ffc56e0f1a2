//! The printed table: what was measured, our figure, theirs, and the ratio.

/// A line of the table.
pub(super) struct Row {
    name: String,
    unit: &'static str,
    ours: f64,
    theirs: Option<f64>,
}

impl Row {
    /// A figure with nothing to compare it with.
    pub(super) fn alone(name: impl Into<String>, unit: &'static str, ours: f64) -> Self {
        Self {
            name: name.into(),
            unit,
            ours,
            theirs: None,
        }
    }

    /// A figure beside that of a program that does less.
    pub(super) fn beside(
        name: impl Into<String>,
        unit: &'static str,
        ours: f64,
        theirs: f64,
    ) -> Self {
        Self {
            theirs: Some(theirs),
            ..Self::alone(name, unit, ours)
        }
    }

    fn cells(&self) -> [String; 5] {
        let theirs = self.theirs.map(figure);
        let ratio = self
            .theirs
            .map(|theirs| format!("{:.2}", self.ours / theirs));
        [
            self.name.clone(),
            self.unit.to_owned(),
            figure(self.ours),
            theirs.unwrap_or_default(),
            ratio.unwrap_or_default(),
        ]
    }
}

/// Three digits tell all that a noisy machine knows.
fn figure(value: f64) -> String {
    match value {
        ..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}

/// The rows as a Markdown table.
pub(super) fn text(rows: &[Row]) -> String {
    let head = ["what", "unit", "Wharf", "beside", "ratio"].map(str::to_owned);
    let line = ["---"; 5].map(str::to_owned);
    let body = rows.iter().map(Row::cells);
    let lines = [head, line].into_iter().chain(body);
    lines
        .map(|cells| format!("| {} |\n", cells.join(" | ")))
        .collect()
}

/// The middle one of the measured values.
pub(super) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_tells_the_ratio_where_there_is_one() {
        let rows = [
            Row::beside("download", "MiB/s", 500.0, 1000.0),
            Row::alone("binary", "MiB", 12.34),
        ];
        let expected = "| what | unit | Wharf | beside | ratio |\n\
                        | --- | --- | --- | --- | --- |\n\
                        | download | MiB/s | 500 | 1000 | 0.50 |\n\
                        | binary | MiB | 12.3 |  |  |\n";
        assert_eq!(text(&rows), expected);
    }

    #[test]
    fn the_median_is_the_middle_one() {
        let median = median(vec![9.0, 1.0, 2.0]);
        assert!((median - 2.0).abs() < f64::EPSILON);
    }
}
