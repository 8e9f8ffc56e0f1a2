//! The documents' rows.

use async_trait::async_trait;
use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, QueryResult,
    SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::document::{Document, Sha256Digest};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, DocumentId, UserId};
use wharf_domain::ports::documents::Documents;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::time::Timestamp;
use wharf_domain::verification::Verification;

use crate::conn::{Conn, with_conn};
use crate::database::Database;
use crate::dialect;
use crate::error::{query_failed, unavailable};
use crate::schema::documents;
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = documents, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
struct DocumentRow {
    id: IdBytes,
    owner_id: IdBytes,
    name: String,
    content_type: String,
    size_bytes: i64,
    sha256: Vec<u8>,
    connection_id: Option<IdBytes>,
    item_id: String,
    storage_etag: Option<String>,
    storage_modified_at: Option<UnixMicros>,
    storage_size_bytes: Option<i64>,
    verification: Option<String>,
    created_at: UnixMicros,
}

impl TryFrom<&Document> for DocumentRow {
    type Error = RepositoryError;

    /// Fails for sizes beyond 8 EiB, which the databases cannot hold.
    fn try_from(document: &Document) -> Result<Self, RepositoryError> {
        Ok(Self {
            id: document.id.into(),
            owner_id: document.owner.into(),
            name: document.name.as_str().to_owned(),
            content_type: document.content_type.as_str().to_owned(),
            size_bytes: document.size_bytes.try_into().map_err(unavailable)?,
            sha256: document.sha256.0.to_vec(),
            connection_id: document.place.connection().map(IdBytes::from),
            item_id: document.item.to_string(),
            storage_etag: document
                .storage_etag
                .as_ref()
                .map(|tag| tag.as_str().to_owned()),
            storage_modified_at: document.storage_modified_at.map(UnixMicros::from),
            storage_size_bytes: Some(
                document
                    .storage_size_bytes
                    .try_into()
                    .map_err(unavailable)?,
            ),
            verification: Some(document.verification.as_str().to_owned()),
            created_at: document.created_at.into(),
        })
    }
}

impl TryFrom<DocumentRow> for Document {
    type Error = RepositoryError;

    fn try_from(row: DocumentRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "documents",
            column,
            row: row.id.to_string(),
        };
        let sha256 = row.sha256.as_slice().try_into();
        let storage_etag = row.storage_etag.map(|tag| tag.parse()).transpose();
        // Rows from before these columns are of storages that keep what they get.
        let storage_size_bytes = row.storage_size_bytes.unwrap_or(row.size_bytes);
        let verification = row.verification.as_deref().map(str::parse).transpose();
        let verification = verification.map_err(|_| broken("verification"))?;
        Ok(Self {
            id: row.id.into(),
            owner: row.owner_id.into(),
            name: row.name.parse().map_err(|_| broken("name"))?,
            content_type: row
                .content_type
                .parse()
                .map_err(|_| broken("content_type"))?,
            size_bytes: row
                .size_bytes
                .try_into()
                .map_err(|_| broken("size_bytes"))?,
            sha256: Sha256Digest(sha256.map_err(|_| broken("sha256"))?),
            place: row.connection_id.map(ConnectionId::from).into(),
            item: row.item_id.parse().map_err(|_| broken("item_id"))?,
            storage_etag: storage_etag.map_err(|_| broken("storage_etag"))?,
            storage_modified_at: row.storage_modified_at.map(Timestamp::from),
            storage_size_bytes: storage_size_bytes
                .try_into()
                .map_err(|_| broken("storage_size_bytes"))?,
            verification: verification.unwrap_or(Verification::SizeOnly),
            created_at: row.created_at.into(),
        })
    }
}

#[async_trait]
impl Documents for Database {
    async fn insert(&self, document: &Document, events: &[Event]) -> Result<bool, RepositoryError> {
        let row = DocumentRow::try_from(document)?;
        let mut transaction = self.begin().await?;
        let inserted = insert_where_live(transaction.conn(), row).await;
        let saved = transaction.conclude(inserted, events).await?;
        Ok(saved.is_some())
    }

    async fn find(
        &self,
        owner: UserId,
        id: DocumentId,
    ) -> Result<Option<Document>, RepositoryError> {
        let row: Option<DocumentRow> =
            with_conn!(&mut self.acquire().await?, |conn| documents::table
                .find(IdBytes::from(id))
                .filter(documents::owner_id.eq(IdBytes::from(owner)))
                .select(DocumentRow::as_select())
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        row.map(Document::try_from).transpose()
    }

    async fn list(
        &self,
        owner: UserId,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<Document>, RepositoryError> {
        let before = after.map_or(IdBytes::HIGHEST, IdBytes::from);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<DocumentRow> =
            with_conn!(&mut self.acquire().await?, |conn| documents::table
                .filter(documents::owner_id.eq(IdBytes::from(owner)))
                .filter(documents::id.lt(before))
                .order(documents::id.desc())
                .limit(limit)
                .select(DocumentRow::as_select())
                .load(conn)
                .await)
            .map_err(query_failed)?;
        rows.into_iter().map(Document::try_from).collect()
    }

    async fn delete(
        &self,
        owner: UserId,
        id: DocumentId,
        events: &[Event],
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let deleted = with_conn!(transaction.conn(), |conn| diesel::delete(documents::table)
            .filter(documents::id.eq(IdBytes::from(id)))
            .filter(documents::owner_id.eq(IdBytes::from(owner)))
            .execute(conn)
            .await);
        let saved = transaction.conclude(deleted.map(changed), events).await?;
        Ok(saved.is_some())
    }
}

async fn insert_where_live(conn: &mut Conn, row: DocumentRow) -> QueryResult<Option<()>> {
    if !dialect::hold_regular_owner(conn, row.owner_id).await? {
        return Ok(None);
    }
    if let Some(connection) = row.connection_id {
        let held = dialect::hold_connection(conn, row.owner_id, connection).await?;
        if !held.is_some_and(|held| held.is_live) {
            return Ok(None);
        }
    }
    let inserted = with_conn!(conn, |conn| diesel::insert_into(documents::table)
        .values(row)
        .execute(conn)
        .await)?;
    Ok(changed(inserted))
}
