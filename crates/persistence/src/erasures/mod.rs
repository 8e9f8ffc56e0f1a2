//! The erasures: what is left to be done of deleted accounts. How an account becomes one stands in
//! `begin`.

mod begin;
mod progress;
mod rows;

use async_trait::async_trait;
use diesel::{
    ExpressionMethods as _, OptionalExtension as _, QueryDsl as _, SelectableHelper as _,
};
use diesel_async::RunQueryDsl as _;
use wharf_domain::erasure::{
    DocumentEnd, DoomedDocument, Erasure, ErasurePart, ErasureReport, GrantEnd, LeftBehind,
};
use wharf_domain::event::Event;
use wharf_domain::id::{ConnectionId, DocumentId, ErasureId, StepId, UserId};
use wharf_domain::ports::erasure_credentials::{ErasureCredentials, PartCredential};
use wharf_domain::ports::erasures::{
    AccountDeleted, Answered, EndEvents, ErasurePlan, Erasures, Estate,
};
use wharf_domain::ports::repository::RepositoryError;
use wharf_domain::step::SealedPayload;
use wharf_domain::time::Timestamp;

use crate::conn::with_conn;
use crate::database::Database;
use crate::error::query_failed;
use crate::schema::{
    answered_requests, erasure_credentials, erasure_documents, erasure_parts, erasures, users,
};
use crate::sql_types::{IdBytes, UnixMicros};
use crate::transaction::changed;

pub(crate) use self::rows::ErasureRow;
use self::rows::{CredentialRow, DoomedRow, PartRow};

#[async_trait]
impl Erasures for Database {
    async fn estate(&self, user: UserId) -> Result<Option<Estate>, RepositoryError> {
        begin::read_estate(&mut self.acquire().await?, user.into()).await
    }

    async fn begin(
        &self,
        plan: &ErasurePlan,
        events: &[Event],
    ) -> Result<AccountDeleted, RepositoryError> {
        let mut transaction = self.begin().await?;
        let deleted = begin::delete_account(transaction.conn(), plan).await;
        let outcome = deleted.as_ref().map_or(AccountDeleted::Stale, |it| *it);
        let done = deleted.map(|deleted| (deleted == AccountDeleted::Done).then_some(()));
        transaction.conclude(done, events).await?;
        Ok(outcome)
    }

    async fn answered(
        &self,
        request: &Answered,
    ) -> Result<Option<(ErasureId, [u8; 32])>, RepositoryError> {
        let found: Option<(IdBytes, Vec<u8>)> =
            with_conn!(&mut self.acquire().await?, |conn| answered_requests::table
                .filter(answered_requests::caller_id.eq(IdBytes::from(request.caller)))
                .filter(answered_requests::route.eq(request.route))
                .filter(answered_requests::key_sha256.eq(request.key_sha256.as_slice()))
                .filter(answered_requests::created_at.ge(UnixMicros::from(request.known_since())))
                .select((
                    answered_requests::outcome_id,
                    answered_requests::request_sha256
                ))
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        let found = found.map(|(id, digest)| match digest.try_into() {
            Ok(digest) => Ok((id.into(), digest)),
            Err(_) => Err(RepositoryError::Inconsistent {
                table: "answered_requests",
                column: "request_sha256",
                row: id.to_string(),
            }),
        });
        found.transpose()
    }

    async fn running(&self, user: UserId) -> Result<Option<ErasureId>, RepositoryError> {
        let id: Option<IdBytes> = with_conn!(&mut self.acquire().await?, |conn| erasures::table
            .filter(erasures::user_id.eq(IdBytes::from(user)))
            .filter(erasures::ended_at.is_null())
            .select(erasures::id)
            .first(conn)
            .await)
        .optional()
        .map_err(query_failed)?;
        Ok(id.map(ErasureId::from))
    }

    async fn report(&self, id: ErasureId) -> Result<Option<ErasureReport>, RepositoryError> {
        progress::report(&mut self.acquire().await?, id.into()).await
    }

    async fn present(&self, users: &[UserId]) -> Result<Vec<UserId>, RepositoryError> {
        let ids: Vec<IdBytes> = users.iter().copied().map(IdBytes::from).collect();
        let present: Vec<IdBytes> = with_conn!(&mut self.acquire().await?, |conn| users::table
            .filter(users::id.eq_any(&ids))
            .select(users::id)
            .load(conn)
            .await)
        .map_err(query_failed)?;
        Ok(present.into_iter().map(UserId::from).collect())
    }

    async fn part(
        &self,
        id: StepId,
    ) -> Result<Option<(Erasure, ErasurePart, Option<PartCredential>)>, RepositoryError> {
        let found: Option<(ErasureRow, PartRow, Option<CredentialRow>)> =
            with_conn!(&mut self.acquire().await?, |conn| erasure_parts::table
                .inner_join(erasures::table)
                .left_join(erasure_credentials::table)
                .filter(erasure_parts::id.eq(IdBytes::from(id)))
                .select((
                    ErasureRow::as_select(),
                    PartRow::as_select(),
                    Option::<CredentialRow>::as_select(),
                ))
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        let found = found.map(|(erasure, part, credential)| {
            let credential = credential.map(PartCredential::try_from);
            Ok((erasure.into(), part.try_into()?, credential.transpose()?))
        });
        found.transpose()
    }

    async fn doomed(
        &self,
        part: StepId,
        after: Option<DocumentId>,
        limit: usize,
    ) -> Result<Vec<DoomedDocument>, RepositoryError> {
        let after = after.map_or(IdBytes::LOWEST, IdBytes::from);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<DoomedRow> =
            with_conn!(&mut self.acquire().await?, |conn| erasure_documents::table
                .filter(erasure_documents::part_id.eq(IdBytes::from(part)))
                .filter(erasure_documents::left_behind.is_null())
                .filter(erasure_documents::id.gt(after))
                .order(erasure_documents::id)
                .limit(limit)
                .select(DoomedRow::as_select())
                .load(conn)
                .await)
            .map_err(query_failed)?;
        rows.into_iter().map(DoomedDocument::try_from).collect()
    }

    async fn ended(
        &self,
        part: StepId,
        ends: &[(DocumentId, DocumentEnd, Option<Event>)],
    ) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let (noted, events) = match progress::note(transaction.conn(), part.into(), ends).await {
            Ok(events) => (Ok(Some(())), events),
            Err(error) => (Err(error), Vec::new()),
        };
        transaction.conclude(noted, &events).await?;
        Ok(())
    }

    async fn leave(&self, part: StepId, why: LeftBehind) -> Result<u64, RepositoryError> {
        let mut transaction = self.begin().await?;
        let left = progress::leave(transaction.conn(), part.into(), why).await;
        let left = transaction.conclude(left.map(Some), &[]).await?;
        Ok(left.unwrap_or_default())
    }

    async fn clear(&self, part: StepId) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let cleared = with_conn!(transaction.conn(), |conn| diesel::update(
            erasure_parts::table.find(IdBytes::from(part))
        )
        .set(erasure_parts::account_key.eq(None::<String>))
        .execute(conn)
        .await);
        transaction.conclude(cleared.map(changed), &[]).await?;
        Ok(())
    }

