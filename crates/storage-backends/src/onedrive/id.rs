//! OneDrive's ids, and how they stand in ours and in paths. They know no request.
//! <https://learn.microsoft.com/graph/onedrive-addressing-driveitems>

use wharf_domain::item::ItemId;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

use super::name::Name;

/// The longest that is taken for an id; those of OneDrive have some 20 to 40 characters.
const MAX_BYTES: usize = 128;

/// OneDrive's own name for the top folder of a drive.
const TOP: &str = "root";

/// Where an item is found in the account's own drive: by its id, or by its name in a folder that has one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Address(String);

impl Address {
    /// The top folder.
    pub(crate) fn top() -> Self {
        Self(TOP.to_owned())
    }

    /// Where an item is found by its id. Anybody can make an id up, and it stands in a path, so one that
    /// cannot be OneDrive's names nothing (I-02).
    pub(crate) fn of(id: &ItemId) -> Result<Self, Fault> {
        if id.is_root() {
            return Ok(Self::top());
        }
        let text = str::from_utf8(id.item()).ok();
        let text = text.filter(|text| id.drive().is_empty() && is_id(text));
        match text {
            Some(text) => Ok(Self(text.to_owned())),
            None => Err(StorageErrorKind::NotFound.into()),
        }
    }

    /// Where the item of this name in this folder is found. No name that OneDrive allows has a slash, which
    /// would end a segment of the path, or a colon, which ends a name here.
    pub(crate) fn child(&self, name: &Name) -> Self {
        Self(format!("{}:/{}:", self.0, name.as_str()))
    }

    /// As it stands in a path, before that is encoded.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the top folder.
    pub(crate) fn is_top(&self) -> bool {
        self.0 == TOP
    }
}

/// The item id of an item; `None` for what OneDrive never gave out.
pub(crate) fn item_id(text: &str) -> Option<ItemId> {
    is_id(text).then(|| ItemId::new(text).ok())?
}

/// The alias of the top folder is no id: it would be a second name of that.
fn is_id(text: &str) -> bool {
    let is_character = |byte: u8| byte.is_ascii_alphanumeric() || b"!-_".contains(&byte);
    (1..=MAX_BYTES).contains(&text.len()) && text.bytes().all(is_character) && text != TOP
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_leads_back_to_its_item() {
        for text in ["5BE09E11AB0DE002!106", "01BYE5RZ6QN3ZWBTUFOFD3GSPGOHDJD36K"] {
            let id = item_id(text).unwrap();
            assert_eq!(Address::of(&id).unwrap().as_str(), text);
        }
        assert!(Address::of(&ItemId::root()).unwrap().is_top());
    }

    #[test]
    fn a_child_is_found_by_its_name() {
        let name = Name::of(&"100% #1.txt".parse().unwrap()).unwrap();
        assert_eq!(Address::top().child(&name).as_str(), "root:/100% #1.txt:");
    }

    // I-02
    #[test]
    fn what_cannot_be_an_id_names_nothing() {
        for made_up in [
            "root",
            "..",
            ".",
            "a/b",
            "a:/b:",
            "a?$select=id",
            "a%2Fb",
            "a b",
            "\u{e4}",
            "a#",
            "{{id}}",
        ] {
            let refused = Address::of(&ItemId::new(made_up).unwrap()).unwrap_err();
            assert_eq!(refused.kind, StorageErrorKind::NotFound, "{made_up}");
            assert_eq!(item_id(made_up), None);
        }
        assert!(Address::of(&ItemId::new("a".repeat(129)).unwrap()).is_err());
        assert!(Address::of(&ItemId::in_drive("b!x", "01A").unwrap()).is_err());
    }
}
