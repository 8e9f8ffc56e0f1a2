//! `fields`: which members of an answer are wanted.
//! <https://developers.google.com/workspace/drive/api/guides/fields-parameter>

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What of a resource is wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mask {
    /// Whether every member is wanted whole.
    is_all: bool,
    members: BTreeMap<String, Mask>,
}

/// What kind of resource a method answers with.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    About,
    ChangeList,
    Drive,
    DriveList,
    File,
    FileList,
}

/// What a method answers with when it is not told.
const DEFAULT_FILE: &str = "kind,id,name,mimeType,resourceKey,driveId,teamDriveId";

impl Kind {
    pub(super) fn default_mask(self) -> Mask {
        let text = match self {
            Self::About => "*".to_owned(),
            Self::ChangeList => format!(
                "kind,nextPageToken,newStartPageToken,changes(kind,type,changeType,time,removed,\
                 fileId,driveId,file({DEFAULT_FILE}))"
            ),
            Self::Drive => "kind,id,name".to_owned(),
            Self::DriveList => "kind,nextPageToken,drives(kind,id,name)".to_owned(),
            Self::File => DEFAULT_FILE.to_owned(),
            Self::FileList => format!("kind,nextPageToken,incompleteSearch,files({DEFAULT_FILE})"),
        };
        Mask::parse(&text).expect("the program's own masks are well-formed")
    }

    /// The members that the resource may have, and of what kind those are that are resources.
    fn members(self) -> &'static [(&'static str, Option<Self>)] {
        match self {
            Self::About => &[
                ("appInstalled", None),
                ("canCreateDrives", None),
                ("canCreateTeamDrives", None),
                ("driveThemes", None),
                ("exportFormats", None),
                ("folderColorPalette", None),
                ("importFormats", None),
                ("kind", None),
                ("maxImportSizes", None),
                ("maxUploadSize", None),
                ("storageQuota", None),
                ("teamDriveThemes", None),
                ("user", None),
            ],
            Self::ChangeList => &[
                ("changes", None),
                ("kind", None),
                ("newStartPageToken", None),
                ("nextPageToken", None),
            ],
            Self::Drive => &[
                ("backgroundImageFile", None),
                ("backgroundImageLink", None),
                ("capabilities", None),
                ("colorRgb", None),
                ("createdTime", None),
                ("hidden", None),
                ("id", None),
                ("kind", None),
                ("name", None),
                ("orgUnitId", None),
                ("restrictions", None),
                ("themeId", None),
            ],
            Self::DriveList => &[
                ("drives", Some(Self::Drive)),
                ("kind", None),
                ("nextPageToken", None),
            ],
            Self::File => FILE,
            Self::FileList => &[
                ("files", Some(Self::File)),
                ("incompleteSearch", None),
                ("kind", None),
                ("nextPageToken", None),
            ],
        }
    }
}

/// The members of a file.
const FILE: &[(&str, Option<Kind>)] = &[
    ("appProperties", None),
    ("capabilities", None),
    ("clientEncryptionDetails", None),
    ("contentHints", None),
    ("contentRestrictions", None),
    ("copyRequiresWriterPermission", None),
    ("createdTime", None),
    ("description", None),
    ("downloadRestrictions", None),
    ("driveId", None),
    ("explicitlyTrashed", None),
    ("exportLinks", None),
    ("fileExtension", None),
    ("folderColorRgb", None),
    ("fullFileExtension", None),
    ("hasAugmentedPermissions", None),
    ("hasThumbnail", None),
    ("headRevisionId", None),
    ("iconLink", None),
    ("id", None),
    ("imageMediaMetadata", None),
    ("inheritedPermissionsDisabled", None),
    ("isAppAuthorized", None),
    ("kind", None),
    ("labelInfo", None),
    ("lastModifyingUser", None),
    ("linkShareMetadata", None),
    ("md5Checksum", None),
    ("mimeType", None),
    ("modifiedByMe", None),
    ("modifiedByMeTime", None),
    ("modifiedTime", None),
    ("name", None),
    ("originalFilename", None),
    ("ownedByMe", None),
    ("owners", None),
    ("parents", None),
    ("permissionIds", None),
    ("permissions", None),
    ("properties", None),
    ("quotaBytesUsed", None),
    ("resourceKey", None),
    ("sha1Checksum", None),
    ("sha256Checksum", None),
    ("shared", None),
    ("sharedWithMeTime", None),
    ("sharingUser", None),
    ("shortcutDetails", None),
    ("size", None),
    ("spaces", None),
    ("starred", None),
    ("teamDriveId", None),
    ("thumbnailLink", None),
    ("thumbnailVersion", None),
    ("trashed", None),
    ("trashedTime", None),
    ("trashingUser", None),
    ("version", None),
    ("videoMediaMetadata", None),
    ("viewedByMe", None),
    ("viewedByMeTime", None),
    ("viewersCanCopyContent", None),
    ("webContentLink", None),
    ("webViewLink", None),
    ("writersCanShare", None),
];

