//! A user's files and folders: what is where. A change gives a new entity tag to what has changed and to
//! every folder above it. Paths are decoded, relative to the top folder, with or without slashes at
//! their ends; refusals are in dav-server's words.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::SystemTime;

use dav_server::fs::{FsError, FsResult};

use super::node::{Content, Kind, Node};
use super::numbers::{FileId, Numbers};

/// The nodes by id; among them those that are in the trash, which have no parent.
#[derive(Debug)]
pub(super) struct Tree {
    nodes: HashMap<FileId, Node>,
    top: FileId,
    numbers: Arc<Numbers>,
}

impl Tree {
    /// An empty top folder.
    pub(super) fn new(numbers: Arc<Numbers>, now: SystemTime) -> Self {
        let mut tree = Self {
            nodes: HashMap::new(),
            top: 0,
            numbers,
        };
        let top = tree.fresh("", None, Kind::Folder(BTreeMap::new()), now);
        tree.top = top.id;
        tree.nodes.insert(top.id, top);
        tree
    }

    /// What is at a path.
    pub(super) fn find(&self, path: &str) -> Option<&Node> {
        let mut segments = path.split('/').filter(|segment| !segment.is_empty());
        segments.try_fold(self.node(self.top)?, |node, segment| match &node.kind {
            Kind::Folder(children) => self.node(*children.get(segment)?),
            Kind::File(_) => None,
        })
    }

    /// The node of this id.
    pub(super) fn node(&self, id: FileId) -> Option<&Node> {
        self.nodes.get(&id)
    }

    /// What is directly in a folder, by name.
    pub(super) fn children(&self, folder: &Node) -> impl Iterator<Item = &Node> {
        let ids = match &folder.kind {
            Kind::Folder(children) => children.values().copied().collect(),
            Kind::File(_) => Vec::new(),
        };
        ids.into_iter().filter_map(|id| self.node(id))
    }

    /// The size of a file, or of all files beneath a folder.
    pub(super) fn bytes(&self, node: &Node) -> u64 {
        match &node.kind {
            Kind::File(content) => content.blob.size(),
            Kind::Folder(_) => self.children(node).map(|child| self.bytes(child)).sum(),
        }
    }

    /// The size of everything.
    pub(super) fn all_bytes(&self) -> u64 {
        self.node(self.top).map_or(0, |top| self.bytes(top))
    }

    /// Where a node is.
    pub(super) fn path(&self, node: &Node) -> String {
        let above = node.parent.and_then(|parent| self.node(parent));
        match above.map(|above| self.path(above)) {
            Some(above) if !above.is_empty() => format!("{above}/{}", node.name),
            _ => node.name.clone(),
        }
    }

    /// Makes a folder.
    pub(super) fn add_folder(&mut self, path: &str, now: SystemTime) -> FsResult<FileId> {
        if self.find(path).is_some() {
            return Err(FsError::Exists);
        }
        let (parent, name) = self.place(path)?;
        let node = self.fresh(name, Some(parent), Kind::Folder(BTreeMap::new()), now);
        Ok(self.insert(node, now))
    }

    /// Makes a file, or gives one another content: it keeps its id then.
    pub(super) fn put(
        &mut self,
        path: &str,
        content: Content,
        modified: SystemTime,
        now: SystemTime,
    ) -> FsResult<FileId> {
        let id = match self.find(path) {
            Some(node) if node.is_folder() => return Err(FsError::Exists),
            Some(node) => node.id,
            None => {
                let (parent, name) = self.place(path)?;
                let node = self.fresh(name, Some(parent), Kind::File(content), modified);
                return Ok(self.insert(node, now));
            }
        };
        if let Some(node) = self.nodes.get_mut(&id) {
            node.kind = Kind::File(content);
            node.modified = modified;
        }
        self.touch(id, now);
        Ok(id)
    }

    /// Moves a file or folder to where nothing is.
    pub(super) fn rename(&mut self, from: &str, to: &str, now: SystemTime) -> FsResult<()> {
        let id = self.find(from).ok_or(FsError::NotFound)?.id;
        let (parent, name) = self.place(to)?;
        if self.is_within(parent, id) {
            return Err(FsError::Forbidden);
        }
        let name = name.to_owned();
        self.detach(id, now);
        let mut node = self.nodes.remove(&id).ok_or(FsError::NotFound)?;
        (node.name, node.parent) = (name, Some(parent));
        self.insert(node, now);
        Ok(())
    }

    /// Takes a node out of its folder; it stays in the tree by id.
    pub(super) fn detach(&mut self, id: FileId, now: SystemTime) {
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        let (name, parent) = (node.name.clone(), node.parent.take());
        let Some(parent) = parent else { return };
        if let Some(Kind::Folder(children)) = self.kind_mut(parent) {
            children.remove(&name);
        }
        self.touch(parent, now);
    }

    /// Forgets a detached node and everything beneath it.
    pub(super) fn purge(&mut self, id: FileId) {
        if let Some(Kind::Folder(children)) = self.nodes.remove(&id).map(|node| node.kind) {
            children.into_values().for_each(|child| self.purge(child));
        }
    }

    /// The folder that a path leads into, and the name there.
    pub(super) fn place<'p>(&self, path: &'p str) -> FsResult<(FileId, &'p str)> {
        let path = path.trim_matches('/');
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = self.find(folder).filter(|node| node.is_folder());
        match folder {
            Some(folder) if !name.is_empty() => Ok((folder.id, name)),
            _ => Err(FsError::NotFound),
        }
    }

    /// Whether a node is this folder or lies beneath it.
    fn is_within(&self, id: FileId, folder: FileId) -> bool {
        let parent = self.node(id).and_then(|node| node.parent);
        id == folder || parent.is_some_and(|parent| self.is_within(parent, folder))
    }

    fn fresh(&self, name: &str, parent: Option<FileId>, kind: Kind, modified: SystemTime) -> Node {
        Node {
            id: self.numbers.file_id(),
            name: name.to_owned(),
            parent,
            kind,
            etag: self.numbers.etag(),
            modified,
        }
    }

    fn insert(&mut self, node: Node, now: SystemTime) -> FileId {
        let id = node.id;
        if let Some(parent) = node.parent {
            if let Some(Kind::Folder(children)) = self.kind_mut(parent) {
                children.insert(node.name.clone(), id);
            }
            self.touch(parent, now);
        }
        self.nodes.insert(id, node);
        id
    }

    /// Gives fresh entity tags to a node and to the folders above it.
    fn touch(&mut self, id: FileId, now: SystemTime) {
        let etag = self.numbers.etag();
        let Some(node) = self.nodes.get_mut(&id) else {
            return;
        };
        node.etag = etag;
        if node.is_folder() {
            node.modified = now;
        }
        if let Some(parent) = node.parent {
            self.touch(parent, now);
        }
    }

    fn kind_mut(&mut self, id: FileId) -> Option<&mut Kind> {
        self.nodes.get_mut(&id).map(|node| &mut node.kind)
    }
}
