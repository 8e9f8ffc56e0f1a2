//! The grammar of queries.

use super::super::time;
use super::Query;
use super::term::{Comparison, Term};

/// A word of a query.
#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Operator(&'static str),
}

/// The longer ones first.
const OPERATORS: [&str; 8] = ["!=", "<=", ">=", "=", "<", ">", "(", ")"];

/// What can still be read of a query.
struct Reader {
    tokens: std::iter::Peekable<std::vec::IntoIter<Token>>,
}

pub(super) fn parse(text: &str) -> Option<Query> {
    let mut reader = Reader {
        tokens: tokens(text)?.into_iter().peekable(),
    };
    let query = reader.any()?;
    reader.tokens.next().is_none().then_some(query)
}

fn tokens(mut text: &str) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    loop {
        text = text.trim_start();
        let Some(first) = text.chars().next() else {
            return Some(tokens);
        };
        let operator = OPERATORS
            .into_iter()
            .find(|operator| text.starts_with(operator));
        if let Some(operator) = operator {
            text = text.strip_prefix(operator)?;
            tokens.push(Token::Operator(operator));
        } else if first == '\'' {
            let (value, rest) = quoted(text.strip_prefix('\'')?)?;
            text = rest;
            tokens.push(Token::Text(value));
        } else if first.is_ascii_alphabetic() {
            let end = text.find(|letter: char| !letter.is_ascii_alphanumeric());
            let (word, rest) = text.split_at(end.unwrap_or(text.len()));
            text = rest;
            tokens.push(Token::Word(word.to_owned()));
        } else {
            return None;
        }
    }
}

/// A text up to its closing quote; `\'` and `\\` stand for what is behind the backslash.
fn quoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut letters = text.char_indices();
    while let Some((place, letter)) = letters.next() {
        match letter {
            '\'' => return Some((value, text.get(place + 1..)?)),
            '\\' => match letters.next()? {
                (_, escaped @ ('\'' | '\\')) => value.push(escaped),
                _ => return None,
            },
            letter => value.push(letter),
        }
    }
    None
}

impl Reader {
    fn any(&mut self) -> Option<Query> {
        let mut parts = vec![self.all()?];
        while self.takes_word("or") {
            parts.push(self.all()?);
        }
        Some(joined(parts, Query::Any))
    }

    fn all(&mut self) -> Option<Query> {
        let mut parts = vec![self.part()?];
        while self.takes_word("and") {
            parts.push(self.part()?);
        }
        Some(joined(parts, Query::All))
    }

    fn part(&mut self) -> Option<Query> {
        if self.takes_word("not") {
            return Some(Query::Not(Box::new(self.part()?)));
        }
        match self.tokens.next()? {
            Token::Operator("(") => {
                let inner = self.any()?;
                self.takes(&Token::Operator(")")).then_some(inner)
            }
            Token::Text(value) => {
                if !self.takes_word("in") {
                    return None;
                }
                match self.word()?.as_str() {
                    "parents" => Some(Query::Is(Term::In(value))),
                    "owners" => Some(Query::Is(Term::OwnedBy(value))),
                    _ => None,
                }
            }
            Token::Word(field) => self.condition(&field),
            Token::Operator(_) => None,
        }
    }

    /// `field operator value`
    fn condition(&mut self, field: &str) -> Option<Query> {
        let operator = match self.tokens.next()? {
            Token::Operator(operator) => operator,
            Token::Word(word) if word == "contains" => "contains",
            _ => return None,
        };
        let value = self.tokens.next()?;
        let (term, is_negated) = match (field, operator, value) {
            ("name", "contains", Token::Text(text)) => (Term::NameContains(text), false),
            ("name", "=" | "!=", Token::Text(text)) => (Term::NameIs(text), operator == "!="),
            ("mimeType", "contains", Token::Text(text)) => (Term::TypeContains(text), false),
            ("mimeType", "=" | "!=", Token::Text(text)) => (Term::TypeIs(text), operator == "!="),
            ("trashed", "=" | "!=", value) => (Term::Trashed, !truth(operator, &value)?),
            ("starred", "=" | "!=", value) => (Term::Starred, !truth(operator, &value)?),
            ("sharedWithMe", "=" | "!=", value) => (Term::SharedWithMe, !truth(operator, &value)?),
            ("modifiedTime" | "createdTime", operator, Token::Text(text)) => {
                let (comparison, is_negated) = comparison(operator)?;
                let time = time::read(&text)?;
                let term = match field {
                    "modifiedTime" => Term::Modified(comparison, time),
                    _ => Term::Created(comparison, time),
                };
                (term, is_negated)
            }
            _ => return None,
        };
        let query = Query::Is(term);
        Some(if is_negated {
            Query::Not(Box::new(query))
        } else {
            query
        })
    }

