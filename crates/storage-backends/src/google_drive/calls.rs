//! The calls of Drive's API that concern no content, each with all that it must name. Those that do no more
//! when they are made twice are; a creation is made so by an id that was given out before.
//! <https://developers.google.com/workspace/drive/api/reference/rest/v3>

use google_drive3::api::{About, DriveList, File, FileList};
use reqwest::Method;
use serde::Serialize;
use wharf_domain::ports::storage::StorageErrorKind;

use crate::fault::Fault;

use super::client::{ANSWER, Client, refused, told};
use super::file::{FIELDS, FOLDER, SHORTCUT};
use super::{account, id};

/// The most entries of a page: fewer would only cost more requests.
const PAGE_ENTRIES: i32 = 1000;

/// The same of shared drives.
const PAGE_DRIVES: i32 = 100;

/// What a page of a listing is asked for.
pub(crate) struct Question<'q> {
    /// In Drive's query language.
    pub(crate) query: &'q str,
    /// The shared drive that is looked at; `None` is the account's own.
    pub(crate) drive: Option<&'q str>,
    /// In which order; `None` is Drive's own.
    pub(crate) order: Option<&'q str>,
    /// Where the page before ended.
    pub(crate) page: Option<&'q str>,
}

/// A file that is to be made without content.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewFile<'f> {
    id: &'f str,
    name: &'f str,
    parents: [&'f str; 1],
    mime_type: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    shortcut_details: Option<ShortcutTo<'f>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShortcutTo<'f> {
    target_id: &'f str,
}

impl<'f> NewFile<'f> {
    /// A folder.
    pub(crate) const fn folder(id: &'f str, name: &'f str, parent: &'f str) -> Self {
        Self {
            id,
            name,
            parents: [parent],
            mime_type: FOLDER,
            shortcut_details: None,
        }
    }

    /// A shortcut to `target_id`.
    pub(crate) const fn shortcut(
        id: &'f str,
        name: &'f str,
        parent: &'f str,
        target_id: &'f str,
    ) -> Self {
        Self {
            mime_type: SHORTCUT,
            shortcut_details: Some(ShortcutTo { target_id }),
            ..Self::folder(id, name, parent)
        }
    }
}

/// What is to change about a file; what is not named stays.
#[derive(Clone, Copy, Default)]
pub(crate) struct Change<'c> {
    pub(crate) name: Option<&'c str>,
    /// From which folder into which.
    pub(crate) parents: Option<(&'c str, &'c str)>,
    pub(crate) trashed: Option<bool>,
}

