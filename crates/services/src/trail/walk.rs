//! The whole trail from its beginning, page by page, each checkpoint behind the last link that it covers:
//! in the order in which it is checked and exported.

use std::collections::VecDeque;

use wharf_audit::export::Line;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::ports::trail::Trail;
use wharf_domain::trail::Checkpoint;

/// How many links are read at once.
const PAGE: usize = 1_000;

/// A way through the trail. It may grow meanwhile.
pub(super) struct Walk<'a> {
    trail: &'a dyn Trail,
    /// The position of the last link that was read.
    links_after: u64,
    /// The position of the last checkpoint that was read.
    checkpoints_after: u64,
    /// Those that were read and have not come yet, in order.
    checkpoints: VecDeque<Checkpoint>,
    /// Those that were kept elsewhere, in order.
    outside: VecDeque<Checkpoint>,
    is_over: bool,
}

impl<'a> Walk<'a> {
    /// Before the first link. Checkpoints that were kept elsewhere come where they belong.
    pub(super) fn new(trail: &'a dyn Trail, mut outside: Vec<Checkpoint>) -> Self {
        outside.sort_by_key(|checkpoint| checkpoint.head.position);
        Self {
            trail,
            links_after: 0,
            checkpoints_after: 0,
            checkpoints: VecDeque::new(),
            outside: outside.into(),
            is_over: false,
        }
    }

    /// The next lines; `None` behind the last.
    ///
    /// A link is there before its checkpoint. So a checkpoint ahead of all links speaks of what is missing
    /// only if it was read before the links were.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<Line>>, RepositoryError> {
        if self.is_over {
            return Ok(None);
        }
        if self.checkpoints.is_empty() {
            self.read_checkpoints().await?;
        }
        let links = self.trail.links(self.links_after, PAGE).await?;
        let mut lines = Vec::with_capacity(links.len());
        let Some(end) = links.last().map(|link| link.position) else {
            self.take_checkpoints(u64::MAX, &mut lines);
            self.is_over = lines.is_empty();
            return Ok((!self.is_over).then_some(lines));
        };
        while self.checkpoints_after <= end && self.read_checkpoints().await? {}
        for link in links {
            self.take_checkpoints(link.position.saturating_sub(1), &mut lines);
            lines.push(Line::Link(Box::new(link)));
        }
        self.take_checkpoints(end, &mut lines);
        self.links_after = end;
        Ok(Some(lines))
    }

    /// Reads more checkpoints; `false` if there are none.
    async fn read_checkpoints(&mut self) -> Result<bool, RepositoryError> {
        let after = self.checkpoints_after;
        let read = self.trail.checkpoints(after, PAGE).await?;
        if let Some(last) = read.last() {
            self.checkpoints_after = last.head.position;
        }
        let any = !read.is_empty();
        self.checkpoints.extend(read);
        Ok(any)
    }

    /// Moves on all checkpoints of chains up to this length.
    fn take_checkpoints(&mut self, until: u64, lines: &mut Vec<Line>) {
        for waiting in [&mut self.checkpoints, &mut self.outside] {
            while let Some(checkpoint) = waiting.pop_front_if(|it| it.head.position <= until) {
                lines.push(Line::Checkpoint(checkpoint));
            }
        }
    }
}
