//! When an access token is renewed: before it ends, not when it has ended. It knows no clock and
//! no server.

use std::time::Duration;

use wharf_crypto::digest::Sha256;
use wharf_domain::credential::OAuthTokens;
use wharf_domain::id::ConnectionId;
use wharf_domain::time::Timestamp;

/// A token that ends so soon is taken for ended: clocks differ, and calls take time.
const MARGIN: Duration = Duration::from_secs(60);

/// What a transfer may take, at least.
const TRANSFER: Duration = Duration::from_secs(300);

/// How long a call through a connection may last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lasting {
    /// One request and its answer.
    Moment,
    /// A content on its way, which may outlive a token that is near its end.
    Transfer,
}

/// Whether an access token is to be renewed before it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Due {
    /// Not yet.
    No,
    /// It would be better, but it is good for this call.
    Early,
    /// It has ended, or is about to.
    Now,
}

/// Whether these tokens of this connection are due.
///
/// The moment is drawn from the connection and the token, so that those who connected together do not
/// renew together, and all replicas agree.
pub(super) fn due(
    tokens: &OAuthTokens,
    connection: ConnectionId,
    now: Timestamp,
    lasting: Lasting,
) -> Due {
    let life = tokens.expires_at.since(tokens.issued_at);
    let left = tokens.expires_at.since(now);
    // Of a token that lives for minutes only, a minute would be too much.
    if left <= MARGIN.min(life / 4) {
        return Due::Now;
    }
    let age = now.since(tokens.issued_at);
    let permille = 700 + spread(connection, tokens.issued_at) % 201;
    let is_old = age >= life / 1000 * permille;
    let is_short = lasting == Lasting::Transfer && left < TRANSFER.min(life / 2);
    if is_old || is_short {
        Due::Early
    } else {
        Due::No
    }
}

/// A number that is the connection's at this time, and nobody else's.
pub(crate) fn spread(connection: ConnectionId, at: Timestamp) -> u32 {
    let mut digest = Sha256::new();
    digest.update(connection.as_bytes());
    digest.update(&at.as_unix_micros().to_be_bytes());
    let [a, b, c, d, ..] = digest.finish();
    u32::from_be_bytes([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use wharf_domain::scopes::Scopes;

    use super::*;

    const ISSUED: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    fn tokens(life_secs: u64) -> OAuthTokens {
        OAuthTokens {
            access_token: "at".into(),
            refresh_token: "rt".into(),
            issued_at: ISSUED,
            expires_at: ISSUED.plus(Duration::from_secs(life_secs)),
            scopes: Scopes::default(),
        }
    }

    fn connection(number: u8) -> ConnectionId {
        ConnectionId::from_bytes([number; 16])
    }

    fn after(seconds: u64, life_secs: u64, lasting: Lasting) -> Due {
        let now = ISSUED.plus(Duration::from_secs(seconds));
        due(&tokens(life_secs), connection(1), now, lasting)
    }

    /// Whether this connection's token of an hour is renewed early at this second.
    fn is_early(number: u8, seconds: u64) -> bool {
        let now = ISSUED.plus(Duration::from_secs(seconds));
        due(&tokens(3600), connection(number), now, Lasting::Moment) == Due::Early
    }

    //
    #[test]
    fn tokens_are_renewed_at_four_fifths_of_their_life_each_at_its_own_time() {
        let early_at = |seconds| {
            (0..=255)
                .filter(|number| is_early(*number, seconds))
                .count()
        };
        assert_eq!(early_at(2519), 0);
        let growing = [2600, 2700, 2800, 2900, 3000, 3100, 3200].map(early_at);
        assert!(growing.is_sorted_by(|earlier, later| earlier < later));
        assert_eq!(early_at(3240), 256);
    }

    //
    #[test]
    fn the_last_minute_is_not_used() {
        assert_eq!(after(0, 3600, Lasting::Moment), Due::No);
        assert_eq!(after(3539, 3600, Lasting::Moment), Due::Early);
        assert_eq!(after(3540, 3600, Lasting::Moment), Due::Now);
        assert_eq!(after(9999, 3600, Lasting::Moment), Due::Now);
    }

    #[test]
    fn a_token_of_a_minute_is_used_all_the_same() {
        assert_eq!(after(0, 60, Lasting::Moment), Due::No);
        assert_eq!(after(0, 60, Lasting::Transfer), Due::No);
        assert_eq!(after(45, 60, Lasting::Moment), Due::Now);
        assert_eq!(after(0, 0, Lasting::Moment), Due::Now);
    }

    //
    #[test]
    fn a_transfer_needs_a_token_that_lasts() {
        assert_eq!(after(1000, 3600, Lasting::Transfer), Due::No);
        for (life, seconds) in [(1200, 901), (600, 301)] {
            assert_eq!(
                after(seconds, life, Lasting::Transfer),
                Due::Early,
                "{life}"
            );
        }
        // As long as any token of this kind.
        assert_eq!(after(0, 300, Lasting::Transfer), Due::No);
    }

    //
    #[test]
    fn a_clock_that_was_put_back_does_not_renew_at_each_call() {
        let an_hour_before = Timestamp::from_unix_seconds(1_000_000 - 3600);
        let due = due(
            &tokens(3600),
            connection(1),
            an_hour_before,
            Lasting::Transfer,
        );
        assert_eq!(due, Due::No);
    }
}
