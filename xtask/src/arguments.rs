//! The few command-line arguments there are: flags, and words after `--` that
//! are handed on. Knows no command.

use std::fmt;

/// Which arguments a command takes.
#[derive(Clone, Copy)]
pub(crate) struct Syntax {
    flags: &'static [&'static str],
    rest: Option<&'static str>,
}

impl Syntax {
    /// No argument at all.
    pub(crate) const NONE: Self = Self::flags(&[]);

    /// These flags, each optional.
    pub(crate) const fn flags(flags: &'static [&'static str]) -> Self {
        Self { flags, rest: None }
    }

    /// Also takes words after `--`; `meaning` names them in the help.
    pub(crate) const fn and_rest(self, meaning: &'static str) -> Self {
        Self {
            flags: self.flags,
            rest: Some(meaning),
        }
    }

    /// Refuses what the syntax does not name.
    pub(crate) fn parse(self, words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
        let mut words = words;
        let mut given = Vec::new();
        while let Some(word) = words.next() {
            if word == "--" && self.rest.is_some() {
                return Ok(Arguments {
                    given,
                    rest: words.collect(),
                });
            }
            anyhow::ensure!(
                self.flags.contains(&word.as_str()),
                "unknown argument {word}; this command takes:{self}"
            );
            given.push(word);
        }
        Ok(Arguments {
            given,
            rest: Vec::new(),
        })
    }
}

/// As the help shows it: ` [--flag] [-- rest]`.
impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for flag in self.flags {
            write!(f, " [{flag}]")?;
        }
        self.rest
            .map_or(Ok(()), |meaning| write!(f, " [-- {meaning}]"))
    }
}

/// What was given on the command line.
pub(crate) struct Arguments {
    given: Vec<String>,
    rest: Vec<String>,
}

impl Arguments {
    /// Whether the flag was given.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.given.iter().any(|given| given == flag)
    }

    /// What stood after `--`.
    pub(crate) fn rest(&self) -> &[String] {
        &self.rest
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SYNTAX: Syntax = Syntax::flags(&["--install"]).and_rest("words");

    fn parse(syntax: Syntax, line: &str) -> anyhow::Result<Arguments> {
        syntax.parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn flags_and_rest_are_told_apart() {
        let arguments = parse(SYNTAX, "--install -- -p wharf -- --nocapture").unwrap();
        assert!(arguments.has("--install"));
        assert_eq!(arguments.rest(), ["-p", "wharf", "--", "--nocapture"]);
    }

    #[test]
    fn an_absent_flag_is_absent() {
        assert!(!parse(SYNTAX, "").unwrap().has("--install"));
    }

    #[test]
    fn an_unknown_flag_is_refused() {
        assert!(parse(SYNTAX, "--instal").is_err());
    }

    #[test]
    fn a_rest_is_refused_where_none_is_taken() {
        assert!(parse(Syntax::NONE, "-- word").is_err());
    }
}
