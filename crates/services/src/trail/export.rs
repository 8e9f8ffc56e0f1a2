//! The trail on its way out of the database, as lines that can be checked without it.

use std::fmt;

use wharf_audit::export::Line;
use wharf_domain::ports::trail::Trail;

use super::walk::Walk;
use crate::error::ServiceError;

/// An export under way.
pub struct Export<'a> {
    walk: Walk<'a>,
    links: u64,
    checkpoints: u64,
    stage: Stage,
}

enum Stage {
    Start,
    Middle,
    Over,
}

impl fmt::Debug for Export<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Export").finish_non_exhaustive()
    }
}

impl<'a> Export<'a> {
    pub(super) fn of(trail: &'a dyn Trail) -> Self {
        Self {
            walk: Walk::new(trail, Vec::new()),
            links: 0,
            checkpoints: 0,
            stage: Stage::Start,
        }
    }

    /// The next lines; `None` behind the last.
    ///
    /// # Errors
    /// If the database fails, or a row is nothing that Wharf writes.
    pub async fn next(&mut self) -> Result<Option<Vec<Line>>, ServiceError> {
        match self.stage {
            Stage::Start => {
                self.stage = Stage::Middle;
                Ok(Some(vec![Line::Start]))
            }
            Stage::Middle => match self.walk.next().await? {
                Some(lines) => {
                    let links = lines
                        .iter()
                        .filter(|it| matches!(it, Line::Link(_)))
                        .count();
                    self.links += links as u64;
                    self.checkpoints += (lines.len() - links) as u64;
                    Ok(Some(lines))
                }
                None => {
                    self.stage = Stage::Over;
                    let (links, checkpoints) = (self.links, self.checkpoints);
                    Ok(Some(vec![Line::End { links, checkpoints }]))
                }
            },
            Stage::Over => Ok(None),
        }
    }
}
