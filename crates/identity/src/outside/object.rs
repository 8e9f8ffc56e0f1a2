//! JSON objects of tokens: one that names a member twice says two things, and is refused (A-02).

use std::fmt;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The members of an object, of which no two have the same name.
pub(super) fn object(json: &[u8]) -> Option<Map<String, Value>> {
    serde_json::from_slice::<Members>(json)
        .ok()
        .map(|members| members.0)
}

struct Members(Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Reader).map(Self)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Map<String, Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = access.next_entry::<String, Value>()? {
            if members.insert(name, value).is_some() {
                return Err(de::Error::custom("a member is there twice"));
            }
        }
        Ok(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_has_each_member_once() {
        let members = object(br#"{"sub":"a","aud":["b"]}"#).unwrap();
        assert_eq!(members.len(), 2);
        for json in [
            &br#"{"sub":"a","sub":"a"}"#[..],
            br#"{"sub":"a","\u0073ub":"b"}"#,
            br#"["sub"]"#,
            br#""sub""#,
            br#"{"sub":"a"} "#.get(..9).unwrap(),
            br#"{"sub":"a"}{}"#,
            b"",
        ] {
            assert_eq!(object(json), None, "{}", String::from_utf8_lossy(json));
        }
    }
}
