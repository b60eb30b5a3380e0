//! `POST /v1/enrolments/{code}`: a one-time code for a token.

use std::net::IpAddr;
use std::time::{Duration, Instant};

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
use super::guesses::Guesses;
use crate::enrolment::{self, Traded, Worthless};
use crate::problem::Refusal;
use crate::secret::code::{Code, CodeError};

pub(super) async fn redeem(
    State(app): State<App>,
    Extension(ClientAddress(address)): Extension<ClientAddress>,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let Path(code) = code.unwrap_or_else(|_| Path(String::new()));
    let Traded {
        token,
        label,
        accounts,
    } = trade(&app, address, &code).await?;
    count("enrolled");
    let enrolled = Enrolled {
        token: token.expose_secret().to_owned(),
        label,
        accounts,
    };
    let headers = [(header::CACHE_CONTROL, "no-store")];
    Ok((StatusCode::CREATED, headers, Json(enrolled)).into_response())
}

async fn trade(app: &App, address: IpAddr, code: &str) -> Result<Traded, Refusal> {
    let now = Timestamp::now();
    // Held until it is known whether this code was a guess.
    let mut guesses = app.guesses.lock().await;
    let code = match Code::read(code) {
        Ok(code) => code.hash(),
        Err(error) => return Err(wrong(&mut guesses, address, mistyped(error))),
    };
    guesses
        .may(address, Instant::now())
        .map_err(|wait| limited(wait, "this one wasn't looked at."))?;
    if let Err(worthless) = enrolment::look_up(&app.reader, code, now).await? {
        return Err(wrong(&mut guesses, address, refused(&worthless)));
    }
    drop(guesses);
    // Somebody may have been quicker.
    let traded = enrolment::redeem(&app.writer, code, now).await?;
    traded.map_err(|worthless| {
        count("refused");
        refused(&worthless)
    })
}

/// The answer to a wrong code, or after too many of them only that there were too many.
fn wrong(guesses: &mut Guesses, address: IpAddr, refusal: Refusal) -> Refusal {
    if let Err(wait) = guesses.wrong(address, Instant::now()) {
        return limited(wait, "this one is wrong too; check it, or ask for a new one.");
    }
    count("refused");
    refusal
}

fn limited(wait: Duration, and: &str) -> Refusal {
    count("limited");
    metrics::counter!("centrex_relay_limited_total", "what" => "code").increment(1);
    let what = format!("Too many wrong enrolment codes came from this address, and {and}");
    Refusal::too_many(&what, wait)
}

/// The check character doesn't fit, or it isn't twelve letters and digits: no relay ever made it.
fn mistyped(error: CodeError) -> Refusal {
    invalid(StatusCode::NOT_FOUND, "mistyped", format!("{error}."))
}

/// Well formed, and not of this relay; or of this one, and over.
fn refused(worthless: &Worthless) -> Refusal {
    match worthless {
        Worthless::Unknown => {
            let detail = "This enrolment code isn't known here; check it, or ask for a new one.";
            invalid(StatusCode::NOT_FOUND, "unknown", detail.to_owned())
        }
        Worthless::No(standing) => {
            let detail = format!("This enrolment code is {}; ask for a new one.", standing.word());
            invalid(StatusCode::GONE, standing.word(), detail)
        }
    }
}

fn invalid(status: StatusCode, reason: &str, detail: String) -> Refusal {
    Refusal::new(status, problem::CODE_INVALID, "Enrolment code not valid", detail).because(reason)
}

fn count(outcome: &'static str) {
    metrics::counter!("centrex_relay_enrolments_total", "outcome" => outcome).increment(1);
}
