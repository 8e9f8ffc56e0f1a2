//! `wharf egress explain`: prints what the rules for outgoing connections say of addresses, one JSON
//! object a line. Connects to nothing.

use std::io::{BufRead, Write};
use std::net::{AddrParseError, IpAddr};
use std::str::FromStr;

use clap::Args;
use serde::Serialize;
use wharf::egress::{Explanation, Refusal};
use wharf::outgoing::{self, Answers};
use wharf::settings::{EgressSettings, Settings};

use super::CliError;

/// What stands for the lines of standard input among the addresses.
const STANDARD_INPUT: &str = "-";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The addresses, as a user would type them; `-` for one a line of standard input, with a tab and
    /// the answers of DNS after it where it has answers of its own.
    #[arg(required = true, value_name = "URL")]
    urls: Vec<String>,
    /// What the names resolve to, as DNS would say: addresses between commas, none for no such name.
    #[arg(long, value_name = "IP,IP")]
    resolve: Option<Given>,
    /// Ask DNS what the names resolve to.
    #[arg(long, conflicts_with = "resolve")]
    dns: bool,
}

/// Answers that somebody wrote down.
#[derive(Clone, Debug)]
struct Given(Vec<IpAddr>);

impl FromStr for Given {
    type Err = AddrParseError;

    fn from_str(list: &str) -> Result<Self, AddrParseError> {
        let parts = list.split(',').map(str::trim);
        let addresses = parts.filter(|part| !part.is_empty()).map(str::parse);
        addresses.collect::<Result<_, _>>().map(Self)
    }
}

pub(super) async fn run(
    settings: &Settings,
    arguments: Arguments,
    input: &mut impl BufRead,
    out: &mut impl Write,
) -> Result<(), CliError> {
    let Arguments { urls, resolve, dns } = arguments;
    let answers = match resolve {
        Some(Given(addresses)) => Answers::Given(addresses),
        None if dns => Answers::LookedUp,
        None => Answers::Unknown,
    };
    let mut report = Report {
        settings: &settings.egress,
        out,
        asked: 0,
        blocked: 0,
    };
    for url in &urls {
        if url == STANDARD_INPUT {
            report.explain_lines(input, &answers).await?;
        } else {
            report.explain(url, answers.clone()).await?;
        }
    }
    report.verdict()
}

/// What has been printed so far.
struct Report<'a, W> {
    settings: &'a EgressSettings,
    out: &'a mut W,
    asked: usize,
    blocked: usize,
}

impl<W: Write> Report<'_, W> {
    /// A line ends at its line feed and nowhere else, for a carriage return is one of the characters
    /// that are refused.
    async fn explain_lines(
        &mut self,
        input: &mut impl BufRead,
        answers: &Answers,
    ) -> Result<(), CliError> {
        for line in input.split(b'\n') {
            let line = String::from_utf8(line?).map_err(|_| CliError::NotText)?;
            let (url, own_answers) = split(&line);
            let answers = own_answers.unwrap_or_else(|| answers.clone());
            self.explain(url, answers).await?;
        }
        Ok(())
    }

    async fn explain(&mut self, url: &str, answers: Answers) -> Result<(), CliError> {
        let explanation = outgoing::explain(self.settings, url, answers).await;
        self.asked += 1;
        self.blocked += usize::from(explanation.refusal().is_some());
        let printed = Printed::of(url, explanation);
        Ok(writeln!(self.out, "{}", serde_json::to_string(&printed)?)?)
    }

    fn verdict(self) -> Result<(), CliError> {
        let Self { asked, blocked, .. } = self;
        if blocked == 0 {
            Ok(())
        } else {
            Err(CliError::AddressesBlocked { blocked, asked })
        }
    }
}

/// The URL of a line, and its answers if it has any. What follows a tab and is no list of addresses
/// belongs to the URL, which is then refused for the tab.
fn split(line: &str) -> (&str, Option<Answers>) {
    let apart = line
        .rsplit_once('\t')
        .and_then(|(url, answers)| Some((url, answers.parse().ok()?)));
    match apart {
        Some((url, Given(addresses))) => (url, Some(Answers::Given(addresses))),
        None => (line, None),
    }
}

/// An explanation as it is printed.
#[derive(Serialize)]
struct Printed<'a> {
    url: &'a str,
    decision: &'static str,
    rule: Option<&'static str>,
    code: Option<&'static str>,
    reason: Option<String>,
}

impl<'a> Printed<'a> {
    fn of(url: &'a str, explanation: Explanation) -> Self {
        let refusal = explanation.refusal();
        let reason = match explanation {
            Explanation::Allowed => None,
            Explanation::AllowedUnresolved => {
                Some("what the name resolves to will decide".to_owned())
            }
            Explanation::Refused(refusal) => Some(refusal.to_string()),
        };
        Self {
            url,
            decision: if refusal.is_some() { "block" } else { "allow" },
            rule: refusal.map(Refusal::rule),
            code: refusal.map(|_| Refusal::CODE),
            reason,
        }
    }
}
