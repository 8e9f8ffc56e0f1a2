//! Where a COPY, a MOVE or a chunked upload leads (RFC 4918, section 10.3).

use actix_web::HttpRequest;
use url::Url;

use super::files;
use super::place::Place;
use crate::simulation::Simulation;

/// What `Destination` names.
pub(super) enum Target {
    /// A decoded path in the files of the same user in the same installation.
    Own(String),
    /// Nothing, or something else.
    Foreign,
}

/// Reads the header of a request to `place`.
pub(super) fn read(simulation: &Simulation, request: &HttpRequest, place: &Place) -> Target {
    let header = request.headers().get("Destination");
    let header = header.and_then(|header| header.to_str().ok());
    let url = header.and_then(|header| Url::parse(&simulation.origin).ok()?.join(header).ok());
    let target = url.and_then(|url| Place::read(url.path()));
    let files = place.in_collection(files::COLLECTION);
    match target {
        Some(target) if target.base == files && !target.path.is_empty() => Target::Own(target.path),
        _ => Target::Foreign,
    }
}
