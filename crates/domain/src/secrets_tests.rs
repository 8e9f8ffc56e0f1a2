//! G-01: what holds a secret cannot be printed, serialised or turned into text by accident.

use std::fmt::{Debug, Display};

use secrecy::SecretString;
use secrecy::zeroize::ZeroizeOnDrop;
use serde::Serialize;
use static_assertions::{assert_impl_all, assert_not_impl_any};

use crate::connection::SealedCredential;
use crate::credential::{Credential, OAuthTokens};
use crate::operator_key::KnownKey;
use crate::ports::nextcloud::{Login, LoginBegun, LoginPoll, Polled};
use crate::ports::oauth::{AuthorizationRequest, CodeRedemption, Granted};
use crate::ports::tokens::AccessToken;
use crate::step::SealedPayload;
use crate::user::{PasswordHash, WrappedDataKey};

assert_not_impl_any!(Credential: Debug, Display, Serialize);
assert_not_impl_any!(OAuthTokens: Debug, Display, Serialize);
assert_not_impl_any!(AuthorizationRequest: Debug, Display, Serialize, Clone);
assert_not_impl_any!(CodeRedemption: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Granted: Debug, Display, Serialize, Clone);
assert_not_impl_any!(Login: Debug, Display, Serialize);
assert_not_impl_any!(LoginBegun: Debug, Display, Serialize);
assert_not_impl_any!(LoginPoll: Debug, Display, Serialize);
assert_not_impl_any!(Polled: Debug, Display, Serialize);
assert_not_impl_any!(AccessToken: Display, Serialize);

// What may stand within something that is printed says nothing of itself.
assert_not_impl_any!(PasswordHash: Display, Serialize, AsRef<str>);
assert_not_impl_any!(WrappedDataKey: Display, Serialize, AsRef<[u8]>);
assert_not_impl_any!(SealedCredential: Display, Serialize, AsRef<[u8]>);
assert_not_impl_any!(SealedPayload: Display, Serialize, AsRef<[u8]>);
assert_not_impl_any!(KnownKey: Display, Serialize);

// What all of them are made of.
assert_not_impl_any!(SecretString: Display, Serialize);
assert_impl_all!(SecretString: ZeroizeOnDrop);

#[test]
fn what_is_printed_by_the_way_says_nothing() {
    let hash = PasswordHash("$argon2id$canary".into());
    let wrapped = WrappedDataKey(b"canary".to_vec());
    let sealed = SealedCredential(b"canary".to_vec());
    let payload = SealedPayload(b"canary".to_vec());
    for shown in [
        format!("{hash:?}"),
        format!("{wrapped:?}"),
        format!("{sealed:?}"),
        format!("{payload:?}"),
    ] {
        // Neither as text nor as bytes.
        assert!(!shown.contains("canary"), "{shown}");
        assert!(!shown.contains("99, 97, 110"), "{shown}");
    }
}
