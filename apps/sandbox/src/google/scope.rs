//! Google's scopes. <https://developers.google.com/identity/protocols/oauth2/scopes>

pub(super) const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
pub(super) const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";
pub(super) const DRIVE: &str = "https://www.googleapis.com/auth/drive";
pub(super) const DRIVE_FILE: &str = "https://www.googleapis.com/auth/drive.file";
pub(super) const DRIVE_READONLY: &str = "https://www.googleapis.com/auth/drive.readonly";

/// Those that show every file of a person, not only the application's own.
pub(super) const EVERY_FILE: [&str; 4] = [
    DRIVE,
    DRIVE_READONLY,
    "https://www.googleapis.com/auth/drive.metadata",
    "https://www.googleapis.com/auth/drive.metadata.readonly",
];

/// The name under which a scope is granted.
pub(super) fn canonical(scope: &str) -> &str {
    match scope {
        "email" => EMAIL,
        "profile" => PROFILE,
        scope => scope,
    }
}

/// Whether it is part of signing in, and nothing that a person could untick.
pub(super) fn is_sign_in(scope: &str) -> bool {
    ["openid", EMAIL, PROFILE].contains(&canonical(scope))
}

/// Whether it opens some of Drive.
pub(super) fn is_drive(scope: &str) -> bool {
    scope.starts_with(DRIVE)
}
