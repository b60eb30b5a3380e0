//! Error answers: `application/problem+json` (RFC 9457), every one made here.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use relay_api::wire::{Problem, problem};

use crate::store::StoreError;

/// An error answer.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Its document.
    pub problem: Problem,
    /// Come back no earlier.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// A refusal by the name of its problem, one of `relay_api::wire::problem`.
    pub fn new(status: StatusCode, name: &str, title: &str, detail: impl Into<String>) -> Self {
        Self {
            problem: Problem {
                kind: format!("{}{name}", problem::PREFIX),
                title: title.to_owned(),
                status: status.as_u16(),
                detail: Some(detail.into()),
                may_have_rung: None,
                reason: None,
            },
            retry_after: None,
        }
    }

    /// Says whether a phone may have rung.
    pub fn rung(mut self, may_have_rung: bool) -> Self {
        self.problem.may_have_rung = Some(may_have_rung);
        self
    }

    /// Says why, in a stable word.
    pub fn because(mut self, reason: &str) -> Self {
        self.problem.reason = Some(reason.to_owned());
        self
    }

    /// Asks to come back no earlier.
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// 401
    pub fn unauthorized() -> Self {
        Self::new(
            StatusCode::UNAUTHORIZED,
            problem::UNAUTHORIZED,
            "Not authorised",
            "The token is missing, unknown or revoked; enrol this desktop again with a new code.",
        )
    }

    /// 429
    pub fn too_many(what: &str, wait: Duration) -> Self {
        let detail = format!("{what} Wait a moment.");
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            problem::TOO_MANY_REQUESTS,
            "Too many requests",
            detail,
        )
        // Rounded up, so that who comes back then is let in.
        .retry_after(wait + Duration::from_secs(1))
    }

    /// 404
    pub fn not_found() -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            problem::NOT_FOUND,
            "Not found",
            "There is nothing at this address.",
        )
    }

    /// 405
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            problem::METHOD_NOT_ALLOWED,
            "Method not allowed",
            "This address exists, but not for this method.",
        )
    }

    /// 400
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::BAD_REQUEST,
            problem::BAD_REQUEST,
            "Bad request",
            detail,
        )
    }

    /// 408; the connection can't be used any more.
    pub fn too_slow() -> Self {
        Self::new(
            StatusCode::REQUEST_TIMEOUT,
            problem::REQUEST_TIMEOUT,
            "Too slow",
            "The body took too long to arrive; nothing of it was kept.",
        )
    }

    /// 413
    pub fn too_large(limit: usize) -> Self {
        let detail = format!("The body is longer than {limit} bytes; nothing of it was kept.");
        Self::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            problem::TOO_LARGE,
            "Too large",
            detail,
        )
    }

    /// 414
    pub fn uri_too_long(limit: usize) -> Self {
        let detail = format!("The query is longer than {limit} bytes; nothing of it was kept.");
        Self::new(
            StatusCode::URI_TOO_LONG,
            problem::URI_TOO_LONG,
            "Address too long",
            detail,
        )
    }

    /// 503 while stopping or when the store fails.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(
            StatusCode::SERVICE_UNAVAILABLE,
            problem::UNAVAILABLE,
            "Unavailable",
            detail,
        )
        .retry_after(Duration::from_secs(2))
    }
}

/// Whole seconds, and never too early.
pub fn retry_after(wait: Duration) -> HeaderValue {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    HeaderValue::from(seconds.max(1))
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        tracing::error!(%error, "a request failed in the store");
        // The file's path and SQLite's words are for the log only.
        Self::unavailable(
            "The relay could not store or read this; nothing was changed. Try again in a moment.",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self.problem)).into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static("application/problem+json"),
        );
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(
                header::WWW_AUTHENTICATE,
                HeaderValue::from_static("Bearer realm=\"centrex-relay\""),
            );
        }
        if let Some(wait) = self.retry_after {
            headers.insert(header::RETRY_AFTER, retry_after(wait));
        }
        response
    }
}
