//! The last net under the log: what looks like a secret is taken out of every line before it is written
//! (G-02). Nothing relies on it: secrets are types that cannot be printed, and a line that it has to mend is
//! a fault of whoever wrote it.

use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::LazyLock;

use regex::bytes::{Captures, Regex};
use tracing_subscriber::fmt::MakeWriter;

/// What stands in the place of a secret.
const REDACTED: &str = "[redacted]";

/// No more than so many bytes are looked at in one go (D-07).
const WINDOW: usize = 4096;

/// The shapes: tokens that tell themselves, credentials behind their scheme, and values behind a name that
/// only secrets have (`always`) or that others may have too (`drawn`).
static SHAPES: LazyLock<Regex> = LazyLock::new(|| {
    let shapes = [
        // JSON Web Tokens (RFC 7519), access and refresh tokens of Google, keys of S3.
        r"(?<shape>\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?)",
        r"(?<google>\bya29\.[\w-]{16,}|\b1//[\w-]{16,})",
        r"(?<aws>\b(?:AKIA|ASIA)[0-9A-Z]{16}\b)",
        // App passwords of Nextcloud.
        r"(?<app>\b(?:[0-9A-Za-z]{5}-){4}[0-9A-Za-z]{5}\b)",
        r"(?i:\b(?:bearer|basic)\s+)(?<credential>[\w.~+/=-]{8,})",
        concat!(
            r#"(?i:\b(?:access_token|refresh_token|id_token|client_secret|code_verifier|password|"#,
            r#"x-amz-signature|x-amz-credential|x-amz-security-token)\\*["']?[=:]\s*\\*["']?)"#,
            r#"(?<always>[^\s&"',;}\\]+)"#
        ),
        r#"(?i:\b(?:code|state|token|secret|key)\\*["']?[=:]\s*\\*["']?)(?<drawn>[\w.~%+/-]{12,})"#,
    ];
    // Without Unicode's rules, which secrets have no use for, a line costs next to nothing.
    let shapes = format!("(?-u){}", shapes.join("|"));
    Regex::new(&shapes).expect("the shapes are a regular expression")
});

/// The text without what looks like a secret.
fn redacted(text: &[u8]) -> Cow<'_, [u8]> {
    if !windows(text).any(|window| SHAPES.is_match(window)) {
        return Cow::Borrowed(text);
    }
    let pieces = windows(text).map(|window| SHAPES.replace_all(window, replaced));
    Cow::Owned(pieces.flat_map(Cow::into_owned).collect())
}

/// What is found, with its secret taken out; as it was if what may be a secret is none.
fn replaced(found: &Captures<'_>) -> Vec<u8> {
    let whole = found.get_match();
    let named = ["shape", "google", "aws", "app", "always"];
    let told = named.iter().find_map(|name| found.name(name));
    let drawn = ["credential", "drawn"];
    let drawn = drawn.iter().find_map(|name| found.name(name));
    let Some(secret) = told.or_else(|| drawn.filter(|it| looks_drawn(it.as_bytes()))) else {
        return whole.as_bytes().to_vec();
    };
    let before = whole.as_bytes().get(..secret.start() - whole.start());
    [before.unwrap_or_default(), REDACTED.as_bytes()].concat()
}

/// Whether a value was drawn at random rather than chosen as a word: `upstream_auth_failed` was not.
fn looks_drawn(value: &[u8]) -> bool {
    let has_digit = value.iter().any(u8::is_ascii_digit);
    let has_lower = value.iter().any(u8::is_ascii_lowercase);
    let has_upper_within = value.iter().skip(1).any(u8::is_ascii_uppercase);
    has_digit || (has_lower && has_upper_within)
}

/// The text in pieces that are looked at one by one. They end at blanks, where there are any that do not
/// stand between a secret and what tells it.
fn windows(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let within = rest.get(..WINDOW).unwrap_or(rest);
        let end = match last_gap(within) {
            Some(gap) if rest.len() > WINDOW => gap + 1,
            _ => within.len(),
        };
        let (window, behind) = rest.split_at_checked(end)?;
        rest = behind;
        Some(window).filter(|window| !window.is_empty())
    })
}

fn last_gap(text: &[u8]) -> Option<usize> {
    let bytes = text.iter().enumerate().rev();
    let mut blanks = bytes.filter(|(_, byte)| byte.is_ascii_whitespace());
    let gap = blanks.find(|(at, _)| !announces(text.get(..*at).unwrap_or_default()));
    gap.map(|(at, _)| at)
}

/// Whether what follows may be a secret for what stands before it.
fn announces(before: &[u8]) -> bool {
    let before = before.trim_ascii_end();
    let ends_in = |word: &[u8]| {
        let end = before.last_chunk::<6>().map_or(before, |end| end);
        end.to_ascii_lowercase().ends_with(word)
    };
    ends_in(b"bearer") || ends_in(b"basic") || before.ends_with(b":") || before.ends_with(b"=")
}

/// Writes lines to standard error, redacted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RedactedErrors;

/// One line on its way: the log hands over each in one piece.
#[derive(Debug)]
pub(crate) struct Line<W>(W);

impl<'a> MakeWriter<'a> for RedactedErrors {
    type Writer = Line<io::Stderr>;

    fn make_writer(&'a self) -> Self::Writer {
        Line(io::stderr())
    }
}

