//! `q`: which files a listing is about.
//! <https://developers.google.com/workspace/drive/api/guides/ref-search-terms>

mod parse;
mod term;

use super::caller::Caller;
use super::file::File;
use super::world::World;

use term::Term;

/// What a file has to meet.
#[derive(Debug, PartialEq)]
pub(super) enum Query {
    All(Vec<Query>),
    Any(Vec<Query>),
    Not(Box<Query>),
    Is(Term),
}

impl Query {
    /// Reads a query; `None` if it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        parse::parse(text)
    }

    /// What every file meets.
    pub(super) fn everything() -> Self {
        Self::All(Vec::new())
    }

    /// The folder that all files must be in, if the query says so.
    pub(super) fn folder(&self) -> Option<&str> {
        match self {
            Self::Is(Term::In(folder)) => Some(folder),
            Self::All(parts) => parts.iter().find_map(Self::folder),
            _ => None,
        }
    }

    /// The folders that the query names anywhere.
    pub(super) fn folders(&self) -> Vec<&str> {
        match self {
            Self::Is(Term::In(folder)) => vec![folder],
            Self::Is(_) => Vec::new(),
            Self::Not(part) => part.folders(),
            Self::All(parts) | Self::Any(parts) => parts.iter().flat_map(Self::folders).collect(),
        }
    }

    /// Whether a file meets it.
    pub(super) fn is_met(&self, world: &World, caller: &Caller, file: &File) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|part| part.is_met(world, caller, file)),
            Self::Any(parts) => parts.iter().any(|part| part.is_met(world, caller, file)),
            Self::Not(part) => !part.is_met(world, caller, file),
            Self::Is(term) => term.is_met(world, caller, file),
        }
    }
}
