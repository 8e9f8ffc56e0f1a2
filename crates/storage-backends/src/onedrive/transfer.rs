//! A content on its way into OneDrive, to an item whose digest is the right one: a small one in a single
//! request, any other in a session. Nothing is to be seen of it before its end, and whatever ends it early
//! clears up.

use std::sync::Arc;

use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, IF_MATCH};
use serde_json::{Map, Value};
use wharf_domain::content::{ContentType, Upload};
use wharf_domain::ports::storage::StorageErrorKind;
use wharf_domain::verification::Verification;

use crate::digests::Algorithm;
use crate::fault::Fault;
use crate::parts::{Part, Parts};
use crate::undo::{Undo, persistently};
use crate::uploading::SessionOver;

use super::calls::{CONFLICT, FAIL, insert_text};
use super::client::Client;
use super::graph::described;
use super::id::Address;
use super::item::{DriveItem, DriveKind};
use super::session::{Progress, Session, UNIT};
use super::stored::Sent;

/// What a content is for.
pub(crate) enum Target {
    /// A new file at an address where nothing is.
    New {
        address: Address,
        /// What kind of drive that is in, if it is known.
        drive_kind: Option<DriveKind>,
        /// What becomes of it if something is there when it is complete: it fails, or gets another name.
        is_renamed: bool,
    },
    /// A file that is there, in the version of this tag.
    Known {
        address: Address,
        e_tag: Option<String>,
    },
}

impl Target {
    fn address(&self) -> &Address {
        match self {
            Self::New { address, .. } | Self::Known { address, .. } => address,
        }
    }

    fn e_tag(&self) -> Option<&str> {
        match self {
            Self::New { .. } => None,
            Self::Known { e_tag, .. } => e_tag.as_deref(),
        }
    }

    /// What a session is told about the item.
    fn properties(&self, size_bytes: u64) -> Value {
        let mut properties = Map::new();
        let conflict = match self {
            Self::New {
                is_renamed: true, ..
            } => "rename",
            Self::New { .. } => FAIL,
            Self::Known { .. } => "replace",
        };
        properties.insert(CONFLICT.to_owned(), conflict.into());
        // So that a content for which there is no room is refused before it is sent. Drives of work and school
        // accounts refuse the question.
        if let Self::New {
            drive_kind: Some(DriveKind::Personal),
            ..
        } = self
        {
            properties.insert("fileSize".to_owned(), size_bytes.into());
        }
        properties.into()
    }
}

/// An upload under way.
pub(crate) struct Transfer {
    client: Arc<Client>,
    target: Arc<Target>,
    content_type: ContentType,
    size_bytes: u64,
    parts: Parts,
    session: Option<Arc<Session>>,
    /// Ends the session.
    ending: Option<Undo>,
}

impl Transfer {
    /// Begins to read the content, and sends nothing.
    pub(crate) async fn begin(
        client: &Arc<Client>,
        target: Target,
        upload: Upload,
    ) -> Result<Self, Fault> {
        let size_bytes = upload.size_bytes.ok_or(StorageErrorKind::SizeRequired)?;
        let content_type = upload.content_type.clone();
        let parts = Parts::of(upload, UNIT, &[Algorithm::QuickXor]).await?;
        Ok(Self {
            client: Arc::clone(client),
            target: Arc::new(target),
            content_type,
            size_bytes,
            parts,
            session: None,
            ending: None,
        })
    }

    /// Sends all parts but the last, which completes the item, and gives that one back.
    pub(crate) async fn up_to_last(&mut self) -> Result<Part, Fault> {
        loop {
            let part = self.parts.next().await?;
            if part.is_last {
                return Ok(part);
            }
            self.send(&part).await?;
        }
    }

    /// Sends the last part; the item, which has what was sent, and how that is known.
    pub(crate) async fn complete(self, last: Part) -> Result<Completed, Fault> {
        let Self {
            client,
            target,
            content_type,
            parts,
            session,
            ending,
            ..
        } = self;
        let sent = Arc::new(Sent::new(last.end(), parts.into_digests()));
        let taking_away = taking_away(&client, &target, &sent);
        let stored = match session {
            None => put(&client, &target, &content_type, &last, &sent).await,
            Some(session) => finish(&client, &target, &session, &last, &sent).await,
        };
        let item = match stored {
            Ok(item) => item,
            Err(fault) => {
                // What was refused is not there, and what is there is somebody else's.
                if !fault.is_of_unknown_outcome() {
                    taking_away.defuse();
                }
                return Err(fault);
            }
        };
        // From here on it is known by its id: it may have got another name than was meant.
        taking_away.defuse();
        let recycling = recycling(&client, &target, &item);
        match sent.verification(&item) {
            Ok(verification) => Ok(Completed {
                item,
                verification,
                undos: ending.into_iter().chain(recycling).collect(),
            }),
            Err(other) => {
                if let (Some(undo), Some(id)) = (recycling, item.item_id())
                    && client.insisting().recycle(&Address::of(&id)?).await.is_ok()
                {
                    undo.defuse();
                }
                Err(other.into())
            }
        }
    }

