//! `GET children`: what is in a folder, page by page.
//! <https://learn.microsoft.com/graph/api/driveitem-list-children>

use std::ops::Bound;

use actix_web::HttpResponse;
use serde_json::{Value, json};

use super::answer::Call;
use super::caller::Caller;
use super::get::tags;
use super::item::Item;
use super::order::{Order, Place};
use super::refusal::Refusal;
use super::resource::View;
use super::select::Select;
use super::skip_token::{next_link, start};
use super::tree::Drive;

const DEFAULT_PAGE: usize = 200;
const LARGEST_PAGE: usize = 1000;

pub(super) fn list(call: &Call<'_>) -> Result<HttpResponse, Refusal> {
    let (simulation, caller) = (call.simulation, &call.caller);
    let select = Select::of_item(caller)?;
    let size = page_size(caller)?;
    let onedrive = &simulation.onedrive;
    let start = start(&onedrive.links, caller)?;
    if start.as_ref().is_some_and(|start| start.is_altered) {
        caller.warn(simulation, "a nextLink was not followed as it was given");
    }
    let mut drives = onedrive.drives(simulation);
    let drive = call.drive(&mut drives)?;
    let order = Order::of(caller, drive.kind)?;
    let folder = drive.find(&call.item)?;
    // Only this tag changes with what is in a folder.
    let [_, c_tag] = tags(drive, folder);
    if caller.has_already(&[c_tag]) {
        return Ok(HttpResponse::NotModified().finish());
    }
    let behind = start.map(|start| start.behind);
    let (page, last) = page(drive, folder, order, behind.as_ref(), size);
    let view = View {
        simulation,
        drive,
        origin: &caller.origin,
    };
    let shown: Vec<Value> = page.iter().map(|item| view.item(item, &select)).collect();
    let mut listing = json!({
        "@odata.context": format!("{}/v1.0/$metadata#Collection(driveItem)", caller.origin),
        "@odata.count": drive.child_count(&folder.id),
        "value": shown,
    });
    if let (Some(last), Some(members)) = (last, listing.as_object_mut()) {
        let link = next_link(&onedrive.links, caller, &last);
        members.insert("@odata.nextLink".to_owned(), link.into());
    }
    Ok(HttpResponse::Ok().json(listing))
}

/// How many items a page has.
pub(super) fn page_size(caller: &Caller) -> Result<usize, Refusal> {
    let Some(text) = caller.query.get("$top") else {
        return Ok(DEFAULT_PAGE);
    };
    let size: Option<usize> = text.parse().ok().filter(|size| *size > 0);
    let size = size.ok_or_else(|| {
        Refusal::invalid_request(format!(
            "Invalid value '{text}' for $top query option found."
        ))
    })?;
    Ok(size.min(LARGEST_PAGE))
}

/// The items behind a place, and the place of the last of them if there are more.
fn page<'d>(
    drive: &'d Drive,
    folder: &Item,
    order: Order,
    behind: Option<&Place>,
    size: usize,
) -> (Vec<&'d Item>, Option<Place>) {
    let mut found: Vec<(Place, &Item)> = if order.is_natural() {
        let start = behind.map_or(Bound::Unbounded, |place| Bound::Excluded(&*place.name));
        let children = drive.children_after(&folder.id, start).take(size + 1);
        let placed = children.map(|(name, item)| (order.place(name, item), item));
        placed.collect()
    } else {
        let children = drive.children(&folder.id);
        let placed = children.map(|(name, item)| (order.place(name, item), item));
        let is_left = |place: &Place| behind.is_none_or(|behind| order.is_behind(place, behind));
        let mut found: Vec<_> = placed.filter(|(place, _)| is_left(place)).collect();
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        if order.is_descending {
            found.reverse();
        }
        found
    };
    let is_cut = found.len() > size;
    found.truncate(size);
    let last = found.last().filter(|_| is_cut);
    let last = last.map(|(place, _)| place.clone());
    (found.into_iter().map(|(_, item)| item).collect(), last)
}
