//! The ids of items: the path beneath the account's files, and the number that stays with an item wherever
//! it is moved. It sends nothing.

use wharf_domain::item::ItemId;

use crate::webdav::ItemPath;

/// The id of the item at this path. Its number stands where other storages have a drive, and is left out
/// where the server told none or no room is left.
pub(crate) fn id(path: ItemPath, number: Option<u64>) -> ItemId {
    let path = path.into_id();
    match number {
        Some(number) if !path.is_root() => {
            ItemId::in_drive(&number.to_string(), path.item()).unwrap_or(path)
        }
        _ => path,
    }
}

/// The path and the number in an id; `None` if it cannot be one of ours.
pub(super) fn parts(id: &ItemId) -> Option<(ItemPath, Option<u64>)> {
    if id.is_root() {
        return Some((ItemPath::root(), None));
    }
    let path = ItemPath::of(&ItemId::new(id.item()).ok()?)?;
    let number = match id.drive() {
        "" => None,
        number => Some(number.parse().ok()?),
    };
    Some((path, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> ItemPath {
        ItemPath::of(&ItemId::new(text).unwrap()).unwrap()
    }

    #[test]
    fn an_id_tells_path_and_number() {
        for (text, number) in [
            ("a", Some(7)),
            ("a/b c/\u{fc}", Some(u64::MAX)),
            ("a", None),
        ] {
            let id = id(path(text), number);
            assert!(parts(&id) == Some((path(text), number)), "{text}");
        }
        assert!(id(ItemPath::root(), Some(7)).is_root());
        assert!(parts(&ItemId::root()) == Some((ItemPath::root(), None)));
    }

    #[test]
    fn a_path_as_long_as_can_be_has_no_room_for_a_number() {
        let longest = (1..1600)
            .rev()
            .find_map(|length| ItemId::new(vec![b'a'; length]).ok());
        let longest = ItemPath::of(&longest.unwrap()).unwrap();
        assert!(parts(&id(longest.clone(), Some(7))) == Some((longest, None)));
    }

    // I-02
    #[test]
    fn an_id_that_anybody_made_up_names_nothing() {
        for (number, text) in [
            ("x", "a"),
            ("-1", "a"),
            ("7", "../a"),
            ("7", "a//b"),
            ("", ".."),
        ] {
            assert!(
                parts(&ItemId::in_drive(number, text).unwrap()).is_none(),
                "{number} {text}"
            );
        }
    }
}
