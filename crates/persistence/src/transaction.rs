//! Changes that are saved together with their events or not at all.

use diesel::QueryResult;
use tokio::sync::OwnedMutexGuard;
use wharf_domain::event::Event;
use wharf_domain::ports::repository::RepositoryError;

use crate::conn::Conn;
use crate::error::{query_failed, unavailable};
use crate::{dialect, events};

/// An open transaction.
///
/// It ends with [`conclude`](Self::conclude). If its future is dropped before that (a client hung up)
/// its connection is closed at once: given back to the pool, it would hold its locks until somebody
/// happened to be lent it.
#[derive(Debug)]
pub(crate) struct Transaction {
    conn: Option<Conn>,
    _turn: Option<OwnedMutexGuard<()>>,
}

impl Transaction {
    /// Begins a transaction. `turn` is what makes other writers wait until it has ended.
    pub(crate) async fn begin(
        conn: Conn,
        turn: Option<OwnedMutexGuard<()>>,
    ) -> Result<Self, RepositoryError> {
        let begin = dialect::begin_write(&conn);
        let mut transaction = Self {
            conn: Some(conn),
            _turn: turn,
        };
        transaction.conn().run(begin).await.map_err(unavailable)?;
        Ok(transaction)
    }

    /// The connection that the transaction is open on.
    pub(crate) fn conn(&mut self) -> &mut Conn {
        self.conn
            .as_mut()
            .expect("only what consumes a transaction takes its connection away")
    }

    /// Saves the change with its events if there was one, else undoes everything.
    pub(crate) async fn conclude<T>(
        mut self,
        change: QueryResult<Option<T>>,
        events: &[Event],
    ) -> Result<Option<T>, RepositoryError> {
        let saved = match change {
            Ok(Some(change)) => self.commit(events).await.map(|()| Some(change)),
            unchanged => unchanged,
        };
        if let Ok(Some(_)) = saved {
            self.give_back();
        } else if self.conn().run("ROLLBACK").await.is_ok() {
            // Nothing happened or nothing is left of it. What cannot be rolled back is closed.
            self.give_back();
        }
        saved.map_err(query_failed)
    }

    async fn commit(&mut self, events: &[Event]) -> QueryResult<()> {
        for event in events {
            events::save(self.conn(), event).await?;
        }
        self.conn().run("COMMIT").await
    }

    fn give_back(&mut self) {
        drop(self.conn.take());
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if let Some(conn) = self.conn.take() {
            conn.close();
        }
    }
}

/// What a statement's row count says about whether there was a change.
pub(crate) fn changed(rows: usize) -> Option<()> {
    (rows > 0).then_some(())
}
