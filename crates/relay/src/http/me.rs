//! `GET /v1/me`

use axum::Json;
use axum::extract::State;
use jiff::Timestamp;
use relay_api::wire::{Capabilities, Me, Scope};

use super::App;
use super::auth::Caller;

pub(super) async fn get(State(app): State<App>, Caller(session): Caller) -> Json<Me> {
    Json(Me {
        label: session.label.clone(),
        accounts: session.accounts.iter().cloned().collect(),
        capabilities: Capabilities {
            dial: app.dialler.can_dial() && session.may_dial,
        },
        scope: if session.may_dial {
            Scope::WatchAndDial
        } else {
            Scope::Watch
        },
        renew_after: session.issued_at.checked_add(app.renew_after).ok(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        at: Timestamp::now(),
    })
}
