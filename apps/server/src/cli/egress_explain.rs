//! `wharf egress explain`: prints what each rule for outgoing connections says of an address.

use std::io::Write;

use clap::Args;
use serde::Serialize;
use wharf::egress::{Explanation, Refusal, Verdict};
use wharf::outgoing;
use wharf::settings::Settings;

use super::CliError;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The address, as a user would type it.
    url: String,
    /// Look the name up and judge its answers too.
    #[arg(long)]
    resolve: bool,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(
    settings: &Settings,
    arguments: Arguments,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let Arguments { url, resolve, json } = arguments;
    let explanation = outgoing::explain(&settings.egress, &url, resolve).await;
    if json {
        let printed = Printed::of(&url, &explanation);
        writeln!(out, "{}", serde_json::to_string(&printed)?)?;
    } else {
        for (rule, verdict) in &explanation.verdicts {
            writeln!(out, "{:<10}  {}", word(*verdict), rule.rule())?;
        }
    }
    match explanation.refusal {
        None => Ok(()),
        Some(refusal) => Err(CliError::AddressRefused(refusal)),
    }
}

const fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Passed => "passed",
        Verdict::Refused => "refused",
        Verdict::NotJudged => "not judged",
    }
}

/// The explanation as it is printed.
#[derive(Serialize)]
struct Printed<'a> {
    url: &'a str,
    decision: &'static str,
    rule: Option<&'static str>,
    code: Option<&'static str>,
    reason: Option<String>,
    rules: Vec<PrintedRule>,
}

#[derive(Serialize)]
struct PrintedRule {
    rule: &'static str,
    verdict: &'static str,
}

impl<'a> Printed<'a> {
    fn of(url: &'a str, explanation: &Explanation) -> Self {
        let refusal = explanation.refusal;
        let rules = explanation
            .verdicts
            .iter()
            .map(|(rule, verdict)| PrintedRule {
                rule: rule.rule(),
                verdict: word(*verdict),
            });
        Self {
            url,
            decision: if refusal.is_some() { "block" } else { "allow" },
            rule: refusal.map(Refusal::rule),
            code: refusal.map(|_| Refusal::CODE),
            reason: refusal.map(|refusal| refusal.to_string()),
            rules: rules.collect(),
        }
    }
}
