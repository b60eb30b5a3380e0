//! What the platform answers: properly, or not at all.

use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::stream;
use serde_json::Value;

use super::CloseInstead;

/// The pause between the pieces of a body that never ends.
const ENDLESS_PAUSE: Duration = Duration::from_millis(5);
/// The size of such a piece.
const ENDLESS_PIECE: usize = 4 * 1024;

/// An answer to a request of the API.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// A whole one.
    Whole {
        status: u16,
        content_type: Option<&'static str>,
        body: String,
        location: Option<String>,
        retry_after_s: Option<u32>,
        /// Why it refuses, for the record.
        code: Option<&'static str>,
    },
    /// 200 and a body that never ends.
    Endless,
    /// The connection is closed without an answer.
    Close,
    /// The connection is closed in the middle of the body.
    Cut,
    /// Nothing, for ever.
    Hang,
}

impl Answer {
    fn whole(status: u16, content_type: Option<&'static str>, body: String) -> Self {
        Self::Whole {
            status,
            content_type,
            body,
            location: None,
            retry_after_s: None,
            code: None,
        }
    }

    pub(crate) fn json(status: u16, body: Value) -> Self {
        Self::whole(status, Some("application/json; charset=utf-8"), body.to_string())
    }

    pub(crate) fn page(status: u16, body: &str) -> Self {
        let page =
            format!("<!DOCTYPE html><html><head><title>{status}</title></head><body>{body}</body></html>\n");
        Self::whole(status, Some("text/html; charset=utf-8"), page)
    }

    /// What a web server in front of the platform says.
    pub(crate) fn error_page(status: u16) -> Self {
        let name = StatusCode::from_u16(status)
            .ok()
            .and_then(|s| s.canonical_reason())
            .unwrap_or("Error");
        Self::page(status, &format!("<h1>{name}</h1>"))
    }

    pub(crate) fn empty(status: u16) -> Self {
        Self::whole(status, None, String::new())
    }

    pub(crate) fn redirect(to: String) -> Self {
        match Self::empty(302) {
            Self::Whole {
                status,
                content_type,
                body,
                retry_after_s,
                code,
                ..
            } => Self::Whole {
                status,
                content_type,
                body,
                location: Some(to),
                retry_after_s,
                code,
            },
            other => other,
        }
    }

    pub(crate) fn because(mut self, why: &'static str) -> Self {
        if let Self::Whole { code, .. } = &mut self {
            *code = Some(why);
        }
        self
    }

    pub(crate) fn retry_after(mut self, seconds: Option<u32>) -> Self {
        if let Self::Whole { retry_after_s, .. } = &mut self {
            *retry_after_s = seconds;
        }
        self
    }

    /// The status, when there is one.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Whole { status, .. } => Some(*status),
            Self::Endless | Self::Cut => Some(200),
            Self::Close | Self::Hang => None,
        }
    }

    pub(crate) fn code(&self) -> Option<&'static str> {
        match self {
            Self::Whole { code, .. } => *code,
            _ => None,
        }
    }

    /// The word in the record.
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Self::Whole { .. } => "whole",
            Self::Endless => "endless",
            Self::Close => "closed",
            Self::Cut => "cut",
            Self::Hang => "none",
        }
    }

    /// Sends it, if it is to be sent.
    pub(crate) async fn respond(self) -> Response {
        match self {
            Self::Whole {
                status,
                content_type,
                body,
                location,
                retry_after_s,
                ..
            } => {
                let mut response = body.into_response();
                *response.status_mut() =
                    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                let headers = response.headers_mut();
                headers.remove(header::CONTENT_TYPE);
                if let Some(kind) = content_type {
                    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
                }
                if let Some(to) = location.and_then(|to| HeaderValue::from_str(&to).ok()) {
                    headers.insert(header::LOCATION, to);
                }
                if let Some(seconds) = retry_after_s {
                    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
                }
                response
            }
            Self::Endless => json_body(Body::from_stream(stream::unfold(true, |first| async move {
                if first {
                    return Some((
                        Ok::<_, std::io::Error>(Bytes::from_static(b"{\"status\":\"ok\",\"padding\":\"")),
                        false,
                    ));
                }
                tokio::time::sleep(ENDLESS_PAUSE).await;
                Some((Ok(Bytes::from(vec![b'.'; ENDLESS_PIECE])), false))
            }))),
            Self::Cut => json_body(Body::from_stream(stream::unfold(true, |first| async move {
                if first {
                    return Some((Ok(Bytes::from_static(b"{\"status\":\"o")), false));
                }
                // Once nothing more is at hand, hyper lets go what it has; an error at once would swallow the head too.
                tokio::task::yield_now().await;
                Some((Err(std::io::Error::other("cut, as a fault wants it")), false))
            }))),
            Self::Close => {
                let mut response = Response::new(Body::empty());
                response.extensions_mut().insert(CloseInstead);
                response
            }
            Self::Hang => std::future::pending().await,
        }
    }
}

fn json_body(body: Body) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], body).into_response()
}
