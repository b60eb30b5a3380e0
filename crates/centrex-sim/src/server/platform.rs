//! The documented functions, as HTTP.

use axum::Extension;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, Uri, header};
use axum::response::Response;
use axum::routing::any;
use percent_encoding::percent_decode;
use serde_json::json;
use tokio::sync::oneshot;

use super::{Answer, Peer};
use crate::engine::Handle;
use crate::faults::Function;
use crate::world::{ApiRequest, Parameters};

/// The longest query that a web server in front of the platform lets pass.
const LONGEST_QUERY: usize = 8 * 1024;

pub(super) fn router() -> Router<Handle> {
    // `any`: what a method gets is the platform's decision, and HEAD must not ring a phone.
    Router::new()
        .route("/centrex/v1/call", any(call))
        .route("/centrex/v1/set_callback", any(set_callback))
}

async fn call(
    State(handle): State<Handle>,
    Extension(peer): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    ask(handle, Function::Call, peer, &method, &uri, &headers, &body).await
}

async fn set_callback(
    State(handle): State<Handle>,
    Extension(peer): Extension<Peer>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    ask(
        handle,
        Function::SetCallback,
        peer,
        &method,
        &uri,
        &headers,
        &body,
    )
    .await
}

async fn ask(
    handle: Handle,
    function: Function,
    Peer(from): Peer,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
    body: &Bytes,
) -> Response {
    let parameters = Parameters(read(method, uri.query().unwrap_or_default(), headers, body));
    let request = ApiRequest {
        function,
        method: method.to_string(),
        from,
        parameters,
    };
    let (reply, answer) = oneshot::channel();
    let asked = handle.with(move |world| world.api_request(&request, reply)).await;
    let answer = match asked {
        Ok(()) => answer.await.unwrap_or(Answer::Close),
        Err(_) => Answer::json(
            503,
            json!({"status": "error", "error": "stopping", "message": "Service unavailable"}),
        ),
    };
    answer.respond().await
}

/// Any other address: what a web server says, not the platform.
pub(super) async fn not_found() -> Response {
    Answer::error_page(404).respond().await
}

/// Reads the parameters strictly: the query, and for POST the form as well.
fn read(
    method: &Method,
    query: &str,
    headers: &HeaderMap,
    body: &Bytes,
) -> Result<Vec<(String, String)>, &'static str> {
    if query.len() > LONGEST_QUERY {
        return Err("the query is too long");
    }
    let mut parameters = decode(query.as_bytes())?;
    if method == Method::POST {
        let kind = headers
            .get(header::CONTENT_TYPE)
            .and_then(|kind| kind.to_str().ok())
            .unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Err("a POST carries a form (application/x-www-form-urlencoded)");
        }
        parameters.extend(decode(body)?);
    }
    Ok(parameters)
}

/// `application/x-www-form-urlencoded`, where a plus is a space, as the WHATWG URL standard section 5.1 has it; but what
/// is not UTF-8 is refused instead of replaced.
fn decode(text: &[u8]) -> Result<Vec<(String, String)>, &'static str> {
    let value = |bytes: &[u8]| {
        let spaced: Vec<u8> = bytes.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        String::from_utf8(percent_decode(&spaced).collect()).map_err(|_| "the parameters are not UTF-8")
    };
    let pairs = text.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let cut = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            Ok((
                value(&pair[..cut])?,
                value(pair.get(cut + 1..).unwrap_or_default())?,
            ))
        })
        .collect()
}
