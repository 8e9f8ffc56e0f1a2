//! The rows of erasures, and what they are in the domain's words.

use diesel::pg::Pg;
use diesel::prelude::{Insertable, Queryable, Selectable};
use diesel::sqlite::Sqlite;
use wharf_domain::content_version::ContentVersion;
use wharf_domain::erasure::{DoomedDocument, Erasure, ErasurePart, GrantEnd, Subject, Tally};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::erasure_credentials::PartCredential;
use wharf_domain::ports::erasures::PlannedPart;
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::provider::Provider;
use wharf_domain::step::SealedPayload;
use wharf_domain::time::Timestamp;
use wharf_domain::user::WrappedDataKey;

use crate::schema::{erasure_credentials, erasure_documents, erasure_parts, erasures};
use crate::sql_types::{IdBytes, UnixMicros};

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = erasures, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(crate) struct ErasureRow {
    pub(super) id: IdBytes,
    user_id: IdBytes,
    pub(super) purge_key: Option<Vec<u8>>,
    requested_at: UnixMicros,
    deadline: UnixMicros,
    pub(super) recorded_at: Option<UnixMicros>,
    pub(super) ended_at: Option<UnixMicros>,
}

impl From<&Erasure> for ErasureRow {
    fn from(erasure: &Erasure) -> Self {
        Self {
            id: erasure.id.into(),
            user_id: erasure.user.into(),
            purge_key: erasure.purge_key.as_ref().map(|key| key.0.clone()),
            requested_at: erasure.requested_at.into(),
            deadline: erasure.deadline.into(),
            recorded_at: erasure.recorded_at.map(UnixMicros::from),
            ended_at: erasure.ended_at.map(UnixMicros::from),
        }
    }
}

impl From<ErasureRow> for Erasure {
    fn from(row: ErasureRow) -> Self {
        Self {
            id: row.id.into(),
            user: row.user_id.into(),
            purge_key: row.purge_key.map(WrappedDataKey),
            requested_at: row.requested_at.into(),
            deadline: row.deadline.into(),
            recorded_at: row.recorded_at.map(Timestamp::from),
            ended_at: row.ended_at.map(Timestamp::from),
        }
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = erasure_parts, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(super) struct PartRow {
    pub(super) id: IdBytes,
    erasure_id: IdBytes,
    provider: Option<String>,
    connection_id: Option<IdBytes>,
    account_key: Option<String>,
    deleted: i64,
    trashed: i64,
    missing: i64,
    grant_end: Option<String>,
    ended_at: Option<UnixMicros>,
}

impl PartRow {
    /// The row of a part that is to be.
    pub(super) fn planned(erasure: IdBytes, part: &PlannedPart) -> Self {
        let provider = part.subject.provider().map(Provider::as_str);
        Self {
            id: part.id.into(),
            erasure_id: erasure,
            provider: provider.map(str::to_owned),
            connection_id: part.subject.connection().map(IdBytes::from),
            account_key: part.account.as_ref().map(|account| account.0.clone()),
            deleted: 0,
            trashed: 0,
            missing: 0,
            grant_end: None,
            ended_at: None,
        }
    }
}

impl TryFrom<PartRow> for ErasurePart {
    type Error = RepositoryError;

    fn try_from(row: PartRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "erasure_parts",
            column,
            row: row.id.to_string(),
        };
        let provider = row.provider.as_deref().map(str::parse).transpose();
        let provider: Option<Provider> = provider.map_err(|_| broken("provider"))?;
        let subject = match (provider, row.connection_id) {
            (None, None) => Subject::House,
            (Some(provider), None) => Subject::Grant { provider },
            (Some(provider), Some(id)) => Subject::Connection {
                id: ConnectionId::from(id),
                provider,
            },
            (None, Some(_)) => return Err(broken("provider")),
        };
        let grant = match row.grant_end.as_deref() {
            Some(name) => Some(GrantEnd::from_name(name).ok_or_else(|| broken("grant_end"))?),
            None => None,
        };
        Ok(Self {
            id: row.id.into(),
            subject,
            tally: Tally {
                deleted: row.deleted.unsigned_abs(),
                trashed: row.trashed.unsigned_abs(),
                missing: row.missing.unsigned_abs(),
            },
            grant,
            ended_at: row.ended_at.map(Timestamp::from),
        })
    }
}

#[derive(Insertable, Queryable, Selectable)]
#[diesel(table_name = erasure_credentials, check_for_backend(Pg, Sqlite), treat_none_as_default_value = false)]
pub(super) struct CredentialRow {
    pub(super) part_id: IdBytes,
    pub(super) sealed: Vec<u8>,
    pub(super) version: i64,
    pub(super) held_until: Option<UnixMicros>,
}

impl TryFrom<CredentialRow> for PartCredential {
    type Error = RepositoryError;

    fn try_from(row: CredentialRow) -> Result<Self, RepositoryError> {
        let version = row.version.try_into();
        let version = version.map_err(|_| RepositoryError::Inconsistent {
            table: "erasure_credentials",
            column: "version",
            row: row.part_id.to_string(),
        })?;
        Ok(Self {
            sealed: SealedPayload(row.sealed),
            version,
            held_until: row.held_until.map(Timestamp::from),
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = erasure_documents, check_for_backend(Pg, Sqlite))]
pub(super) struct DoomedRow {
    id: IdBytes,
    item_id: Option<String>,
    size_bytes: Option<i64>,
    etag: Option<String>,
    modified_at: Option<UnixMicros>,
}

impl TryFrom<DoomedRow> for DoomedDocument {
    type Error = RepositoryError;

    fn try_from(row: DoomedRow) -> Result<Self, RepositoryError> {
        let broken = |column| RepositoryError::Inconsistent {
            table: "erasure_documents",
            column,
            row: row.id.to_string(),
        };
        let item = row.item_id.ok_or_else(|| broken("item_id"))?;
        let size_bytes = row.size_bytes.map(u64::try_from).transpose();
        let etag = row.etag.map(|tag| tag.parse()).transpose();
        Ok(Self {
            id: row.id.into(),
            item: item.parse().map_err(|_| broken("item_id"))?,
            version: ContentVersion {
                size_bytes: size_bytes.map_err(|_| broken("size_bytes"))?,
                etag: etag.map_err(|_| broken("etag"))?,
                modified_at: row.modified_at.map(Timestamp::from),
            },
        })
    }
}
