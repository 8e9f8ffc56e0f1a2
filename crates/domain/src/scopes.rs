//! OAuth scopes: what a grant covers (RFC 6749, section 3.3). It knows no provider.

use std::collections::BTreeSet;
use std::fmt;

/// A set of scopes. The order in which a provider lists them means nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scopes(BTreeSet<String>);

impl Scopes {
    /// The scopes in a text that separates them by spaces, as requests and answers do.
    pub fn parse(text: &str) -> Self {
        Self(text.split_ascii_whitespace().map(str::to_owned).collect())
    }

    /// The scopes, sorted.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether these cover all of `needed`.
    pub fn cover(&self, needed: &Self) -> bool {
        needed.0.is_subset(&self.0)
    }
}

/// As requests write them: separated by spaces.
impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, scope) in self.iter().enumerate() {
            if position > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // O-08
    #[test]
    fn a_grant_covers_what_is_needed_whatever_the_order() {
        let granted = Scopes::parse("openid  drive email");
        assert!(granted.cover(&Scopes::parse("drive openid")));
        assert!(granted.cover(&Scopes::default()));
        assert!(!granted.cover(&Scopes::parse("drive drive.file")));
        assert_eq!(granted.to_string(), "drive email openid");
        assert!(Scopes::parse(" ").is_empty());
    }
}