    /// Sends a part that is not the last. Where the session is over before anything has arrived, another is
    /// opened: the part is all that there was so far.
    async fn send(&mut self, part: &Part) -> Result<(), Fault> {
        let mut is_reopened = false;
        loop {
            let session = match &self.session {
                Some(session) => Arc::clone(session),
                None => self.open().await?,
            };
            match session.send(part).await? {
                Progress::Received => return Ok(()),
                Progress::Over if part.first == 0 && !is_reopened => {
                    is_reopened = true;
                    self.session = None;
                }
                Progress::Over => {
                    return Err(SessionOver.into());
                }
                // Before it has got everything.
                Progress::Complete(_) => return Err(StorageErrorKind::Unavailable.into()),
            }
        }
    }

    async fn open(&mut self) -> Result<Arc<Session>, Fault> {
        let properties = self.target.properties(self.size_bytes);
        let (address, e_tag) = (self.target.address(), self.target.e_tag());
        let opened = self.client.open_session(address, &properties, e_tag);
        let session = Arc::new(Session::new(opened.await?, self.size_bytes));
        self.session = Some(Arc::clone(&session));
        // With one before it goes its session, which OneDrive may know after all.
        self.ending = Some(ending(&self.client, &session));
        Ok(session)
    }
}

/// An item that was uploaded. Until it is kept, dropping this takes a new one away again.
pub(crate) struct Completed {
    pub(crate) item: DriveItem,
    pub(crate) verification: Verification,
    undos: Vec<Undo>,
}

impl Completed {
    /// The item is to stay.
    pub(crate) fn keep(self) -> (DriveItem, Verification) {
        self.undos.into_iter().for_each(Undo::defuse);
        (self.item, self.verification)
    }
}

/// Sends a whole content in one request.
async fn put(
    client: &Client,
    target: &Target,
    content_type: &ContentType,
    content: &Part,
    sent: &Sent,
) -> Result<DriveItem, Fault> {
    let put = || async {
        // The description takes JSON only; the content follows.
        let put = client.graph.item(target.address());
        let mut put = put.update_items_content(&());
        if let Target::New { .. } = target {
            put = put.append_query_pair(CONFLICT, FAIL);
        }
        let mut request = described(put).await?;
        insert_text(&mut request, &CONTENT_TYPE, Some(content_type.as_str()))?;
        insert_text(&mut request, &IF_MATCH, target.e_tag())?;
        let length = HeaderValue::from(content.bytes.len());
        request.headers_mut().insert(CONTENT_LENGTH, length);
        *request.body_mut() = Some(content.body());
        client.told(request).await
    };
    let done = || async { Ok(there(client, target, sent).await) };
    client.circuit().once(put, done).await
}

/// Sends the last part of a session; the item.
async fn finish(
    client: &Client,
    target: &Target,
    session: &Session,
    last: &Part,
    sent: &Sent,
) -> Result<DriveItem, Fault> {
    let over = match session.send(last).await {
        Ok(Progress::Complete(item)) => return Ok(*item),
        // A session is over when it is complete, so whether the item is there only a look tells.
        Ok(Progress::Over) => SessionOver.into(),
        Ok(Progress::Received) => StorageErrorKind::Interrupted.into(),
        Err(fault) if fault.is_of_unknown_outcome() => fault,
        Err(fault) => return Err(fault),
    };
    there(client, target, sent).await.ok_or(over)
}

/// Ends the session when it is dropped. What cannot be ended ends by itself.
fn ending(client: &Client, session: &Arc<Session>) -> Undo {
    let session = Arc::clone(session);
    Undo::on_drop(&client.shared.background, async move {
        persistently(|| session.end()).await;
    })
}

/// Takes a new item away when it is dropped, which may have been completed although nobody heard of it.
/// Another content of a known one cannot be.
fn taking_away(client: &Arc<Client>, target: &Arc<Target>, sent: &Arc<Sent>) -> Undo {
    let background = client.shared.background.clone();
    let (client, target, sent) = (client.insisting(), Arc::clone(target), Arc::clone(sent));
    Undo::on_drop(&background, async move {
        if let Target::New { .. } = &*target {
            persistently(|| take_away(&client, &target, &sent)).await;
        }
    })
}

/// Puts a new item into the bin when it is dropped. What replaced another content cannot be taken back here;
/// OneDrive keeps the old one among the file's versions.
fn recycling(client: &Arc<Client>, target: &Target, item: &DriveItem) -> Option<Undo> {
    let address = match target {
        Target::New { .. } => Address::of(&item.item_id()?).ok()?,
        Target::Known { .. } => return None,
    };
    let background = client.shared.background.clone();
    let client = client.insisting();
    Some(Undo::on_drop(&background, async move {
        persistently(|| client.recycle(&address)).await;
    }))
}

/// The item at the target, if it has the content that was sent.
async fn there(client: &Client, target: &Target, sent: &Sent) -> Option<DriveItem> {
    let item = client.get(target.address()).await.ok();
    item.filter(|item| sent.is_that_of(item))
}

/// Takes the item at the target away, if it has the content that was sent.
async fn take_away(client: &Client, target: &Target, sent: &Sent) -> Result<(), Fault> {
    let item = there(client, target, sent).await;
    let id = item.and_then(|item| item.item_id());
    let id = id.ok_or(StorageErrorKind::NotFound)?;
    client.recycle(&Address::of(&id)?).await
}
