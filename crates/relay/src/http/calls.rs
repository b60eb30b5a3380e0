//! `GET` and `POST /v1/calls`

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use relay_api::wire::{CallList, PlaceCall};

use super::auth::Caller;
use super::{App, body};
use crate::dial::Reply;
use crate::problem::{self, Refusal};
use crate::store::{Reader, StoreError};

/// The most JSON of ended calls in the list. After a gap the list is all that a desktop learns of what it missed, so it
/// holds everything that is kept: this is some 5000 calls. Desktops read answers of up to 4 MiB.
const ENDED_BYTES: usize = 2 * 1024 * 1024;
/// The longest body of a dial.
const BODY_LIMIT: usize = 16 * 1024;

pub(super) async fn list(State(app): State<App>, Caller(session): Caller) -> Result<Response, Refusal> {
    app.limits
        .list(&session.token)
        .map_err(|wait| Refusal::too_many("This desktop asks for the list of calls too often.", wait))?;
    let list = read(&app.reader, session.token.clone(), ENDED_BYTES).await?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(list)).into_response())
}

async fn read(reader: &Reader, token: String, ended_bytes: usize) -> Result<CallList, StoreError> {
    // Before the store is read: a call that comes meanwhile isn't in the list, and must not count as older than it.
    let at = Timestamp::now();
    let (as_of, live, ended, is_cut) = reader.calls(&token, ended_bytes).await?;
    Ok(CallList {
        at,
        as_of,
        live,
        ended,
        is_cut,
    })
}

pub(super) async fn place(
    State(app): State<App>,
    Caller(session): Caller,
    headers: HeaderMap,
    order: Body,
) -> Result<Response, Refusal> {
    let key = key(&headers)?;
    let order = body::read(order, BODY_LIMIT)
        .await
        .map_err(|unread| Refusal::from(unread).rung(false))?;
    let call: PlaceCall = serde_json::from_slice(&order).map_err(|error| {
        Refusal::bad_request(format!(
            "The body must be JSON like {{\"number\":\"+33199000012\",\"account_id\":\"…\"}}; reading stopped at line {} column {}.",
            error.line(),
            error.column()
        ))
        .rung(false)
    })?;
    let reply = app
        .dialler
        .place(&session, &call, key, &app.writer, &app.tasks)
        .await?;
    Ok(respond(reply))
}

/// The press's own key. Without one each request is a press of its own.
fn key(headers: &HeaderMap) -> Result<String, Refusal> {
    let Some(value) = headers.get("idempotency-key") else {
        return Ok(uuid::Uuid::new_v4().to_string());
    };
    let text = value.to_str().unwrap_or_default();
    if text.is_empty() || text.len() > 255 {
        let detail = "Idempotency-Key must be 1 to 255 visible ASCII characters.";
        return Err(Refusal::bad_request(detail).rung(false));
    }
    Ok(text.to_owned())
}

fn respond(reply: Reply) -> Response {
    let Reply { answer, retry_after } = reply;
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = if status.is_success() {
        "application/json"
    } else {
        "application/problem+json"
    };
    let mut response = (status, answer.body).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(wait) = retry_after {
        headers.insert(header::RETRY_AFTER, problem::retry_after(wait));
    }
    response
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::mpsc;

    use futures_util::poll;
    use serde_json::json;
    use telephony::AccountId;

    use super::*;
    use crate::secret::Hash;
    use crate::store::kinds::token::{self, Token};
    use crate::store::kinds::{call, to_document};
    use crate::store::{Nobody, Writer, WriterOptions};

    fn store(folder: &tempfile::TempDir) -> (Writer, Reader) {
        let committed = Box::new(Nobody);
        let (writer, reader, _) =
            Writer::start(folder.path(), WriterOptions { committed }, Timestamp::now()).unwrap();
        (writer, reader)
    }

    #[tokio::test]
    async fn the_time_of_a_list_is_from_before_it_was_read() {
        let folder = tempfile::tempdir().unwrap();
        let (_writer, reader) = store(&folder);
        // More readers than may read at a time, all busy until the gates go.
        let (gates, waiting): (Vec<mpsc::Sender<()>>, Vec<_>) = (0..16).map(|_| mpsc::channel()).unzip();
        let mut busy: Vec<_> = waiting
            .into_iter()
            .map(|gate| {
                Box::pin(reader.run(move |_| {
                    let _ = gate.recv();
                    Ok(())
                }))
            })
            .collect();
        for one in &mut busy {
            assert!(poll!(one).is_pending());
        }
        let mut list = std::pin::pin!(read(&reader, "tok_1".to_owned(), ENDED_BYTES));
        assert!(poll!(&mut list).is_pending());
        let meanwhile = Timestamp::now();
        drop(gates);
        let (_, list) = tokio::join!(futures_util::future::join_all(busy), list);
        assert!(list.unwrap().at <= meanwhile);
    }

    #[tokio::test]
    async fn a_list_that_is_too_long_keeps_the_newest_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let (writer, reader) = store(&folder);
        let token = Token {
            id: "tok_1".to_owned(),
            hash: Hash::of(b"a token"),
            label: "Accueil".to_owned(),
            accounts: BTreeSet::from([AccountId("1001".to_owned())]),
            may_dial: true,
            issued_at: Timestamp::UNIX_EPOCH,
            next: None,
            created_at: Timestamp::UNIX_EPOCH,
            last_used_at: None,
            revoked_at: None,
        };
        let calls: Vec<telephony::Call> = (0..100)
            .map(|number| {
                let at = Timestamp::from_second(1_700_000_000 + number).unwrap();
                let call = json!({
                    "call_id": format!("c{number:02}"), "account_id": "1001", "direction": "incoming",
                    "state": "ended", "started_at": at, "ended_at": at,
                });
                serde_json::from_value(call).unwrap()
            })
            .collect();
        let newest = calls.iter().rev().take(10).cloned().collect::<Vec<_>>();
        let bytes = newest
            .iter()
            .map(|call| serde_json::to_string(call).unwrap().len() + 1);
        let bytes: usize = bytes.sum();
        let fill = move |batch: &mut crate::store::Batch<'_>| {
            token::insert(batch.db(), &token)?;
            calls
                .iter()
                .try_for_each(|one| call::put(batch.db(), one, &to_document(one)?))
        };
        writer.run(fill).await.unwrap();
        let of = async |bytes| read(&reader, "tok_1".to_owned(), bytes).await.unwrap();
        let list = of(bytes).await;
        assert_eq!((list.ended, list.is_cut), (newest, true));
        let list = of(bytes - 1).await;
        assert_eq!((list.ended.len(), list.is_cut), (9, true));
        let list = of(ENDED_BYTES).await;
        assert_eq!((list.ended.len(), list.is_cut), (100, false));
    }
}
