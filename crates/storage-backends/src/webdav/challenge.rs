//! The challenges in a 401 (RFC 9110, section 11.6.1): which schemes a server offers, and with what
//! parameters. It knows no scheme and no secret.

use reqwest::header::{HeaderMap, WWW_AUTHENTICATE};

/// The most of one header line that is read (X-02).
const MAX_LINE_BYTES: usize = 4096;

/// One scheme that a server offers.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Challenge {
    scheme: String,
    parameters: Vec<(String, String)>,
}

impl Challenge {
    /// Whether it is of this scheme.
    pub(crate) fn is_of(&self, scheme: &str) -> bool {
        self.scheme.eq_ignore_ascii_case(scheme)
    }

    /// The parameter with this name.
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// All challenges of an answer, in the server's order. What cannot be read is left out.
pub(crate) fn challenges(headers: &HeaderMap) -> Vec<Challenge> {
    let mut challenges = Vec::<Challenge>::new();
    for line in headers.get_all(WWW_AUTHENTICATE) {
        let Some(line) = line
            .to_str()
            .ok()
            .filter(|line| line.len() <= MAX_LINE_BYTES)
        else {
            continue;
        };
        for part in split_unquoted(line) {
            let (scheme, parameter) = begin(part);
            if let Some(scheme) = scheme {
                challenges.push(Challenge {
                    scheme: scheme.to_owned(),
                    parameters: Vec::new(),
                });
            }
            if let (Some(challenge), Some((name, value))) =
                (challenges.last_mut(), parameter.split_once('='))
            {
                let parameter = (name.trim().to_owned(), unquoted(value.trim()));
                challenge.parameters.push(parameter);
            }
        }
    }
    challenges
}

/// The parts between commas, as far as these stand outside of quotes.
fn split_unquoted(line: &str) -> impl Iterator<Item = &str> {
    let (mut is_quoted, mut is_escaped) = (false, false);
    line.split(move |character| {
        let is_comma = character == ',' && !is_quoted;
        if character == '"' && !is_escaped {
            is_quoted = !is_quoted;
        }
        is_escaped = is_quoted && character == '\\' && !is_escaped;
        is_comma
    })
    .map(str::trim)
}

/// The scheme, if a challenge begins here, and the parameter behind it: `Digest realm="a"` begins one,
/// `realm = "a"` goes on with one.
fn begin(part: &str) -> (Option<&str>, &str) {
    match part.split_once(' ') {
        Some((word, rest)) if !word.contains('=') && !rest.trim_start().starts_with('=') => {
            (Some(word), rest)
        }
        None if !part.is_empty() && !part.contains('=') => (Some(part), ""),
        _ => (None, part),
    }
}

fn unquoted(value: &str) -> String {
    let Some(quoted) = value
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    else {
        return value.to_owned();
    };
    let mut is_escaped = false;
    let is_content = |character: &char| {
        is_escaped = *character == '\\' && !is_escaped;
        !is_escaped
    };
    quoted.chars().filter(is_content).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&str]) -> Vec<(String, Vec<(String, String)>)> {
        let headers = lines
            .iter()
            .map(|line| (WWW_AUTHENTICATE, line.parse().unwrap()))
            .fold(HeaderMap::new(), |mut headers, (name, value)| {
                headers.append(name, value);
                headers
            });
        challenges(&headers)
            .into_iter()
            .map(|challenge| (challenge.scheme, challenge.parameters))
            .collect()
    }

    fn challenge(scheme: &str, parameters: &[(&str, &str)]) -> (String, Vec<(String, String)>) {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        (scheme.to_owned(), parameters.iter().map(owned).collect())
    }

    // RFC 9110, section 11.6.1, and the same on two lines.
    #[test]
    fn several_challenges_are_told_apart() {
        let expected = [
            challenge(
                "Newauth",
                &[
                    ("realm", "apps"),
                    ("type", "1"),
                    ("title", "Login to \"apps\""),
                ],
            ),
            challenge("Basic", &[("realm", "simple")]),
        ];
        let newauth = r#"Newauth realm="apps", type=1, title="Login to \"apps\"""#;
        let basic = r#"Basic realm="simple""#;
        assert_eq!(read(&[&format!("{newauth}, {basic}")]), expected);
        assert_eq!(read(&[newauth, basic]), expected);
    }

    #[test]
    fn commas_and_backslashes_within_quotes_are_content() {
        assert_eq!(
            read(&[r#"Digest realm="a, Basic b\\", nonce = "c=="  ,qop="auth,auth-int""#]),
            [challenge(
                "Digest",
                &[
                    ("realm", "a, Basic b\\"),
                    ("nonce", "c=="),
                    ("qop", "auth,auth-int")
                ]
            )]
        );
    }

    #[test]
    fn schemes_without_parameters_are_challenges_too() {
        assert_eq!(
            read(&["Negotiate, Basic"]),
            [challenge("Negotiate", &[]), challenge("Basic", &[])]
        );
        let name = "a".repeat(MAX_LINE_BYTES);
        for odd in ["", ",,", "=", "realm=\"nobody's\"", &name, "a"] {
            assert!(read(&[odd]).iter().all(|(scheme, _)| scheme.len() <= 4096));
        }
        assert_eq!(read(&[&format!("{name}b")]), []);
    }
}
