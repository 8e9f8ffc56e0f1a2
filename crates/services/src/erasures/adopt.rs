//! A token that was got for a connection whose account was deleted meanwhile: an erasure that still
//! needs the connection's credential takes it, for the one that it has may be good no more.

use secrecy::ExposeSecret as _;
use wharf_domain::credential::{Credential, OAuthTokens};
use wharf_domain::id::ConnectionId;
use wharf_domain::ports::erasure_credentials::ErasureCredentials;
use wharf_domain::step::SealedPayload;

use super::account::Account;
use crate::error::ServiceError;
use crate::vault::Vault;

/// Gives new tokens to the erasure that needs them. `false` if none does.
pub(crate) async fn adopt(
    credentials: &dyn ErasureCredentials,
    vault: &Vault,
    connection: ConnectionId,
    tokens: &OAuthTokens,
) -> Result<bool, ServiceError> {
    loop {
        let Some((erasure, part, current)) = credentials.of_connection(connection).await? else {
            return Ok(false);
        };
        let purge_key = vault.purge_key(&erasure).await?;
        let opened = purge_key.open(part, current.version, &current.sealed.0);
        let opened = opened.await?;
        let Some(mut account) = Account::decode(opened.expose_secret()) else {
            return Ok(false);
        };
        if let Credential::OAuth(known) = &account.credential
            && known.issued_at > tokens.issued_at
        {
            return Ok(true);
        }
        account.credential = Credential::OAuth(tokens.clone());
        let next = current.version.saturating_add(1);
        let sealed = SealedPayload(purge_key.seal(part, next, &account.encode())?);
        if credentials.replace(part, &sealed, current.version).await? {
            return Ok(true);
        }
    }
}
