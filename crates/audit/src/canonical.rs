//! The bytes of an event that its hash covers: one spelling for each event, and no two events with the
//! same.
//!
//! The form never changes. Another one gets another version byte, and this one stays readable beside it.

use wharf_domain::trail::{KeptClient, TrailEvent};

const VERSION: u8 = 1;

/// Appends the canonical bytes of the event at this position.
pub fn write(out: &mut Vec<u8>, position: u64, event: &TrailEvent) {
    // Exhaustive, so that no field can be added and forgotten here.
    let TrailEvent {
        id,
        at,
        actor_kind,
        actor,
        action,
        outcome,
        resource_kind,
        resource,
        request,
        client,
        metadata,
    } = event;
    out.push(VERSION);
    out.extend_from_slice(&position.to_be_bytes());
    out.extend_from_slice(id.as_bytes());
    out.extend_from_slice(&at.as_unix_micros().to_be_bytes());
    write_bytes(out, actor_kind.as_bytes());
    write_optional_id(out, actor.as_ref().map(|actor| actor.as_bytes()));
    write_bytes(out, action.as_bytes());
    write_bytes(out, outcome.as_bytes());
    match resource_kind {
        None => out.push(0),
        Some(kind) => {
            out.push(1);
            write_bytes(out, kind.as_bytes());
        }
    }
    write_optional_id(out, resource.as_ref());
    write_bytes(out, request.as_bytes());
    match client {
        None => out.push(0),
        Some(KeptClient::Open(network)) => {
            out.push(1);
            write_bytes(out, network.as_bytes());
        }
        Some(KeptClient::Sealed(record)) => {
            out.push(2);
            write_bytes(out, record);
        }
    }
    write_bytes(out, metadata.as_bytes());
}

/// Behind its length, so that no byte can move from one field to the next.
fn write_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(&(bytes.len() as u64).to_be_bytes());
    out.extend_from_slice(bytes);
}

fn write_optional_id(out: &mut Vec<u8>, id: Option<&[u8; 16]>) {
    match id {
        None => out.push(0),
        Some(id) => {
            out.push(1);
            out.extend_from_slice(id);
        }
    }
}
