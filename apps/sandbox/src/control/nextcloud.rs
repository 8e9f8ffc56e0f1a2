//! `/control/nextcloud`: what is left there, and how strict it is.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::nextcloud::{Nextcloud, Quota};
use crate::simulation::Simulation;

/// A new account, or a new password for one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Account {
    login_name: String,
    user_id: String,
    password: String,
}

/// An app password, as the person makes one in the settings.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AppPassword {
    login_name: String,
    name: String,
}

/// Whose app passwords.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Whose {
    login_name: String,
}

/// A user's quota.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewQuota {
    login_name: String,
    quota: Quota,
}

/// How strict it is; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    min_chunk_bytes: Option<u64>,
    max_chunk_bytes: Option<u64>,
    wrong_passwords: Option<usize>,
}

/// Nextcloud's part of the URL table.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/nextcloud", web::get().to(show))
        .route("/nextcloud/accounts", web::post().to(add_account))
        .service(
            web::resource("/nextcloud/app-passwords")
                .post(add_app_password)
                .delete(revoke_app_passwords),
        )
        .route("/nextcloud/quota", web::post().to(set_quota))
        .route("/nextcloud/limits", web::post().to(set_limits));
}

/// `GET`: the app passwords that work, the uploads that are open, and the wrong passwords that came.
async fn show(simulation: web::Data<Simulation>) -> HttpResponse {
    HttpResponse::Ok().json(Nextcloud::new(&simulation).state())
}

/// `POST`: what a client needs to use the account.
async fn add_account(
    simulation: web::Data<Simulation>,
    account: web::Json<Account>,
) -> HttpResponse {
    let nextcloud = Nextcloud::new(&simulation);
    let access = nextcloud.add_account(&account.login_name, &account.user_id, &account.password);
    HttpResponse::Created().json(access)
}

/// `POST`: the password.
async fn add_app_password(
    simulation: web::Data<Simulation>,
    wanted: web::Json<AppPassword>,
) -> HttpResponse {
    let nextcloud = Nextcloud::new(&simulation);
    match nextcloud.add_app_password(&wanted.login_name, &wanted.name) {
        Some(password) => HttpResponse::Created().json(json!({"app_password": password})),
        None => HttpResponse::NotFound().finish(),
    }
}

/// `DELETE`: how many were revoked.
async fn revoke_app_passwords(
    simulation: web::Data<Simulation>,
    whose: web::Query<Whose>,
) -> HttpResponse {
    let revoked = Nextcloud::new(&simulation).revoke_app_passwords(&whose.login_name);
    HttpResponse::Ok().json(json!({"revoked": revoked}))
}

/// `POST`: in force at once.
async fn set_quota(simulation: web::Data<Simulation>, order: web::Json<NewQuota>) -> HttpResponse {
    if Nextcloud::new(&simulation).set_quota(&order.login_name, order.quota) {
        HttpResponse::NoContent().finish()
    } else {
        HttpResponse::NotFound().finish()
    }
}

/// `POST`: in force at once.
async fn set_limits(simulation: web::Data<Simulation>, limits: web::Json<Limits>) -> HttpResponse {
    let nextcloud = Nextcloud::new(&simulation);
    if let Some(bytes) = limits.min_chunk_bytes {
        nextcloud.set_min_chunk_bytes(bytes);
    }
    if let Some(bytes) = limits.max_chunk_bytes {
        nextcloud.set_max_chunk_bytes(bytes);
    }
    if let Some(most) = limits.wrong_passwords {
        nextcloud.set_wrong_passwords(most);
    }
    HttpResponse::NoContent().finish()
}