impl Mask {
    fn all() -> Self {
        Self {
            is_all: true,
            members: BTreeMap::new(),
        }
    }

    /// Reads a mask; the error is what is wrong with it.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let (mask, rest) = Self::parse_list(text)?;
        if rest.is_empty() {
            Ok(mask)
        } else {
            Err(rest.to_owned())
        }
    }

    /// Paths with commas between them, up to the end or a closing parenthesis.
    fn parse_list(mut text: &str) -> Result<(Self, &str), String> {
        let mut mask = Self::default();
        if text.is_empty() {
            return Ok((mask, text));
        }
        loop {
            text = mask.parse_path(text.trim_start())?.trim_start();
            match text.strip_prefix(',') {
                Some(rest) => text = rest,
                None => return Ok((mask, text)),
            }
        }
    }

    /// A name, or more with slashes between them, and the last one's members in parentheses.
    fn parse_path<'t>(&mut self, text: &'t str) -> Result<&'t str, String> {
        let end = text
            .find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '*')
            .unwrap_or(text.len());
        let (name, rest) = text.split_at(end);
        if name.is_empty() {
            return Err(text.to_owned());
        }
        if name == "*" {
            self.is_all = true;
            return Ok(rest);
        }
        let member = self.members.entry(name.to_owned()).or_default();
        if let Some(rest) = rest.strip_prefix('/') {
            return member.parse_path(rest);
        }
        let Some(inner) = rest.strip_prefix('(') else {
            member.is_all = true;
            return Ok(rest);
        };
        let (wanted, rest) = Self::parse_list(inner)?;
        let rest = rest.strip_prefix(')').ok_or_else(|| text.to_owned())?;
        member.is_all |= wanted.is_all;
        member.members.extend(wanted.members);
        Ok(rest)
    }

    /// The mask, unless it names what the resource cannot have.
    pub(super) fn checked(self, kind: Kind) -> Result<Self, String> {
        self.check(kind)?;
        Ok(self)
    }

    fn check(&self, kind: Kind) -> Result<(), String> {
        for (name, member) in &self.members {
            let known = kind.members().iter().find(|(known, _)| known == name);
            let (_, kind) = known.ok_or(name)?;
            if let Some(kind) = kind {
                member.check(*kind)?;
            }
        }
        Ok(())
    }

    /// Takes out a member that was named.
    pub(super) fn forget(&mut self, name: &str) {
        self.members.remove(name);
    }

    /// The mask of a member, if it is wanted at all.
    pub(super) fn member(&self, name: &str) -> Option<Self> {
        if self.is_all {
            return Some(Self::all());
        }
        self.members.get(name).cloned()
    }

    /// Of a value, what is wanted.
    pub(super) fn apply(&self, value: Value) -> Value {
        if self.is_all {
            return value;
        }
        match value {
            Value::Object(members) => {
                let wanted = members.into_iter().filter_map(|(name, value)| {
                    let mask = self.members.get(&name)?;
                    Some((name, mask.apply(value)))
                });
                Value::Object(wanted.collect::<Map<_, _>>())
            }
            Value::Array(entries) => entries.into_iter().map(|entry| self.apply(entry)).collect(),
            value => value,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn applied(mask: &str) -> Value {
        Mask::parse(mask).unwrap().apply(json!({
            "kind": "list",
            "files": [
                {"id": "1", "name": "a", "owners": [{"me": true, "name": "x"}]},
                {"id": "2", "name": "b", "owners": []},
            ],
        }))
    }

    #[test]
    fn a_mask_selects_at_every_depth() {
        assert_eq!(applied("kind"), json!({"kind": "list"}));
        assert_eq!(
            applied("files/id"),
            json!({"files": [{"id": "1"}, {"id": "2"}]})
        );
        let expected = json!({
            "kind": "list",
            "files": [
                {"id": "1", "owners": [{"me": true}]},
                {"id": "2", "owners": []},
            ],
        });
        assert_eq!(applied("kind, files(id,owners/me)"), expected);
        assert_eq!(applied("kind,files(id,owners(me))"), expected);
        assert_eq!(applied("*")["files"][1]["name"], "b");
        assert_eq!(applied("files/*"), applied("files"));
        assert_eq!(applied(""), json!({}));
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        for text in ["a(", "a(b", "a)b", "a,,b", ",", "a b", "a(b))", "a/"] {
            assert!(Mask::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn unknown_members_are_told() {
        let checked = |text| Mask::parse(text).unwrap().checked(Kind::FileList);
        assert!(checked("nextPageToken,files(id,capabilities/canEdit)").is_ok());
        assert_eq!(checked("files(id,nme)"), Err("nme".to_owned()));
        assert_eq!(checked("id"), Err("id".to_owned()));
    }
}
