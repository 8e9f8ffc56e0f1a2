//! A user's files as dav-server sees them. Listings and deletions are not its business: they are
//! answered without dav-server, since Nextcloud's differ.

use std::future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::SystemTime;

use dav_server::davpath::DavPath;
use dav_server::fs::{
    DavDirEntry, DavFile, DavFileSystem, DavMetaData, FsError, FsFuture, FsResult, FsStream,
    OpenOptions, ReadDirMeta,
};
use futures_util::stream;

use super::dav_file::{Reader, Writer};
use super::home::Home;
use super::metadata::Metadata;
use super::wish::Wishes;
use crate::corruption::Corruption;

/// The files of one user for one request.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) home: Arc<Home>,
    pub(super) now: SystemTime,
    /// What the request wants of what it writes.
    pub(super) wishes: Arc<Wishes>,
    /// What goes wrong with it.
    pub(super) corruption: Corruption,
}

/// A name in a folder, and what has it.
struct Entry(String, Metadata);

impl Files {
    fn metadata_of(&self, path: &DavPath) -> FsResult<Metadata> {
        let state = self.home.lock();
        let node = state.tree.find(text(path)?).ok_or(FsError::NotFound)?;
        Ok(Metadata::of(node))
    }

    fn entries(&self, path: &DavPath) -> FsResult<Vec<FsResult<Box<dyn DavDirEntry>>>> {
        let state = self.home.lock();
        let folder = state.tree.find(text(path)?).ok_or(FsError::NotFound)?;
        let entries = state.tree.children(folder).map(|node| {
            let entry = Entry(node.name.clone(), Metadata::of(node));
            Ok(Box::new(entry) as Box<dyn DavDirEntry>)
        });
        Ok(entries.collect())
    }

    fn reader(&self, path: &DavPath) -> FsResult<Box<dyn DavFile>> {
        let state = self.home.lock();
        let node = state.tree.find(text(path)?).ok_or(FsError::NotFound)?;
        let content = node.content().ok_or(FsError::Forbidden)?;
        let reader = Reader::new(content.blob.clone(), Metadata::of(node));
        Ok(Box::new(reader))
    }

    fn writer(&self, path: &DavPath, options: &OpenOptions) -> FsResult<Box<dyn DavFile>> {
        match self.metadata_of(path) {
            Ok(_) if options.create_new => return Err(FsError::Exists),
            Ok(metadata) if metadata.is_dir() => return Err(FsError::Forbidden),
            Err(_) if !options.create => return Err(FsError::NotFound),
            _ => {}
        }
        self.home.lock().tree.place(text(path)?)?;
        if !options.truncate {
            return Err(FsError::Forbidden);
        }
        let writer = Writer::new(self.clone(), text(path)?.to_owned(), options.size)?;
        Ok(Box::new(writer))
    }

    /// What a MOVE or COPY replaces goes into the trash bin.
    fn throw(&self, path: &DavPath) -> FsResult<()> {
        let mut state = self.home.lock();
        let id = state.tree.find(text(path)?).ok_or(FsError::NotFound)?.id;
        let state = &mut *state;
        state.trash.throw(&mut state.tree, id, self.now);
        Ok(())
    }

    fn copy_file(&self, from: &DavPath, to: &DavPath) -> FsResult<()> {
        let mut state = self.home.lock();
        let node = state.tree.find(text(from)?).ok_or(FsError::NotFound)?;
        let content = node.content().ok_or(FsError::Forbidden)?.clone();
        let modified = node.modified;
        state.tree.put(text(to)?, content, modified, self.now)?;
        Ok(())
    }
}

/// The decoded path beneath the top folder.
fn text(path: &DavPath) -> FsResult<&str> {
    str::from_utf8(path.as_bytes()).map_err(|_| FsError::NotFound)
}

fn ready<'f, T: Send + 'f>(result: FsResult<T>) -> FsFuture<'f, T> {
    Box::pin(future::ready(result))
}

impl DavFileSystem for Files {
    fn open<'a>(
        &'a self,
        path: &'a DavPath,
        options: OpenOptions,
    ) -> FsFuture<'a, Box<dyn DavFile>> {
        if options.write {
            ready(self.writer(path, &options))
        } else {
            ready(self.reader(path))
        }
    }

    fn read_dir<'a>(
        &'a self,
        path: &'a DavPath,
        _: ReadDirMeta,
    ) -> FsFuture<'a, FsStream<Box<dyn DavDirEntry>>> {
        let entries = self.entries(path);
        ready(entries.map(|entries| Box::pin(stream::iter(entries)) as Pin<Box<_>>))
    }

    fn metadata<'a>(&'a self, path: &'a DavPath) -> FsFuture<'a, Box<dyn DavMetaData>> {
        let metadata = self.metadata_of(path);
        ready(metadata.map(|metadata| Box::new(metadata) as Box<dyn DavMetaData>))
    }

    fn create_dir<'a>(&'a self, path: &'a DavPath) -> FsFuture<'a, ()> {
        let path = text(path);
        let added = path.and_then(|path| self.home.lock().tree.add_folder(path, self.now));
        ready(added.map(drop))
    }

    fn remove_dir<'a>(&'a self, path: &'a DavPath) -> FsFuture<'a, ()> {
        ready(self.throw(path))
    }

    fn remove_file<'a>(&'a self, path: &'a DavPath) -> FsFuture<'a, ()> {
        ready(self.throw(path))
    }

    fn rename<'a>(&'a self, from: &'a DavPath, to: &'a DavPath) -> FsFuture<'a, ()> {
        let paths = text(from).and_then(|from| Ok((from, text(to)?)));
        ready(paths.and_then(|(from, to)| self.home.lock().tree.rename(from, to, self.now)))
    }

    fn copy<'a>(&'a self, from: &'a DavPath, to: &'a DavPath) -> FsFuture<'a, ()> {
        ready(self.copy_file(from, to))
    }
}

impl DavDirEntry for Entry {
    fn name(&self) -> Vec<u8> {
        self.0.clone().into_bytes()
    }

    fn metadata(&'_ self) -> FsFuture<'_, Box<dyn DavMetaData>> {
        ready(Ok(Box::new(self.1.clone()) as Box<dyn DavMetaData>))
    }
}
