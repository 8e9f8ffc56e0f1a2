//! `$select`: which members of a resource the client wants.
//! <https://learn.microsoft.com/graph/query-parameters#select>

use serde_json::{Map, Value};

use super::caller::Caller;
use super::refusal::Refusal;

/// Where a content can be had without a token, and the other name by which it can be selected.
pub(super) const DOWNLOAD_URL: &str = "@microsoft.graph.downloadUrl";
const DOWNLOAD_URL_SELECTED: &str = "content.downloadUrl";

/// The members of a drive and of an item that there are in Graph, whether the sandbox has them or not.
const DRIVE: &str = "id name description driveType owner quota webUrl createdBy createdDateTime \
                     lastModifiedBy lastModifiedDateTime eTag items root sharePointIds system";
const ITEM: &str = "id name eTag cTag size webUrl webDavUrl description createdBy createdDateTime \
                    lastModifiedBy lastModifiedDateTime parentReference file folder fileSystemInfo root \
                    deleted audio bundle content image location malware package pendingOperations photo \
                    publication remoteItem searchResult shared sharepointIds specialFolder video \
                    children permissions thumbnails versions";

/// What is wanted.
pub(super) struct Select(Option<Vec<String>>);

impl Select {
    /// Of a drive.
    pub(super) fn of_drive(caller: &Caller) -> Result<Self, Refusal> {
        Self::of(caller, DRIVE, "microsoft.graph.drive")
    }

    /// Of an item.
    pub(super) fn of_item(caller: &Caller) -> Result<Self, Refusal> {
        Self::of(caller, ITEM, "microsoft.graph.driveItem")
    }

    /// Everything that comes without being asked for.
    pub(super) fn default_set() -> Self {
        Self(None)
    }

    fn of(caller: &Caller, known: &str, kind: &str) -> Result<Self, Refusal> {
        for unsupported in ["$expand", "$filter", "$search", "$skip", "$apply"] {
            if caller.query.get(unsupported).is_some() {
                let message = format!("The sandbox does not simulate {unsupported}.");
                return Err(Refusal::not_supported(&message));
            }
        }
        let Some(text) = caller.query.get("$select") else {
            return Ok(Self(None));
        };
        let names: Vec<String> = text.split(',').map(|name| name.trim().to_owned()).collect();
        let is_known = |name: &String| {
            let is_url = [DOWNLOAD_URL, DOWNLOAD_URL_SELECTED].contains(&&**name);
            is_url
                || known
                    .split(' ')
                    .any(|known| known.eq_ignore_ascii_case(name))
        };
        match names.iter().find(|name| !is_known(name)) {
            None => Ok(Self(Some(names))),
            Some(name) => Err(Refusal::invalid_request(format!(
                "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type \
                 '{kind}'."
            ))),
        }
    }

    /// Whether a member is wanted.
    pub(super) fn wants(&self, member: &str) -> bool {
        let Some(names) = &self.0 else {
            return true;
        };
        let member = match member {
            DOWNLOAD_URL => [DOWNLOAD_URL, DOWNLOAD_URL_SELECTED],
            other => [other, other],
        };
        let is_named = |name: &String| member.iter().any(|it| it.eq_ignore_ascii_case(name));
        names.iter().any(is_named)
    }
}

/// A resource in the making.
pub(super) struct Members<'s> {
    select: &'s Select,
    members: Map<String, Value>,
}

impl<'s> Members<'s> {
    pub(super) fn wanted(select: &'s Select) -> Self {
        Self {
            select,
            members: Map::new(),
        }
    }

    /// Adds a member, if it is wanted.
    pub(super) fn set<T: Into<Value>>(&mut self, name: &str, value: impl FnOnce() -> T) {
        self.set_some(name, || Some(value()));
    }

    /// Adds a member, if it is wanted and there.
    pub(super) fn set_some<T: Into<Value>>(
        &mut self,
        name: &str,
        value: impl FnOnce() -> Option<T>,
    ) {
        if self.select.wants(name)
            && let Some(value) = value()
        {
            self.members.insert(name.to_owned(), value.into());
        }
    }

    /// Adds an annotation, which comes whatever is selected.
    pub(super) fn annotate(&mut self, name: &str, value: impl Into<Value>) {
        self.members.insert(name.to_owned(), value.into());
    }

    pub(super) fn finish(self) -> Value {
        Value::Object(self.members)
    }
}
