//! Shared drives, and what their members may do.

use std::time::SystemTime;

use serde_json::{Value, json};

use super::ids::Id;
use super::mask::Mask;
use super::members::Members;
use super::time::written;
use crate::identity::Person;

/// What somebody may do with a file, from least to most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    Reader,
    Writer,
    /// May also remove: of a shared drive an organizer, of a person's own file its owner.
    Owner,
}

/// A drive that belongs to nobody.
pub(super) struct SharedDrive {
    pub(super) id: Id,
    pub(super) name: &'static str,
    pub(super) created: SystemTime,
    pub(super) members: Vec<(&'static Person, Role)>,
}

impl SharedDrive {
    /// What a person may do in it; `None` for those who are no members.
    pub(super) fn role(&self, person: &Person) -> Option<Role> {
        let member = self.members.iter().find(|(member, _)| *member == person);
        member.map(|(_, role)| *role)
    }

    /// The resource as a member sees it.
    pub(super) fn resource(&self, role: Role, mask: &Mask) -> Value {
        let (may_write, may_organize) = (role >= Role::Writer, role >= Role::Owner);
        let mut members = Members::wanted(mask);
        members.set("kind", || "drive#drive");
        members.set("id", || &*self.id);
        members.set("name", || self.name);
        members.set("colorRgb", || "#0f9d58");
        members.set("createdTime", || written(self.created));
        members.set("hidden", || false);
        members.set("capabilities", || {
            json!({
                "canAddChildren": may_write,
                "canComment": may_write,
                "canCopy": true,
                "canDeleteChildren": may_organize,
                "canDeleteDrive": false,
                "canDownload": true,
                "canEdit": may_write,
                "canListChildren": true,
                "canManageMembers": may_organize,
                "canReadRevisions": true,
                "canRename": may_organize,
                "canRenameDrive": may_organize,
                "canShare": may_organize,
                "canTrashChildren": may_organize,
            })
        });
        members.set("restrictions", || {
            json!({
                "adminManagedRestrictions": false,
                "copyRequiresWriterPermission": false,
                "domainUsersOnly": false,
                "driveMembersOnly": false,
                "sharingFoldersRequiresOrganizerPermission": false,
            })
        });
        members.finish()
    }
}
