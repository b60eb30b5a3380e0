//! `GET /v1/me`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use relay_api::wire::{Capabilities, Me};

use super::App;
use super::auth::Caller;

pub(super) async fn get(State(app): State<App>, Caller(session): Caller) -> Json<Me> {
    Json(Me {
        label: session.label.clone(),
        accounts: session.accounts.iter().cloned().collect(),
        capabilities: Capabilities {
            dial: app.dialler.can_dial(),
        },
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: Timestamp::now(),
    })
}
