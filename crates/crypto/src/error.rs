//! Everything that can go wrong here, one enum for each family of operations.
//!
//! No message shows a key, a password or any part of one.

use std::error::Error;
use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::key_id::KeyId;

/// The operating system gave no random bytes.
#[derive(Debug, thiserror::Error)]
#[error("the operating system's random source failed")]
pub struct RandomError(#[from] getrandom::Error);

/// The text is not 32 lower-case hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a key id is 32 lower-case hexadecimal digits")]
pub struct ParseKeyIdError;

/// A value could not be sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// There were no random bytes for a nonce.
    #[error("cannot seal without a random nonce")]
    Random(#[from] RandomError),
    /// The plaintext exceeds what the cipher can seal under one nonce, 256 GiB.
    #[error("the value is too long to be sealed")]
    TooLong,
}

/// A record could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The record names a key that is not at hand; says nothing about the record itself (K-04).
    #[error("the key {id} is not available")]
    KeyUnavailable {
        /// The key that the record names.
        id: KeyId,
    },
    /// Anything else: cut short, of an unknown version, altered, or sealed for another purpose or
    /// context. Deliberately one answer for all (K-10).
    #[error("the sealed record was refused")]
    Refused,
}

/// A password could not be hashed or checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// The password is shorter or longer than [`crate::password::LENGTH_BYTES`].
    #[error("a password has 8 to 1024 bytes")]
    Length,
    /// There were no random bytes for a salt.
    #[error("cannot hash a password without a random salt")]
    Random(#[from] RandomError),
    /// Argon2 failed, for want of memory.
    #[error("the password could not be hashed")]
    Hashing(#[source] argon2::password_hash::Error),
    /// What is stored is no Argon2 hash.
    #[error("the stored password hash cannot be read")]
    StoredHash(#[source] argon2::password_hash::Error),
    /// The stored hash asks for far more memory or time than any hash made here.
    #[error("the stored password hash asks for too much memory or time")]
    StoredHashTooCostly,
}

/// A text that is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key is `ed25519:` and 43 characters of base64url")]
pub struct ParsePublicKeyError;

/// Where the operator's keys come from, for whoever has to mend them.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeyPlace {
    /// A file.
    File(PathBuf),
    /// A text that was handed in, under this name.
    Text(&'static str),
    /// This process made them, and keeps them nowhere.
    Memory,
}

impl fmt::Display for KeyPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "key file {}", path.display()),
            Self::Text(name) => write!(f, "key file in {name}"),
            Self::Memory => f.write_str("key file in memory"),
        }
    }
}

/// The keys were refused, or could not be made or changed.
#[derive(Debug)]
pub struct KeyringError {
    /// Where the keys are.
    pub place: KeyPlace,
    /// What is wrong with them, and what the operator can do.
    pub fault: KeyringFault,
}

impl fmt::Display for KeyringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.fault)
    }
}

impl Error for KeyringError {
    /// The fault is part of this message already, so the chain goes on beneath it.
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.fault.source()
    }
}

/// What is wrong with a key file. A `list` is `sealing_keys` or `signing_keys`, a `position` counts
/// from 0 within it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringFault {
    /// There is no file.
    #[error("it does not exist; restore it from its backup, or correct the path in the settings")]
    Missing,
    /// Group or others have some right to the file.
    #[error("group or others have rights to it (mode {mode:04o}); run chmod 600 on it")]
    Exposed {
        /// The permission bits found.
        mode: u32,
    },
    /// The file is longer than any key file.
    #[error("it is longer than {limit_bytes} bytes, so it is no key file; correct the path")]
    TooLong {
        /// The longest file that is read.
        limit_bytes: u64,
    },
    /// The file is not JSON of the documented form. The parser's own message is left out because it
    /// may quote a key.
    #[error(
        "it is cut short or malformed at line {line}, column {column}; restore it from its backup"
    )]
    Malformed {
        /// Line of the first error, from 1.
        line: usize,
        /// Column of the first error.
        column: usize,
    },
    /// The file was written for another format.
    #[error("its version {version} is unknown; run the release that wrote it, or a later one")]
    UnknownVersion {
        /// The version found.
        version: u64,
    },
    /// An id is not 32 lower-case hexadecimal digits.
    #[error("the id of {list}[{position}] is malformed; restore the file from its backup")]
    InvalidId {
        /// The list of the key.
        list: &'static str,
        /// Its place there.
        position: usize,
    },
    /// A key is not base64url without padding.
    #[error("the key of {list}[{position}] is not base64url; restore the file from its backup")]
    InvalidKey {
        /// The list of the key.
        list: &'static str,
        /// Its place there.
        position: usize,
    },
    /// A key has not 32 bytes.
    #[error(
        "the key of {list}[{position}] has {bytes} bytes instead of 32; \
         restore the file from its backup"
    )]
    KeyLength {
        /// The list of the key.
        list: &'static str,
        /// Its place there.
        position: usize,
        /// The length found.
        bytes: usize,
    },
    /// A key is no random one: zero, a pattern, a passphrase, or one from an example (K-07).
    #[error(
        "the key of {list}[{position}] is not random but made up or from an example; \
         replace it by 32 random bytes"
    )]
    WeakKey {
        /// The list of the key.
        list: &'static str,
        /// Its place there.
        position: usize,
    },
    /// Two keys of the file have the same id.
    #[error("the id {id} occurs twice; remove the copy")]
    DuplicateId {
        /// The id found twice.
        id: KeyId,
    },
    /// No key of a list is the one to use for what is new.
    #[error("none of its {list} is primary; mark the newest with \"state\": \"primary\"")]
    NoPrimary {
        /// The list without a primary key.
        list: &'static str,
    },
    /// Several keys of a list claim to be the one to use for what is new.
    #[error("several of its {list} are primary; leave \"state\": \"primary\" to the newest alone")]
    SeveralPrimaries {
        /// The list with several primary keys.
        list: &'static str,
    },
    /// Somebody else changed the keys between reading and writing.
    #[error("it was changed meanwhile; try again")]
    ChangedMeanwhile,
    /// The keys are not kept where they could be changed.
    #[error(
        "it cannot be changed from here; change it where it is kept, and start the servers again"
    )]
    ReadOnly,
    /// The file system refused.
    #[error("cannot {operation}; check that its folder exists and belongs to this user")]
    Io {
        /// What was tried.
        operation: &'static str,
        /// The operating system's answer.
        source: io::Error,
    },
    /// There were no random bytes for new keys.
    #[error("no keys could be made for it")]
    Random(#[from] RandomError),
}
