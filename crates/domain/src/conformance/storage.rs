//! What every storage does, whatever it speaks.
//!
//! Each case is given a storage and an empty folder of it. A case panics where the port's promises are
//! not kept, so a failure names the behaviour. Where a capability is missing, the case demands the
//! refusal that the port names instead. It knows no protocol and no test runner but the macro's.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a case is a test: it fails by panicking"
)]

use std::any::Any;
use std::fmt;
use std::sync::Arc;

use crate::item::ItemId;
use crate::ports::storage::StorageBackend;

pub mod copying;
pub mod deleting;
mod fixture;
pub mod interruptions;
pub mod listing;
pub mod names;
pub mod reading;
pub mod relocating;
pub mod replacing;
pub mod writing;

/// The storage under test.
pub struct Opened {
    /// The storage. Where it has folders, other cases may be at work in it at the same time.
    pub storage: Arc<dyn StorageBackend>,
    /// What must live as long, such as a server or a temporary folder.
    pub kept: Box<dyn Any + Send + Sync>,
}

impl fmt::Debug for Opened {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Opened")
    }
}

impl Opened {
    /// An empty folder that nobody else knows; the top folder where there are no others.
    pub async fn fresh_folder(&self) -> ItemId {
        if !self.storage.capabilities().folders {
            return ItemId::root();
        }
        let name = fixture::random_name();
        let folder = self.storage.create_folder(&ItemId::root(), &name).await;
        folder.unwrap().id
    }

    /// Clears up behind a case that passed.
    pub async fn remove(&self, folder: &ItemId) {
        if !folder.is_root() {
            self.storage.delete(folder).await.unwrap();
        }
    }
}

/// Makes one `#[tokio::test]` of every case of [`conformance::storage`](self).
///
/// `$module` becomes the tests' module. `$fresh` is an expression that gives an [`Opened`] storage,
/// empty unless it has folders; it may await, and names what it needs by paths from `crate`.
#[macro_export]
macro_rules! storage_conformance {
    ($module:ident, $fresh:expr) => {
        mod $module {
            $crate::storage_conformance! { @groups $fresh;
                listing {
                    the_account_is_told,
                    a_fresh_folder_is_empty,
                    exactly_the_direct_children_are_listed,
                    folders_nest,
                    a_file_is_not_a_folder,
                    a_missing_folder_is_not_found,
                    a_folder_is_made_once,
                    a_folder_needs_a_parent,
                    a_folder_deleted_while_it_is_listed_ends_the_listing,
                }
                reading {
                    contents_of_every_size_come_back,
                    a_large_content_comes_in_chunks,
                    parts_of_a_content_come_back,
                    a_range_outside_the_content_is_refused,
                    what_is_known_of_a_file_is_told,
                    what_is_known_of_a_folder_is_told,
                    what_is_missing_is_not_found,
                    a_child_is_found_by_its_name,
                    a_folder_is_not_a_file,
                    a_made_up_id_names_nothing,
                }
                writing {
                    a_content_of_unknown_size_is_stored,
                    a_stored_item_is_told_as_it_is,
                    a_taken_name_is_refused_and_the_old_bytes_stay,
                    a_taken_name_is_numbered_on_demand,
                    of_two_writers_of_one_name_one_wins,
                    a_missing_folder_takes_no_file,
                }
                replacing {
                    a_content_is_replaced,
                    a_content_is_replaced_by_one_of_unknown_size,
                    only_the_expected_content_is_replaced,
                    one_replacement_follows_another,
                    an_interrupted_replacement_keeps_the_old_content,
                    of_two_replacements_of_one_content_one_wins,
                    only_a_file_can_be_replaced,
                }
                relocating {
                    a_file_is_renamed,
                    a_file_is_moved_to_another_folder,
                    a_folder_is_moved_with_its_content,
                    a_taken_name_is_not_moved_onto,
                    a_taken_name_is_numbered_on_demand,
                    of_two_movers_to_one_name_one_wins,
                    what_is_missing_is_not_moved,
                    nothing_is_moved_into_itself,
                    the_top_folder_is_not_moved,
                }
                copying {
                    a_file_is_copied,
                    a_folder_is_copied_with_its_content,
                    a_taken_name_is_not_copied_onto,
                    what_is_missing_is_not_copied,
                    nothing_is_copied_into_itself,
                }
                interruptions {
                    an_interrupted_upload_leaves_nothing,
                    a_cancelled_upload_leaves_nothing,
                    a_content_shorter_than_announced_is_refused,
                    a_content_longer_than_announced_is_refused,
                }
                deleting {
                    a_deleted_file_is_gone,
                    a_deleted_folder_takes_its_content_along,
                    what_is_missing_cannot_be_deleted,
                    the_top_folder_cannot_be_deleted,
                }
                names {
                    plain_names_come_back_as_they_were,
                    letters_beyond_ascii_come_back_as_they_were,
                    characters_that_mean_something_in_urls_come_back_as_they_were,
                    characters_that_mean_something_in_markup_come_back_as_they_were,
                    spaces_at_the_ends_come_back_as_they_were,
                    long_names_come_back_as_they_were,
                    odd_names_work_for_folders,
                }
            }
        }
    };
    (@groups $fresh:expr; $($group:ident { $($case:ident),+ $(,)? })+) => {
        $(mod $group {
            $(#[tokio::test]
            async fn $case() {
                let opened: $crate::conformance::storage::Opened = $fresh;
                let folder = opened.fresh_folder().await;
                $crate::conformance::storage::$group::$case(&*opened.storage, &folder).await;
                opened.remove(&folder).await;
            })+
        })+
    };
}
