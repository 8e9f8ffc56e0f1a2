#![doc = include_str!("../README.md")]

pub mod context;
pub mod data_key;
pub mod derived;
pub mod digest;
pub mod error;
pub mod key_id;
pub mod keyring;
pub mod live;
pub mod password;
pub mod provider;
pub mod random;
pub mod signature;
pub mod signing_key;

mod cipher;
mod record;
mod seal;

pub use context::{Context, Purpose};
pub use data_key::DataKey;
pub use derived::DerivedKey;
pub use error::{
    KeyPlace, KeyringError, KeyringFault, OpenError, ParseKeyIdError, ParsePublicKeyError,
    PasswordError, RandomError, SealError,
};
pub use key_id::KeyId;
pub use keyring::{KeyDescription, KeyState, Keyring, Origin};
pub use live::LiveKeyring;
pub use provider::{KeyFile, KeyProvider, KeyText, Stamp};
pub use signature::{PublicKey, Signer};
pub use signing_key::SigningKey;
