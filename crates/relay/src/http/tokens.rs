//! `POST /v1/tokens/renew`: a new token for the one that asks.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use relay_api::wire::Enrolled;
use secrecy::ExposeSecret as _;

use super::App;
use super::auth::Caller;
use crate::enrolment;
use crate::problem::Refusal;

pub(super) async fn renew(State(app): State<App>, Caller(session): Caller) -> Result<Response, Refusal> {
    let renewed = enrolment::renew(&app.writer, session.token.clone(), Timestamp::now()).await?;
    let token = renewed.ok_or_else(Refusal::unauthorized)?;
    let renewed = Enrolled {
        token: token.expose_secret().to_owned(),
        label: session.label.clone(),
        accounts: session.accounts.iter().cloned().collect(),
    };
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, headers, Json(renewed)).into_response())
}
