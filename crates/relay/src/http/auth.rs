//! Bearer tokens (RFC 6750, in the header only).

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::header::AUTHORIZATION;
use http::request::Parts;
use jiff::Timestamp;
use secrecy::SecretString;

use super::App;
use crate::problem::Refusal;
use crate::sessions::Session;
use crate::store::kinds::token;

/// The desktop that asks; a handler with this argument answers 401 to anyone else.
pub(super) struct Caller(pub(super) Arc<Session>);

impl FromRequestParts<App> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let token = bearer(parts).ok_or_else(Refusal::unauthorized)?;
        let session = app.sessions.find(&token).ok_or_else(Refusal::unauthorized)?;
        let now = Timestamp::now();
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
