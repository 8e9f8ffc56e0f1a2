//! The few command-line arguments there are: flags, one word, one option with a
//! value, and words after `--` that are handed on. Knows no command.

use std::fmt;

/// Which arguments a command takes.
#[derive(Clone, Copy)]
pub(crate) struct Syntax {
    flags: &'static [&'static str],
    word: Option<&'static str>,
    option: Option<(&'static str, &'static str)>,
    rest: Option<&'static str>,
}

impl Syntax {
    /// No argument at all.
    pub(crate) const NONE: Self = Self::flags(&[]);

    /// These flags, each optional.
    pub(crate) const fn flags(flags: &'static [&'static str]) -> Self {
        Self {
            flags,
            word: None,
            option: None,
            rest: None,
        }
    }

    /// Also takes words after `--`; `meaning` names them in the help.
    pub(crate) const fn and_rest(self, meaning: &'static str) -> Self {
        Self {
            rest: Some(meaning),
            ..self
        }
    }

    /// Also takes one word; `meaning` names it in the help.
    pub(crate) const fn and_word(self, meaning: &'static str) -> Self {
        Self {
            word: Some(meaning),
            ..self
        }
    }

    /// Also takes this option and its value; `meaning` names the value in the
    /// help.
    pub(crate) const fn and_option(self, option: &'static str, meaning: &'static str) -> Self {
        Self {
            option: Some((option, meaning)),
            ..self
        }
    }

    /// Refuses what the syntax does not name.
    pub(crate) fn parse(self, words: impl Iterator<Item = String>) -> anyhow::Result<Arguments> {
        let mut words = words;
        let mut arguments = Arguments::default();
        while let Some(word) = words.next() {
            if word == "--" && self.rest.is_some() {
                arguments.rest = words.collect();
                break;
            }
            if self.flags.contains(&word.as_str()) {
                arguments.given.push(word);
            } else if self.option.is_some_and(|(option, _)| option == word) {
                arguments.value = words.next();
                anyhow::ensure!(arguments.value.is_some(), "{word} takes a value");
            } else if self.takes(&word) && arguments.word.is_none() {
                arguments.word = Some(word);
            } else {
                anyhow::bail!("unknown argument {word}; this command takes:{self}");
            }
        }
        Ok(arguments)
    }

    fn takes(self, word: &str) -> bool {
        self.word.is_some() && !word.starts_with('-')
    }
}

/// As the help shows it: ` [word] [--flag] [--option value] [-- rest]`.
impl fmt::Display for Syntax {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(meaning) = self.word {
            write!(f, " [{meaning}]")?;
        }
        for flag in self.flags {
            write!(f, " [{flag}]")?;
        }
        if let Some((option, meaning)) = self.option {
            write!(f, " [{option} {meaning}]")?;
        }
        self.rest
            .map_or(Ok(()), |meaning| write!(f, " [-- {meaning}]"))
    }
}

/// What was given on the command line.
#[derive(Default)]
pub(crate) struct Arguments {
    given: Vec<String>,
    word: Option<String>,
    value: Option<String>,
    rest: Vec<String>,
}

impl Arguments {
    /// Whether the flag was given.
    pub(crate) fn has(&self, flag: &str) -> bool {
        self.given.iter().any(|given| given == flag)
    }

    /// The one word.
    pub(crate) fn word(&self) -> Option<&str> {
        self.word.as_deref()
    }

    /// The value of the option.
    pub(crate) fn value(&self) -> Option<&str> {
        self.value.as_deref()
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
    fn a_word_and_a_value_are_told_apart() {
        let syntax = Syntax::NONE.and_word("target").and_option("--seconds", "N");
        assert_eq!(syntax.to_string(), " [target] [--seconds N]");
        let both = parse(syntax, "--seconds 5 address").unwrap();
        assert_eq!((both.word(), both.value()), (Some("address"), Some("5")));
        let neither = parse(syntax, "").unwrap();
        assert_eq!((neither.word(), neither.value()), (None, None));
        for line in ["--seconds", "one two", "--second 5"] {
            assert!(parse(syntax, line).is_err(), "{line}");
        }
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
