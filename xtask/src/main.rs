//! Wharf's development tasks: `cargo xtask <command>`.
//!
//! Here stands only the table of commands; each lives in a file of its own.
//! Nothing here is linked into the product, and nothing of the product is
//! linked here: it is built, started and spoken to like any other program.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool talks to its terminal"
)]

mod answer;
mod api;
mod arguments;
mod bench;
mod ci;
mod consent;
mod demo;
mod deny;
mod folder;
mod fuzz;
mod http;
mod interop;
mod json;
mod layers;
mod log;
mod migrations;
mod openapi;
mod process;
mod program;
mod python;
mod random;
mod service;
mod stage;
mod tally;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use arguments::{Arguments, Syntax};

/// One `cargo xtask` command.
struct Command {
    name: &'static str,
    syntax: Syntax,
    summary: &'static str,
    run: fn(&Arguments) -> anyhow::Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        syntax: Syntax::flags(&["--once"]),
        summary: "do Wharf's main job against a simulated cloud, step by step",
        run: demo::run,
    },
    Command {
        name: "test",
        syntax: Syntax::flags(&["--install", "--long"]).and_rest("cargo test arguments"),
        summary: "run every test, with throw-away PostgreSQL, Redis and Apache httpd",
        run: test::run,
    },
    Command {
        name: "ci",
        syntax: Syntax::flags(&["--install", "--advisories"]),
        summary: "check format, lints, documentation, dependencies and house rules",
        run: ci::run,
    },
    Command {
        name: "interop",
        syntax: Syntax::flags(&["--install"]),
        summary: "try Wharf with servers and clients of other ecosystems",
        run: interop::run,
    },
    Command {
        name: "bench",
        syntax: Syntax::flags(&["--install"]).and_rest("parts of the table"),
        summary: "measure a release build beside nginx and curl",
        run: bench::run,
    },
    Command {
        name: "fuzz",
        syntax: Syntax::flags(&["--install"])
            .and_word("target")
            .and_option("--seconds", "N"),
        summary: "look for inputs that break the rules of egress, 60 seconds a target",
        run: fuzz::run,
    },
    Command {
        name: "layers",
        syntax: Syntax::NONE,
        summary: "check which crate may depend on which",
        run: layers::run,
    },
    Command {
        name: "tidy",
        syntax: Syntax::NONE,
        summary: "check the house rules no compiler knows",
        run: tidy::run,
    },
    Command {
        name: "migrations",
        syntax: Syntax::NONE,
        summary: "check that both databases have the same migrations",
        run: migrations::run,
    },
    Command {
        name: "openapi",
        syntax: Syntax::NONE,
        summary: "write docs/openapi.json anew from the server's handlers",
        run: openapi::run,
    },
];

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> anyhow::Result<()> {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_else(|| "help".to_owned());
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        print!("{}", help());
        return Ok(());
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        anyhow::bail!("there is no command {name}\n\n{}", help());
    };
    (command.run)(&command.syntax.parse(words)?)
}

/// One line a command.
fn help() -> String {
    let usages: Vec<String> = COMMANDS
        .iter()
        .map(|command| format!("{}{}", command.name, command.syntax))
        .collect();
    let width = usages.iter().map(String::len).max().unwrap_or_default();
    let lines = usages.iter().zip(COMMANDS).map(|(usage, command)| {
        let summary = command.summary;
        format!("  cargo xtask {usage:width$}  {summary}\n")
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_has_one_line_per_command() {
        let help = help();
        assert_eq!(help.lines().count(), COMMANDS.len());
        assert!(help.contains("cargo xtask test [--install] [--long] [-- cargo test arguments]"));
    }
}
