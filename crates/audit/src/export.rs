//! The trail as text: one JSON object a line, ASCII only (L-09), from which everything can be checked
//! again without a database.
//!
//! A line is read only in the spelling in which it is written: what a reader sees beside the parts that
//! hashes cover (a time in words, say) can be relied upon as well.

use std::fmt;
use std::io;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Serializer;
use serde_json::ser::Formatter;
use wharf_domain::id::{EventId, InvalidId, UserId};
use wharf_domain::time::Timestamp;
use wharf_domain::trail::{
    ChainHash, ChainHead, Checkpoint, CheckpointKey, KeptClient, Link, TrailEvent,
};

use crate::error::ExportError;

const VERSION: u64 = 1;

/// No line that an export writes is longer, in bytes; a reader need not hold more.
pub const LONGEST_LINE: usize = 64 * 1024;

/// A line of an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// The first.
    Start,
    /// A link. They come in order.
    Link(Box<Link>),
    /// A checkpoint, behind the last link that it covers. This is also what leaves the database by itself.
    Checkpoint(Checkpoint),
    /// The last: how many there were. A file without it was cut short.
    End {
        /// Links.
        links: u64,
        /// Checkpoints.
        checkpoints: u64,
    },
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
enum Written {
    Export {
        version: u64,
    },
    Event(Box<WrittenEvent>),
    Checkpoint {
        position: u64,
        hash: String,
        at: String,
        at_micros: i64,
        key: String,
        signature: String,
    },
    End {
        links: u64,
        checkpoints: u64,
    },
}

#[derive(Serialize, Deserialize)]
struct WrittenEvent {
    position: u64,
    id: String,
    at: String,
    at_micros: i64,
    actor_kind: String,
    actor: Option<String>,
    action: String,
    outcome: String,
    resource_kind: Option<String>,
    resource: Option<String>,
    request: String,
    client_network: Option<String>,
    client_sealed: Option<String>,
    metadata: String,
    hash: String,
}

impl Line {
    /// Reads a line, without its end.
    ///
    /// # Errors
    /// If no export writes such a line.
    pub fn parse(text: &str) -> Result<Self, ExportError> {
        let written = serde_json::from_str(text).map_err(|_| ExportError::Malformed)?;
        let line = Self::read(written)?;
        if line.to_string() == text {
            Ok(line)
        } else {
            Err(ExportError::Unusual)
        }
    }

    fn read(written: Written) -> Result<Self, ExportError> {
        let line = match written {
            Written::Export { version: VERSION } => Some(Self::Start),
            Written::Export { version } => return Err(ExportError::UnknownVersion { version }),
            Written::Event(event) => read_link(*event).map(|link| Self::Link(Box::new(link))),
            Written::Checkpoint {
                position,
                hash,
                at_micros,
                key,
                signature,
                ..
            } => {
                read_checkpoint(position, &hash, at_micros, &key, &signature).map(Self::Checkpoint)
            }
            Written::End { links, checkpoints } => Some(Self::End { links, checkpoints }),
        };
        line.ok_or(ExportError::Malformed)
    }

    fn written(&self) -> Written {
        match self {
            Self::Start => Written::Export { version: VERSION },
            Self::Link(link) => Written::Event(Box::new(write_link(link))),
            Self::Checkpoint(checkpoint) => Written::Checkpoint {
                position: checkpoint.head.position,
                hash: checkpoint.head.hash.to_string(),
                at: checkpoint.at.to_string(),
                at_micros: checkpoint.at.as_unix_micros(),
                key: checkpoint.key.to_string(),
                signature: URL_SAFE_NO_PAD.encode(checkpoint.signature),
            },
            Self::End { links, checkpoints } => Written::End {
                links: *links,
                checkpoints: *checkpoints,
            },
        }
    }
}

impl fmt::Display for Line {
    /// Writes the line without its end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = Vec::with_capacity(512);
        self.written()
            .serialize(&mut Serializer::with_formatter(&mut text, Ascii))
            .map_err(|_| fmt::Error)?;
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

fn write_link(link: &Link) -> WrittenEvent {
    let Link {
        position,
        event,
        hash,
    } = link;
    let (client_network, client_sealed) = match &event.client {
        None => (None, None),
        Some(KeptClient::Open(network)) => (Some(network.clone()), None),
        Some(KeptClient::Sealed(record)) => (None, Some(URL_SAFE_NO_PAD.encode(record))),
    };
    WrittenEvent {
        position: *position,
        id: event.id.to_string(),
        at: event.at.to_string(),
        at_micros: event.at.as_unix_micros(),
        actor_kind: event.actor_kind.clone(),
        actor: event.actor.map(|actor| actor.to_string()),
        action: event.action.clone(),
        outcome: event.outcome.clone(),
        resource_kind: event.resource_kind.clone(),
        resource: event.resource.map(|id| hyphenated(id).to_string()),
        request: event.request.clone(),
        client_network,
        client_sealed,
        metadata: event.metadata.clone(),
        hash: hash.to_string(),
    }
}

fn read_link(written: WrittenEvent) -> Option<Link> {
    let client = match (written.client_network, written.client_sealed) {
        (None, None) => None,
        (Some(network), None) => Some(KeptClient::Open(network)),
        (None, Some(record)) => Some(KeptClient::Sealed(URL_SAFE_NO_PAD.decode(record).ok()?)),
        (Some(_), Some(_)) => return None,
    };
    let event = TrailEvent {
        id: written.id.parse::<EventId>().ok()?,
        at: Timestamp::from_unix_micros(written.at_micros),
        actor_kind: written.actor_kind,
        actor: read_id(written.actor).ok()?,
        action: written.action,
        outcome: written.outcome,
        resource_kind: written.resource_kind,
        resource: read_id(written.resource).ok()?.map(|id| *id.as_bytes()),
        request: written.request,
        client,
        metadata: written.metadata,
    };
    Some(Link {
        position: written.position,
        event,
        hash: ChainHash(read_hex(&written.hash)?),
    })
}

fn read_checkpoint(
    position: u64,
    hash: &str,
    at_micros: i64,
    key: &str,
    signature: &str,
) -> Option<Checkpoint> {
    let hash = ChainHash(read_hex(hash)?);
    Some(Checkpoint {
        head: ChainHead { position, hash },
        at: Timestamp::from_unix_micros(at_micros),
        key: CheckpointKey(read_hex(key)?),
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?.try_into().ok()?,
    })
}

/// All ids are written alike, whatever they are of.
fn hyphenated(id: [u8; 16]) -> UserId {
    UserId::from_bytes(id)
}

fn read_id(text: Option<String>) -> Result<Option<UserId>, InvalidId> {
    text.map(|text| text.parse()).transpose()
}

fn read_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let pairs = text.as_bytes().chunks_exact(2);
    if text.len() != N * 2 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(pairs) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(bytes)
}

/// JSON in which everything but printable ASCII is escaped, so that a line is one line in every reader
/// and nothing in it turns the text around.
struct Ascii;

impl Formatter for Ascii {
    fn write_string_fragment<W>(&mut self, writer: &mut W, fragment: &str) -> io::Result<()>
    where
        W: ?Sized + io::Write,
    {
        for character in fragment.chars() {
            if matches!(character, ' '..='~') {
                writer.write_all(&[character as u8])?;
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    write!(writer, "\\u{unit:04x}")?;
                }
            }
        }
        Ok(())
    }
}
