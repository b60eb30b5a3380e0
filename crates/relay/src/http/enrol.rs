//! `POST /v1/enrolments/{code}`: a one-time code for a token.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::rejection::PathRejection;
use axum::extract::{ConnectInfo, Path, State};
use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::Timestamp;
use relay_api::wire::{Enrolled, problem};
use secrecy::ExposeSecret as _;

use super::App;
use crate::enrolment::{self, Redeemed};
use crate::problem::Refusal;
use crate::secret::code::Code;

/// Wrong codes that one address may send in [`WINDOW`].
const TRIES: u32 = 10;
const WINDOW: Duration = Duration::from_secs(60);
/// Addresses that are remembered; beyond, the oldest windows are forgotten.
const ADDRESSES: usize = 10_000;

pub(super) async fn redeem(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    code: Result<Path<String>, PathRejection>,
) -> Result<Response, Refusal> {
    let Path(code) = code.unwrap_or_else(|_| Path(String::new()));
    let now = Timestamp::now();
    let redeemed = match Code::read(&code) {
        Err(error) => Err((StatusCode::NOT_FOUND, format!("{error}."))),
        Ok(code) => match enrolment::redeem(&app.reader, &app.writer, code.hash(), now).await? {
            Redeemed::Yes {
                token,
                label,
                accounts,
            } => Ok((token, label, accounts)),
            Redeemed::Unknown => Err((
                StatusCode::NOT_FOUND,
                "This enrolment code isn't known here; check it, or ask for a new one.".to_owned(),
            )),
            Redeemed::No(standing) => Err((
                StatusCode::GONE,
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
        Err((status, detail)) => Err(refused(&app.attempts, peer.ip().to_canonical(), status, detail)),
    }
}

/// The answer to a wrong code: what is wrong with it, or after too many of them only that there were too many. A right
/// one is always traded: behind a proxy everybody has one address.
fn refused(attempts: &Attempts, address: IpAddr, status: StatusCode, detail: String) -> Refusal {
    let now = Instant::now();
    if let Some(wait) = attempts.must_wait(address, now) {
        count("limited");
        return Refusal::new(
            StatusCode::TOO_MANY_REQUESTS,
            problem::TOO_MANY_REQUESTS,
            "Too many attempts",
            "Too many wrong enrolment codes came from this address, and this one is wrong too; check it, or ask for a new one.",
        )
        .retry_after(wait);
    }
    attempts.failed(address, now);
    count("refused");
    Refusal::new(status, problem::CODE_INVALID, "Enrolment code not valid", detail)
}

fn count(outcome: &'static str) {
    metrics::counter!("centrex_relay_enrolments_total", "outcome" => outcome).increment(1);
}

/// Counts wrong codes by address: guessing 55 bits is hopeless, and this keeps it quiet as well.
#[derive(Debug, Default)]
pub struct Attempts {
    by_address: Mutex<HashMap<IpAddr, (Instant, u32)>>,
}

impl Attempts {
    fn must_wait(&self, address: IpAddr, now: Instant) -> Option<Duration> {
        let attempts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = attempts.get(&address)?;
        let left = WINDOW.checked_sub(now.saturating_duration_since(*since))?;
        (*count >= TRIES && !left.is_zero()).then_some(left)
    }

    fn failed(&self, address: IpAddr, now: Instant) {
        let mut attempts = self.by_address.lock().unwrap_or_else(PoisonError::into_inner);
        if attempts.len() >= ADDRESSES {
            attempts.retain(|_, (since, _)| now.saturating_duration_since(*since) < WINDOW);
            if attempts.len() >= ADDRESSES {
                attempts.clear();
            }
        }
        let entry = attempts.entry(address).or_insert((now, 0));
        if now.saturating_duration_since(entry.0) >= WINDOW {
            *entry = (now, 0);
        }
        entry.1 += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrong_codes_are_limited_by_address_for_a_minute() {
        let attempts = Attempts::default();
        let (one, two) = (IpAddr::from([192, 0, 2, 1]), IpAddr::from([192, 0, 2, 2]));
        let begun = Instant::now();
        for _ in 0..TRIES {
            assert_eq!(attempts.must_wait(one, begun), None);
            attempts.failed(one, begun);
        }
        assert_eq!(
            attempts.must_wait(one, begun + Duration::from_secs(20)),
            Some(Duration::from_secs(40))
        );
        assert_eq!(attempts.must_wait(two, begun), None);
        assert_eq!(attempts.must_wait(one, begun + WINDOW), None);
    }
}
