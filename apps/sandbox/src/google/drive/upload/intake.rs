//! A body that becomes a content.

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};

use super::super::refusal::Refusal;
use crate::blob::Blob;
use crate::corruption::Corruption;
use crate::simulation::Simulation;

/// Keeps what arrives.
pub(super) async fn keep<S, E>(
    simulation: &Simulation,
    mut body: S,
    mut corruption: Corruption,
) -> Result<Blob, Refusal>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
{
    let mut writer = simulation.blobs.writer()?;
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Refusal::cut_off())?;
        corruption.write(&mut writer, &chunk)?;
    }
    Ok(corruption.finish(writer)?)
}
