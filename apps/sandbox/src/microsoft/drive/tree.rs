//! A drive: its items, and the tree that they are in. Knows the rules of the tree, and nobody's rights.

use std::collections::{BTreeMap, HashMap};
use std::iter;
use std::ops::Bound;
use std::time::SystemTime;

use super::bin::Bin;
use super::changes::Changes;
use super::copies::Copies;
use super::item::{Content, Id, Item, folded};
use super::kind::Kind;
use crate::blob::Blob;
use crate::fixture::Fixture;
use crate::identity::Person;

/// A folder that is known to be full of files which nobody has looked at yet.
pub(super) struct Unplanted {
    pub(super) folder: Id,
    pub(super) fixture: &'static Fixture,
    pub(super) child_count: usize,
}

/// A drive.
pub(super) struct Drive {
    pub(super) owner: &'static Person,
    pub(super) kind: Kind,
    pub(super) created: SystemTime,
    root: Id,
    items: HashMap<Id, Item>,
    /// The items in each folder, by folded name.
    children: HashMap<Id, BTreeMap<String, Id>>,
    unplanted: Vec<Unplanted>,
    last_number: u64,
    pub(super) changes: Changes,
    pub(super) bin: Bin,
    pub(super) copies: Copies,
}

impl Drive {
    /// A drive with nothing but its top folder.
    pub(super) fn empty(owner: &'static Person, now: SystemTime) -> Self {
        let kind = Kind::of(owner);
        let mut drive = Self {
            owner,
            kind,
            created: now,
            root: kind.id(owner.drive_id, 1),
            items: HashMap::new(),
            children: HashMap::new(),
            unplanted: Vec::new(),
            last_number: 0,
            changes: Changes::default(),
            bin: Bin::default(),
            copies: Copies::default(),
        };
        drive.plant(None, "root", Content::Folder { size: 0 }, now);
        drive
    }

    /// The id of the top folder.
    pub(super) fn root(&self) -> &Id {
        &self.root
    }

    pub(super) fn get(&self, id: &str) -> Option<&Item> {
        self.items.get(id)
    }

    /// The item of this name in a folder.
    pub(super) fn child(&self, folder: &str, name: &str) -> Option<&Item> {
        let id = self.children.get(folder)?.get(&folded(name))?;
        self.get(id)
    }

    /// What is in a folder, with their folded names and in the order of these.
    pub(super) fn children(&self, folder: &str) -> impl Iterator<Item = (&str, &Item)> {
        self.children_after(folder, Bound::Unbounded)
    }

    /// The same, from a folded name on.
    pub(super) fn children_after(
        &self,
        folder: &str,
        start: Bound<&str>,
    ) -> impl Iterator<Item = (&str, &Item)> {
        let children = self.children.get(folder).into_iter();
        let range = children.flat_map(move |it| it.range::<str, _>((start, Bound::Unbounded)));
        range.filter_map(|(name, id)| Some((&**name, self.get(id)?)))
    }

    pub(super) fn child_count(&self, folder: &str) -> usize {
        let planted = self.children.get(folder).map_or(0, BTreeMap::len);
        let mut unplanted = self.unplanted.iter();
        let unplanted = unplanted.find(|unplanted| &*unplanted.folder == folder);
        planted + unplanted.map_or(0, |unplanted| unplanted.child_count)
    }

    /// The item itself, its folder, the folder's folder, up to the top.
    pub(super) fn upwards<'d>(&'d self, item: &'d Item) -> impl Iterator<Item = &'d Item> {
        iter::successors(Some(item), |item| self.get(item.parent.as_ref()?))
    }

    /// The names on the way from the top folder to an item, outermost first.
    pub(super) fn path<'d>(&'d self, item: &'d Item) -> Vec<&'d str> {
        let below_top = self.upwards(item).filter(|item| item.parent.is_some());
        let mut names: Vec<&str> = below_top.map(|item| &*item.name).collect();
        names.reverse();
        names
    }

    /// How many bytes are stored, without those in the recycle bin.
    pub(super) fn size(&self) -> u64 {
        self.get(&self.root).map_or(0, Item::size)
    }

    /// Adds an item that was there before anybody looked. The name has to be free.
    pub(super) fn plant(
        &mut self,
        parent: Option<&Id>,
        name: &str,
        content: Content,
        now: SystemTime,
    ) -> Id {
        self.last_number += 1;
        let id = self.kind.id(self.owner.drive_id, self.last_number);
        let item = Item {
            id: id.clone(),
            number: self.last_number,
            name: name.to_owned(),
            parent: parent.cloned(),
            content,
            created: now,
            modified: now,
            version: 1,
            content_version: 1,
        };
        let size = item.size();
        if let Some(parent) = parent {
            let siblings = self.children.entry(parent.clone()).or_default();
            siblings.insert(folded(name), id.clone());
        }
        self.items.insert(id.clone(), item);
        self.changes.note(&id);
        if let Some(parent) = parent {
            self.resize_upwards(&parent.clone(), 0, size);
        }
        id
    }

