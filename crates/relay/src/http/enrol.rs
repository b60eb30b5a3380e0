//! `POST /v1/enrolments/{code}`: a one-time code for a token.

use std::net::IpAddr;

use axum::extract::rejection::PathRejection;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use http::{StatusCode, header};
use jiff::Timestamp;
use relay_api::wire::{Enrolled, problem};
use secrecy::ExposeSecret as _;

use super::App;
use super::client::ClientAddress;
use crate::enrolment::{self, Redeemed};
use crate::problem::Refusal;
use crate::secret::code::Code;

/// The check character doesn't fit, or it isn't twelve letters and digits: no relay ever made it.
const MISTYPED: &str = "mistyped";
/// Well formed, and not of this relay.
const UNKNOWN: &str = "unknown";

pub(super) async fn redeem(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let Path(code) = code.unwrap_or_else(|_| Path(String::new()));
    let now = Timestamp::now();
    let redeemed = match Code::read(&code) {
        Err(error) => Err((StatusCode::NOT_FOUND, MISTYPED, format!("{error}."))),
        Ok(code) => match enrolment::redeem(&app.reader, &app.writer, code.hash(), now).await? {
            Redeemed::Yes {
                token,
                label,
                accounts,
            } => Ok((token, label, accounts)),
            Redeemed::Unknown => Err((
                StatusCode::NOT_FOUND,
                UNKNOWN,
                "This enrolment code isn't known here; check it, or ask for a new one.".to_owned(),
            )),
            Redeemed::No(standing) => Err((
                StatusCode::GONE,
                standing.word(),
                format!("This enrolment code is {}; ask for a new one.", standing.word()),
            )),
        },
    };
    match redeemed {
        Ok((token, label, accounts)) => {
            count("enrolled");
            let enrolled = Enrolled {
                token: token.expose_secret().to_owned(),
                label,
                accounts,
            };
            let headers = [(header::CACHE_CONTROL, "no-store")];
            Ok((StatusCode::CREATED, headers, Json(enrolled)).into_response())
        }
        Err((status, reason, detail)) => Err(refused(&app, address, (status, reason), detail)),
    }
}

/// The answer to a wrong code: what is wrong with it, or after too many of them only that there were too many. A right
/// one is always traded: behind a proxy everybody has one address.
fn refused(app: &App, address: IpAddr, (status, reason): (StatusCode, &str), detail: String) -> Refusal {
    if let Err(wait) = app.limits.wrong_code(address) {
        count("limited");
        let what = "Too many wrong enrolment codes came from this address, and this one is wrong too; check it, or ask for a new one.";
        return Refusal::too_many(what, wait);
    }
    count("refused");
    Refusal::new(status, problem::CODE_INVALID, "Enrolment code not valid", detail).because(reason)
}

fn count(outcome: &'static str) {
    metrics::counter!("centrex_relay_enrolments_total", "outcome" => outcome).increment(1);
}
