//! An answer's members, computed only where they are wanted.

use serde_json::{Map, Value};

use super::mask::Mask;

/// A JSON object in the making.
pub(super) struct Members<'m> {
    mask: &'m Mask,
    map: Map<String, Value>,
}

impl<'m> Members<'m> {
    pub(super) fn wanted(mask: &'m Mask) -> Self {
        Self {
            mask,
            map: Map::new(),
        }
    }

    /// Adds a member if it is wanted.
    pub(super) fn set<V: Into<Value>>(&mut self, name: &str, value: impl FnOnce() -> V) {
        self.set_some(name, || Some(value()));
    }

    /// Adds a member if it is wanted and there is one.
    pub(super) fn set_some<V: Into<Value>>(
        &mut self,
        name: &str,
        value: impl FnOnce() -> Option<V>,
    ) {
        if let Some(mask) = self.mask.member(name)
            && let Some(value) = value()
        {
            self.map.insert(name.to_owned(), mask.apply(value.into()));
        }
    }

    pub(super) fn finish(self) -> Value {
        Value::Object(self.map)
    }
}
