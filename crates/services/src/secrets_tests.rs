//! G-01: what holds a secret on its way through the use cases cannot be printed or serialised by accident.

use std::fmt::{Debug, Display};

use serde::Serialize;
use static_assertions::assert_not_impl_any;

use crate::accounts::NewLogin;
use crate::app_passwords::AppPassword;
use crate::refresh_token::RefreshToken;
use crate::revocations::{Ending, Grant};
use crate::sessions::Pass;
use crate::vault::Vault;

assert_not_impl_any!(NewLogin: Display, Serialize);
assert_not_impl_any!(AppPassword: Debug, Display, Serialize);
assert_not_impl_any!(Ending: Debug, Display, Serialize);
assert_not_impl_any!(Grant: Debug, Display, Serialize);
assert_not_impl_any!(RefreshToken: Debug, Display, Serialize);
assert_not_impl_any!(Pass: Display, Serialize);
assert_not_impl_any!(Vault: Display, Serialize);

#[test]
fn a_new_login_prints_no_password() {
    let login = NewLogin::Password("canary".into());
    assert!(!format!("{login:?}").contains("canary"));
}