impl Client {
    /// Whose Drive it is.
    pub(crate) async fn about(&self) -> Result<About, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let call = hub.about().get().param("fields", account::FIELDS);
                let answer = call.delegate(&mut witness).doit().await;
                self.judged(&witness, answer)
            })
        };
        self.circuit().idempotent(call).await
    }

    /// What is known of a file, in the bin or not.
    pub(crate) async fn get(&self, file: &str) -> Result<File, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let call = hub.files().get(file).supports_all_drives(true);
                let call = call.param("fields", FIELDS).delegate(&mut witness);
                let answer = call.doit().await;
                self.judged(&witness, answer)
            })
        };
        self.circuit().idempotent(call).await
    }

    /// A page of the files that a question is about.
    pub(crate) async fn list(&self, question: &Question<'_>) -> Result<FileList, Fault> {
        let fields = format!("nextPageToken,incompleteSearch,files({FIELDS})");
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let mut call = hub.files().list().q(question.query);
                call = match question.drive {
                    Some(drive) => call.corpora("drive").drive_id(drive),
                    None => call.corpora("user"),
                };
                if let Some(order) = question.order {
                    call = call.order_by(order);
                }
                if let Some(page) = question.page {
                    call = call.page_token(page);
                }
                let call = call
                    .page_size(PAGE_ENTRIES)
                    .supports_all_drives(true)
                    .include_items_from_all_drives(true)
                    .param("fields", &*fields);
                let answer = call.delegate(&mut witness).doit().await;
                self.judged(&witness, answer)
            })
        };
        let list = self.circuit().idempotent(call).await?;
        // Half of a folder is not to pass for the whole.
        match list.incomplete_search {
            Some(true) => Err(StorageErrorKind::Unavailable.into()),
            _ => Ok(list),
        }
    }

    /// A page of the shared drives.
    pub(crate) async fn drives(&self, page: Option<&str>) -> Result<DriveList, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let mut call = hub.drives().list().page_size(PAGE_DRIVES);
                if let Some(page) = page {
                    call = call.page_token(page);
                }
                let call = call.param("fields", "nextPageToken,drives(id,name)");
                let answer = call.delegate(&mut witness).doit().await;
                self.judged(&witness, answer)
            })
        };
        self.circuit().idempotent(call).await
    }

    /// The name of a shared drive.
    pub(crate) async fn drive_name(&self, drive: &str) -> Result<Option<String>, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let call = hub.drives().get(drive).param("fields", "name");
                let answer = call.delegate(&mut witness).doit().await;
                self.judged(&witness, answer)
            })
        };
        Ok(self.circuit().idempotent(call).await?.name)
    }

    /// An id for a file that does not exist yet; of another `kind` for shortcuts.
    pub(crate) async fn new_id(&self, kind: &str) -> Result<String, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let call = hub.files().generate_ids().count(1).space("drive");
                let call = call.type_(kind).param("fields", "ids");
                let answer = call.delegate(&mut witness).doit().await;
                self.judged(&witness, answer)
            })
        };
        let generated = self.circuit().idempotent(call).await?;
        let id = generated.ids.and_then(|ids| ids.into_iter().next());
        id.filter(|id| id::is_id(id))
            .ok_or_else(|| StorageErrorKind::Unavailable.into())
    }

    /// Makes a folder or a shortcut. `google-drive3` only makes files of contents, so this goes out by itself.
    pub(crate) async fn create(&self, new: &NewFile<'_>) -> Result<File, Fault> {
        let call = || async {
            let mut url = self.api_url(&["drive", "v3", "files"]);
            url.query_pairs_mut()
                .append_pair("supportsAllDrives", "true")
                .append_pair("fields", FIELDS);
            let request = self.json_request(Method::POST, url, new)?;
            let answer = self.send(request, ANSWER).await?;
            if answer.status().is_success() {
                told(answer).await
            } else {
                Err(refused(answer).await)
            }
        };
        self.made(new.id, self.circuit().idempotent(call).await)
            .await
    }

    /// Copies a file under an id that was given out for it, so that it is copied once. Documents of Google's
    /// own take no such id, and so are not copied again where no answer came.
    pub(crate) async fn copy(
        &self,
        file: &str,
        id: Option<&str>,
        name: &str,
        parent: &str,
    ) -> Result<File, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let copy = File {
                    id: id.map(str::to_owned),
                    name: Some(name.to_owned()),
                    parents: Some(vec![parent.to_owned()]),
                    ..File::default()
                };
                let call = hub.files().copy(copy, file).supports_all_drives(true);
                let call = call.param("fields", FIELDS).delegate(&mut witness);
                let answer = call.doit().await;
                self.judged(&witness, answer)
            })
        };
        match id {
            Some(id) => {
                let copied = self.circuit().idempotent(call).await;
                self.made(id, copied).await
            }
            None => call().await,
        }
    }

    /// Changes what is known of a file.
    pub(crate) async fn update(&self, file: &str, change: Change<'_>) -> Result<File, Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let changed = File {
                    name: change.name.map(str::to_owned),
                    trashed: change.trashed,
                    ..File::default()
                };
                let mut call = hub.files().update(changed, file).supports_all_drives(true);
                if let Some((from, into)) = change.parents {
                    call = call.remove_parents(from).add_parents(into);
                }
                let call = call.param("fields", FIELDS).delegate(&mut witness);
                let answer = call.doit_without_upload().await;
                self.judged(&witness, answer)
            })
        };
        self.circuit().idempotent(call).await
    }

    /// Takes a file away that nobody was to see. Who may only write in a shared drive cannot delete there,
    /// and puts it into the bin.
    pub(crate) async fn remove(&self, file: &str) -> Result<(), Fault> {
        let call = || {
            self.timed(async {
                let (hub, mut witness) = self.hub();
                let call = hub.files().delete(file).supports_all_drives(true);
                let answer = call.delegate(&mut witness).doit().await;
                self.judged(&witness, answer.map(|answer| (answer, ())))
            })
        };
        match self.circuit().idempotent(call).await {
            Err(fault) if fault.kind == StorageErrorKind::Forbidden => {
                let trashed = Some(true);
                let change = Change {
                    trashed,
                    ..Change::default()
                };
                self.update(file, change).await.map(drop)
            }
            removed => removed,
        }
    }

    /// The file of this id, which was to be made: there it is where a creation before this one had
    /// done it, or did it after all.
    async fn made(&self, id: &str, made: Result<File, Fault>) -> Result<File, Fault> {
        match made {
            Err(fault)
                if fault.kind == StorageErrorKind::AlreadyExists
                    || fault.is_of_unknown_outcome() =>
            {
                self.get(id).await.map_err(|_| fault)
            }
            made => made,
        }
    }
}
