//! How a session looks to its user: it has nothing that proves it.

use serde::Serialize;
use utoipa::ToSchema;
use wharf::domain::id::SessionId;
use wharf::domain::page::Page;
use wharf::services::sessions::SessionView;

/// Somewhere where a user is logged in.
#[derive(Serialize, ToSchema)]
#[schema(as = LiveSession)]
pub(crate) struct LiveSession {
    /// The session's id.
    #[schema(format = Uuid)]
    id: String,
    /// When it began.
    #[schema(format = DateTime)]
    started_at: String,
    /// When it ends unless it is carried on.
    #[schema(format = DateTime)]
    ends_at: String,
    /// Whether this request belongs to it.
    current: bool,
}

/// A page of sessions, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionPage {
    /// The sessions of this page.
    items: Vec<LiveSession>,
    /// Leads to the next page; null at the end.
    #[schema(required)]
    next_cursor: Option<String>,
}

impl SessionPage {
    /// The page, as somebody sees it whose request belongs to `current`.
    pub(in crate::routes) fn new(page: Page<SessionView>, current: Option<SessionId>) -> Self {
        let items = page.items.into_iter().map(|session| {
            let SessionView {
                id,
                started_at,
                ends_at,
            } = session;
            LiveSession {
                id: id.to_string(),
                started_at: started_at.to_string(),
                ends_at: ends_at.to_string(),
                current: current == Some(id),
            }
        });
        Self {
            items: items.collect(),
            next_cursor: page.next.map(|cursor| cursor.to_string()),
        }
    }
}
