//! Descriptions of the two providers that Wharf can be set up for with an id and a secret alone.

pub(crate) mod google_drive;
pub(crate) mod onedrive;

use url::Url;

/// An address that stands in this code.
fn known(address: &'static str) -> Url {
    address
        .parse()
        .expect("the addresses of the presets are addresses")
}

/// The address with further segments at its end.
fn beneath(base: &Url, segments: &[&str]) -> Url {
    let mut address = base.clone();
    if let Ok(mut path) = address.path_segments_mut() {
        path.pop_if_empty().extend(segments);
    }
    address
}
