//! The table of codes as the documentation shows it.

use std::fmt::Write as _;

use super::Code;

/// The reference of error codes in Markdown: `docs/errors.md`.
pub fn reference() -> String {
    let mut text = String::from(HEAD);
    for code in Code::ALL {
        let (name, status, meaning) = (code.name(), code.status().as_u16(), code.meaning());
        let retryable = if code.is_retryable() { "yes" } else { "no" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| `{name}` | {status} | {meaning} | {retryable} |");
    }
    text
}

const HEAD: &str = "\
# Error codes

Every refusal is a problem (RFC 9457, `application/problem+json`):

```json
{
  \"type\": \"about:blank\",
  \"title\": \"Bad Request\",
  \"status\": 400,
  \"code\": \"invalid_request\",
  \"detail\": \"must not be empty\",
  \"field\": \"name\",
  \"request_id\": \"0192f0c1a2b34d5e8f90a1b2c3d4e5f6\"
}
```

Decide by `code`: codes are added and never changed or taken away. `detail` is for people and may
change. `field` stands there when one value is to blame. `request_id` is also in the `X-Request-Id`
header of every answer, and names the request in the operator's log. *Retry* says whether the same
request may succeed later without anybody changing anything.

| code | status | meaning | retry |
| --- | --- | --- | --- |
";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::in_step;

    #[test]
    fn the_documentation_shows_the_table() {
        in_step("docs/errors.md", &reference());
    }
}