    /// Makes a folder count as full of a fixture's files.
    pub(super) fn plant_later(&mut self, unplanted: Unplanted) {
        self.resize_upwards(&unplanted.folder, 0, unplanted.fixture.bytes);
        self.unplanted.push(unplanted);
    }

    /// The folders among those meant that are to be filled now; they are empty until they are.
    pub(super) fn take_unplanted(&mut self, is_meant: impl Fn(&Id) -> bool) -> Vec<Unplanted> {
        let (meant, rest) = std::mem::take(&mut self.unplanted)
            .into_iter()
            .filter(|unplanted| self.items.contains_key(&unplanted.folder))
            .partition(|unplanted| is_meant(&unplanted.folder));
        self.unplanted = rest;
        let meant: Vec<Unplanted> = meant;
        for unplanted in &meant {
            self.resize_upwards(&unplanted.folder, unplanted.fixture.bytes, 0);
        }
        meant
    }

    /// Adds an item. The name has to be free.
    pub(super) fn insert(
        &mut self,
        parent: &Id,
        name: &str,
        content: Content,
        now: SystemTime,
    ) -> Id {
        let id = self.plant(Some(parent), name, content, now);
        self.touch_upwards(parent);
        id
    }

    /// Gives a file another content.
    pub(super) fn set_content(&mut self, id: &Id, blob: Blob, now: SystemTime) {
        let Some(item) = self.items.get_mut(id) else {
            return;
        };
        let (old, new) = (item.size(), blob.size());
        item.content = Content::Bytes(blob);
        item.version += 1;
        item.content_version += 1;
        item.modified = now;
        let parent = item.parent.clone();
        self.changes.note(id);
        if let Some(parent) = parent {
            self.resize_upwards(&parent, old, new);
            self.touch_upwards(&parent);
        }
    }

    /// Gives an item another name or another place. The name has to be free there.
    pub(super) fn move_to(&mut self, id: &Id, parent: &Id, name: &str, now: SystemTime) {
        self.detach(id);
        let Some(item) = self.items.get_mut(id) else {
            return;
        };
        item.name = name.to_owned();
        item.parent = Some(parent.clone());
        item.version += 1;
        item.modified = now;
        let size = item.size();
        let siblings = self.children.entry(parent.clone()).or_default();
        siblings.insert(folded(name), id.clone());
        self.changes.note(id);
        self.resize_upwards(parent, 0, size);
        self.touch_upwards(parent);
    }

    /// Takes an item out, with everything beneath it.
    pub(super) fn remove(&mut self, id: &Id) -> Option<Item> {
        self.detach(id);
        let mut left = vec![id.clone()];
        let mut top = None;
        while let Some(id) = left.pop() {
            let Some(item) = self.items.remove(&id) else {
                continue;
            };
            self.changes.note_removal(&item);
            let children = self.children.remove(&id).unwrap_or_default();
            left.extend(children.into_values());
            top = top.or(Some(item));
        }
        top
    }

    /// Copies an item with everything beneath it. The name has to be free.
    pub(super) fn copy(&mut self, id: &Id, parent: &Id, name: &str, now: SystemTime) -> Option<Id> {
        let content = match &self.get(id)?.content {
            Content::Folder { .. } => Content::Folder { size: 0 },
            Content::Bytes(blob) => Content::Bytes(blob.clone()),
        };
        let children: Vec<(Id, String)> = self
            .children(id)
            .map(|(_, child)| (child.id.clone(), child.name.clone()))
            .collect();
        let copy = self.insert(parent, name, content, now);
        for (child, name) in children {
            self.copy(&child, &copy, &name, now);
        }
        Some(copy)
    }

    /// Takes an item out of its folder, for it to be put elsewhere.
    fn detach(&mut self, id: &Id) {
        let Some(item) = self.items.get(id) else {
            return;
        };
        let (name, size) = (folded(&item.name), item.size());
        let Some(parent) = item.parent.clone() else {
            return;
        };
        if let Some(siblings) = self.children.get_mut(&parent) {
            siblings.remove(&name);
        }
        self.resize_upwards(&parent, size, 0);
        self.touch_upwards(&parent);
    }

    fn resize_upwards(&mut self, folder: &Id, old: u64, new: u64) {
        self.each_upwards(folder, |item| {
            if let Content::Folder { size } = &mut item.content {
                *size = size.saturating_sub(old).saturating_add(new);
            }
        });
    }

    /// Notes that something beneath a folder has changed.
    fn touch_upwards(&mut self, folder: &Id) {
        let mut touched = Vec::new();
        self.each_upwards(folder, |item| {
            item.content_version += 1;
            touched.push(item.id.clone());
        });
        // Outermost first, as a client that rebuilds the tree wants them.
        touched.iter().rev().for_each(|id| self.changes.note(id));
    }

    fn each_upwards(&mut self, folder: &Id, mut change: impl FnMut(&mut Item)) {
        let mut next = Some(folder.clone());
        while let Some(item) = next.and_then(|id| self.items.get_mut(&id)) {
            change(item);
            next = item.parent.clone();
        }
    }
}