impl<W: Write> Write for Line<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(&redacted(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    use super::*;

    fn text(line: &str) -> String {
        String::from_utf8(redacted(line.as_bytes()).into_owned()).unwrap()
    }

    // G-02
    #[test]
    fn what_looks_like_a_secret_is_taken_out() {
        for (line, expected) in [
            (
                "header Authorization: Bearer aB3dE5fG7h rest",
                "header Authorization: Bearer [redacted] rest",
            ),
            (
                "authorization=\"Basic YW5uYTpzZWNyZXQ=\"",
                "authorization=\"Basic [redacted]\"",
            ),
            (
                "token eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl ends",
                "token [redacted] ends",
            ),
            ("key AKIAIOSFODNN7EXAMPLE.", "key [redacted]."),
            (
                "GET /callback?code=4/0AX4XfWh_abcdef&state=Zm9vYmFyYmF6&x=1",
                "GET /callback?code=[redacted]&state=[redacted]&x=1",
            ),
            (
                "{\"access_token\":\"opaque\",\"password\": \"hunter2\"}",
                "{\"access_token\":\"[redacted]\",\"password\": \"[redacted]\"}",
            ),
            // As JSON within a field of JSON, and as a Debug of a text.
            (
                r#"{"body":"{\"password\":\"hunter2\",\"state\": \"Zm9vYmFyYmF6\"}"}"#,
                r#"{"body":"{\"password\":\"[redacted]\",\"state\": \"[redacted]\"}"}"#,
            ),
            (
                "https://s3/x?X-Amz-Signature=abcdef&X-Amz-Date=1",
                "https://s3/x?X-Amz-Signature=[redacted]&X-Amz-Date=1",
            ),
            (
                "google ya29.a0AfH6SMBx-abcdefghij and 1//0gabcdefghijklmnop",
                "google [redacted] and [redacted]",
            ),
            ("app aB3dE-5fG7h-12345-aaaaa-bbbbb.", "app [redacted]."),
        ] {
            assert_eq!(text(line), expected, "{line}");
        }
    }

    #[test]
    fn what_a_log_is_for_stays() {
        for line in [
            "INFO request method=GET route=/api/users/me status=200 duration_ms=3",
            "refused reason=upstream_auth_failed code=upstream_auth_failed state=REQUIRES_REAUTH",
            "primary=4991ff118e7a7e8cf7075f7850cc1251 the keys were read again",
            "the password was changed, bearer authentication is asked for",
            "connection=01900000-0000-7000-8000-000000000000",
            "",
        ] {
            assert_eq!(text(line), line);
        }
    }

    /// What the log has written.
    #[derive(Clone, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    // G-02: the log writes each line in one piece, whatever its form, so that no secret is cut in two.
    #[test]
    fn a_secret_that_is_logged_is_not_written() {
        for is_json in [false, true] {
            let written = Written::default();
            let sink = written.clone();
            let lines = tracing_subscriber::fmt().with_writer(move || Line(sink.clone()));
            let logging = || {
                let token = "aB3dE5fG7h9iJ1kL3m";
                tracing::warn!(header = %format!("Bearer {token}"), state = token, "sent {token}");
            };
            if is_json {
                tracing::subscriber::with_default(lines.json().finish(), logging);
            } else {
                tracing::subscriber::with_default(lines.with_ansi(false).finish(), logging);
            }
            let line = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
            assert_eq!(line.matches(REDACTED).count(), 2, "{line}");
            // What no shape tells is not found: it is the last net, and has holes.
            assert_eq!(line.matches("aB3dE5fG7h9iJ1kL3m").count(), 1, "{line}");
        }
    }

    // G-02: wherever in a long line it stands.
    #[test]
    fn no_length_of_a_line_hides_a_secret() {
        for length in 4050..4150 {
            let line = format!("{} Bearer aB3dE5fG7h9iJ end", "a".repeat(length));
            assert!(text(&line).ends_with(" Bearer [redacted] end"), "{length}");
        }
    }

    #[test]
    fn a_long_line_is_looked_at_to_its_end() {
        let secret = "Bearer aB3dE5fG7h9iJ";
        let words = "word ".repeat(3000);
        let line = format!("{words}{secret} {words}{secret}");
        let mended = text(&line);
        assert_eq!(mended.matches("Bearer [redacted]").count(), 2);
        assert_eq!(mended.len(), line.len() - 2 * (13 - REDACTED.len()));
        // Without a blank it is looked at all the same.
        let line = format!(
            "{}&code=aB3dE5fG7h9iJ&{}",
            "a".repeat(5000),
            "b".repeat(5000)
        );
        assert!(text(&line).contains("&code=[redacted]&"));
    }

    proptest! {
        // G-02
        #[test]
        fn no_token_passes_wherever_it_stands(
            bytes in proptest::collection::vec(any::<u8>(), 24..64),
            before in "[a-z ]{0,20}",
            shape in 0..4_usize,
        ) {
            let token = URL_SAFE_NO_PAD.encode(bytes);
            prop_assume!(looks_drawn(token.as_bytes()));
            let line = match shape {
                0 => format!("{before} Bearer {token}"),
                1 => format!("{before} /back?code={token}&next=1"),
                2 => format!("{before} {{\"refresh_token\":\"{token}\"}}"),
                _ => format!("{before} state={token} more"),
            };
            prop_assert!(!text(&line).contains(&token), "{}", text(&line));
        }

        #[test]
        fn whatever_a_line_is_it_is_written(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let once = redacted(&bytes).into_owned();
            prop_assert_eq!(redacted(&once).into_owned(), once);
        }
    }
}