    async fn end_part(
        &self,
        part: StepId,
        grant: Option<GrantEnd>,
        now: Timestamp,
        events: EndEvents<'_>,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let ended = progress::end_part(transaction.conn(), part.into(), grant, now.into()).await;
        let saved = match &ended {
            Ok(Some(ends)) => ends.events(events),
            Ok(None) | Err(_) => Vec::new(),
        };
        let ended = transaction.conclude(ended, &saved).await?;
        Ok(ended.is_some())
    }

    async fn recorded(
        &self,
        id: ErasureId,
        now: Timestamp,
        erased: &Event,
    ) -> Result<(), RepositoryError> {
        let mut transaction = self.begin().await?;
        let recorded = progress::recorded(transaction.conn(), id.into(), now.into()).await;
        let saved = match &recorded {
            Ok(Some(true)) => std::slice::from_ref(erased),
            Ok(_) | Err(_) => &[],
        };
        transaction.conclude(recorded, saved).await?;
        Ok(())
    }
}

#[async_trait]
impl ErasureCredentials for Database {
    async fn of_connection(
        &self,
        id: ConnectionId,
    ) -> Result<Option<(Erasure, StepId, PartCredential)>, RepositoryError> {
        let found: Option<(ErasureRow, CredentialRow)> =
            with_conn!(&mut self.acquire().await?, |conn| erasure_parts::table
                .inner_join(erasures::table)
                .inner_join(erasure_credentials::table)
                .filter(erasure_parts::connection_id.eq(Some(IdBytes::from(id))))
                .select((ErasureRow::as_select(), CredentialRow::as_select()))
                .first(conn)
                .await)
            .optional()
            .map_err(query_failed)?;
        let found = found.map(|(erasure, credential)| {
            let part = StepId::from(credential.part_id);
            Ok((erasure.into(), part, credential.try_into()?))
        });
        found.transpose()
    }

    async fn replace(
        &self,
        part: StepId,
        credential: &SealedPayload,
        replaced: u32,
    ) -> Result<bool, RepositoryError> {
        let mut transaction = self.begin().await?;
        let stored = with_conn!(transaction.conn(), |conn| diesel::update(
            erasure_credentials::table.find(IdBytes::from(part))
        )
        .filter(erasure_credentials::version.eq(i64::from(replaced)))
        .set((
            erasure_credentials::sealed.eq(credential.0.as_slice()),
            erasure_credentials::version.eq(i64::from(replaced) + 1),
            erasure_credentials::held_until.eq(None::<UnixMicros>),
        ))
        .execute(conn)
        .await);
        let saved = transaction.conclude(stored.map(changed), &[]).await?;
        Ok(saved.is_some())
    }
}