    fn word(&mut self) -> Option<String> {
        match self.tokens.next()? {
            Token::Word(word) => Some(word),
            _ => None,
        }
    }

    fn takes_word(&mut self, word: &str) -> bool {
        self.takes(&Token::Word(word.to_owned()))
    }

    fn takes(&mut self, token: &Token) -> bool {
        self.tokens.next_if_eq(token).is_some()
    }
}

fn joined(mut parts: Vec<Query>, join: impl FnOnce(Vec<Query>) -> Query) -> Query {
    match parts.pop() {
        Some(only) if parts.is_empty() => only,
        last => {
            parts.extend(last);
            join(parts)
        }
    }
}

/// Whether a condition asks for true.
fn truth(operator: &str, value: &Token) -> Option<bool> {
    let value = match value {
        Token::Word(word) if word == "true" => true,
        Token::Word(word) if word == "false" => false,
        _ => return None,
    };
    Some(value == (operator == "="))
}

fn comparison(operator: &str) -> Option<(Comparison, bool)> {
    Some(match operator {
        "<" => (Comparison::Before, false),
        "<=" => (Comparison::Until, false),
        "=" => (Comparison::At, false),
        "!=" => (Comparison::At, true),
        ">=" => (Comparison::Since, false),
        ">" => (Comparison::After, false),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(term: Term) -> Query {
        Query::Is(term)
    }

    fn not(query: Query) -> Query {
        Query::Not(Box::new(query))
    }

    fn name(text: &str) -> Query {
        is(Term::NameIs(text.to_owned()))
    }

    #[test]
    fn quotes_and_backslashes_are_escaped() {
        assert_eq!(
            parse(r"name = 'it\'s a \\ here'"),
            Some(name(r"it's a \ here"))
        );
        assert_eq!(parse("name='über ) and ('"), Some(name("über ) and (")));
        for malformed in [
            r"name = 'it's'",
            r"name = 'a\'",
            r"name = 'a\n'",
            "name = 'a",
        ] {
            assert_eq!(parse(malformed), None, "{malformed}");
        }
    }

    #[test]
    fn and_binds_tighter_than_or_and_not_tightest() {
        let (a, b, c) = (|| name("a"), || name("b"), || name("c"));
        assert_eq!(
            parse("name='a' or name='b' and not name='c'"),
            Some(Query::Any(vec![a(), Query::All(vec![b(), not(c())])]))
        );
        assert_eq!(
            parse("(name='a' or name='b') and name='c'"),
            Some(Query::All(vec![Query::Any(vec![a(), b()]), c()]))
        );
        assert_eq!(parse("not (name='a')"), Some(not(a())));
    }

    #[test]
    fn browsing_has_its_conditions() {
        let query = parse("'x' in parents and trashed = false and mimeType != 'a/b'").unwrap();
        let mime_type = is(Term::TypeIs("a/b".to_owned()));
        let parts = vec![
            is(Term::In("x".to_owned())),
            not(is(Term::Trashed)),
            not(mime_type),
        ];
        assert_eq!(query, Query::All(parts));
        assert_eq!(query.folder(), Some("x"));
        assert_eq!(parse("trashed != false"), Some(is(Term::Trashed)));
        assert_eq!(parse("sharedWithMe=true"), Some(is(Term::SharedWithMe)));
        assert!(parse("modifiedTime > '2026-01-01T00:00:00'").is_some());
    }

    #[test]
    fn anything_else_is_malformed() {
        for text in [
            "",
            "name",
            "name = a",
            "name ~ 'a'",
            "title = 'a'",
            "'a' in",
            "'a' in children",
            "'a' parents",
            "trashed = 'false'",
            "trashed = maybe",
            "name = 'a' and",
            "and name = 'a'",
            "(name = 'a'",
            "name = 'a')",
            "name = 'a' name = 'b'",
            "modifiedTime > 'yesterday'",
            "name contains",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
