//! Bearer tokens (RFC 6750, in the header only).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use jiff::Timestamp;
use secrecy::SecretString;

use super::App;
use super::client::ClientAddress;
use crate::enrolment;
use crate::problem::Refusal;
use crate::sessions::{Found, Session};
use crate::store::kinds::token;

/// The desktop that asks; a handler with this argument answers 401 to anyone else.
///
/// A token in force is let in whatever came from its address before: a whole company may have one address. It has a budget
/// of its own. What is refused counts against the address.
pub(super) struct Caller(pub(super) Arc<Session>);

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let Some(Found { session, renewal }) = bearer(parts).and_then(|token| app.sessions.find(&token))
        else {
            let address = ClientAddress::of(parts);
            return Err(match app.limits.refused(address) {
                Ok(()) => Refusal::unauthorized(),
                Err(wait) => Refusal::too_many(
                    "Too many requests without a valid token came from this address.",
                    wait,
                ),
            });
        };
        app.limits
            .request(&session.token)
            .map_err(|wait| Refusal::too_many("This desktop sends too many requests.", wait).rung(false))?;
        let now = Timestamp::now();
        if let Some(hash) = renewal {
            // Once in the life of a token, so it is waited for: who has heard an answer to the new one knows that the old
            // one is worth nothing. If it fails, both stay good and the next request tries again.
            if let Err(error) = enrolment::promote(&app.writer, session.token.clone(), hash).await {
                tracing::error!(%error, "a renewed token could not take the old one's place yet");
            }
        }
        if session.note_use(now) {
            let (writer, id) = (Arc::clone(&app.writer), session.token.clone());
            // Not worth waiting for.
            app.tasks
                .spawn(async move { writer.run(move |batch| token::used(batch.db(), &id, now)).await });
        }
        Ok(Self(session))
    }
}

fn bearer(parts: &Parts) -> Option<SecretString> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then(|| token.to_owned().into())
}
