//! The control surface, as HTTP. Its errors are `{"error": sentence}`.

use std::time::Duration;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use bytes::Bytes;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::engine::Handle;
use crate::error::SimError;
use crate::faults::{Exact, Faults};
use crate::record::{Filter, Kind};
use crate::seconds;
use crate::world::{Dial, Dialled, HangUp, PhoneStatus, Ring, callback_url_from};

/// The longest that a request for the record may wait.
const LONGEST_WAIT_S: f64 = 300.0;
/// The longest query of a callback written by hand; a URL of more than 64 KiB can't be asked with this HTTP library.
const LONGEST_BY_HAND: usize = 60_000;

pub(super) fn router() -> Router<Handle> {
    Router::new()
        .route("/", get(about))
        .route("/phones", get(phones))
        .route("/phones/{account}/pick-up", post(pick_up))
        .route("/phones/{account}/answer", post(answer))
        .route("/phones/{account}/hang-up", post(hang_up))
        .route("/ring", post(ring))
        .route("/dial", post(dial))
        .route("/record", get(record))
        .route("/faults", get(faults).put(put_faults).delete(clear_faults))
        .route("/faults/next", post(add_next))
        .route("/callback", get(callback).put(put_callback))
        .route("/callback/send", post(send_by_hand))
        .route("/advance", post(advance))
}

/// What went wrong with a request of the control surface.
pub(super) struct Failure(StatusCode, String);

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<SimError> for Failure {
    fn from(error: SimError) -> Self {
        let status = match &error {
            SimError::NoSuchAccount(_) => StatusCode::NOT_FOUND,
            SimError::NotNow(_) | SimError::RealTime => StatusCode::CONFLICT,
            SimError::Faults(_) | SimError::Request(_) | SimError::Config(_) => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            SimError::Stopped => StatusCode::SERVICE_UNAVAILABLE,
            SimError::Listen { .. } | SimError::Client(_) | SimError::NotSeen { .. } => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
        };
        Self(status, error.to_string())
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Self {
        Self(rejection.status(), rejection.body_text())
    }
}

pub(super) type Reply<T> = Result<Json<T>, Failure>;
type Given<T> = Result<Json<T>, JsonRejection>;

/// What `GET /sim/` answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct About {
    program: String,
    version: String,
    /// The seed in force: give it to `--seed` to have the same again.
    seed: u64,
    /// Milliseconds of the platform's time since it started.
    now_ms: u64,
}

pub(super) async fn about(State(handle): State<Handle>) -> Reply<About> {
    let now = handle.with(|world| world.now()).await?;
    Ok(Json(About {
        program: "centrex-sim".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: handle.seed(),
        now_ms: u64::try_from(now.as_millis()).unwrap_or(u64::MAX),
    }))
}

async fn phones(State(handle): State<Handle>) -> Reply<Vec<PhoneStatus>> {
    Ok(Json(handle.with(|world| world.phones()).await?))
}

/// Which call of the account's phone. The body may be missing.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct WhichCall {
    call_id: Option<String>,
}

async fn pick_up(State(handle): State<Handle>, Path(account): Path<String>, body: Bytes) -> Reply<Value> {
    let which: WhichCall = optional_json(&body)?;
    handle
        .with(move |world| world.pick_up(&account, which.call_id.as_deref()))
        .await??;
    Ok(Json(json!({})))
}

async fn answer(State(handle): State<Handle>, Path(account): Path<String>, body: Bytes) -> Reply<Value> {
    let which: WhichCall = optional_json(&body)?;
    handle
        .with(move |world| world.answer(&account, which.call_id.as_deref()))
        .await??;
    Ok(Json(json!({})))
}

async fn hang_up(State(handle): State<Handle>, Path(account): Path<String>, body: Bytes) -> Reply<Value> {
    let how: HangUp = optional_json(&body)?;
    handle.with(move |world| world.hang_up(&account, &how)).await??;
    Ok(Json(json!({})))
}

async fn ring(State(handle): State<Handle>, body: Given<Ring>) -> Reply<Dialled> {
    let Json(ring) = body?;
    Ok(Json(handle.with(move |world| world.ring(&ring)).await??))
}

async fn dial(State(handle): State<Handle>, body: Given<Dial>) -> Reply<Dialled> {
    let Json(dial) = body?;
    Ok(Json(handle.with(move |world| world.dial(&dial)).await??))
}

/// The query of `GET /sim/record`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct RecordQuery {
    #[serde(default)]
    after: u64,
    #[serde(default)]
    wait: f64,
    kind: Option<Kind>,
    call_id: Option<String>,
    account: Option<String>,
}

async fn record(
    State(handle): State<Handle>,
    query: Result<Query<RecordQuery>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let Query(query) = query?;
    let wait = seconds::duration(query.wait.min(LONGEST_WAIT_S)).map_err(SimError::Request)?;
    let filter = Filter {
        after: query.after,
        kind: query.kind,
        call_id: query.call_id,
        account: query.account,
    };
    let record = handle.record();
    let entries = if wait > Duration::ZERO {
        record.wait(&filter, wait).await
    } else {
        record.read(&filter)
    };
    let accepts = headers
        .get(header::ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .unwrap_or_default();
    if !accepts.contains("application/x-ndjson") {
        return Ok(Json(entries).into_response());
    }
    let lines: String = entries
        .iter()
        .filter_map(|e| serde_json::to_string(e).ok())
        .map(|line| line + "\n")
        .collect();
    Ok(([(header::CONTENT_TYPE, "application/x-ndjson")], lines).into_response())
}

async fn faults(State(handle): State<Handle>) -> Reply<Faults> {
    Ok(Json(handle.with(|world| world.faults().clone()).await?))
}

async fn put_faults(State(handle): State<Handle>, body: Given<Faults>) -> Reply<Faults> {
    let Json(faults) = body?;
    let set = handle
        .with(move |world| world.set_faults(faults).map(|()| world.faults().clone()))
        .await??;
    Ok(Json(set))
}

async fn clear_faults(State(handle): State<Handle>) -> Reply<Faults> {
    put_faults(State(handle), Ok(Json(Faults::default()))).await
}

async fn add_next(State(handle): State<Handle>, body: Given<Vec<Exact>>) -> Reply<Faults> {
    let Json(exact) = body?;
    let set = handle
        .with(move |world| world.add_next(exact).map(|()| world.faults().clone()))
        .await??;
    Ok(Json(set))
}

/// Where callbacks go: `{"url": …}`, null when nowhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CallbackUrl {
    url: Option<String>,
}

async fn callback(State(handle): State<Handle>) -> Reply<CallbackUrl> {
    let url = handle
        .with(|world| world.callback_url().map(ToString::to_string))
        .await?;
    Ok(Json(CallbackUrl { url }))
}

async fn put_callback(State(handle): State<Handle>, body: Given<CallbackUrl>) -> Reply<CallbackUrl> {
    let Json(CallbackUrl { url }) = body?;
    let url = url
        .filter(|url| !url.is_empty())
        .map(|url| callback_url_from(&url))
        .transpose();
    let url = url.map_err(|why| SimError::Request(why.to_owned()))?;
    handle.with(move |world| world.set_callback_url(url)).await?;
    callback(State(handle)).await
}

/// A callback written by hand.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ByHand {
    query: String,
}

async fn send_by_hand(State(handle): State<Handle>, body: Given<ByHand>) -> Reply<Value> {
    let Json(ByHand { query }) = body?;
    if query.len() > LONGEST_BY_HAND || query.bytes().any(|b| !(0x21..0x7f).contains(&b) || b == b'#') {
        let why = format!(
            "a query is at most {LONGEST_BY_HAND} characters of printable ASCII without a space or #"
        );
        return Err(SimError::Request(why).into());
    }
    handle.with(move |world| world.send_by_hand(query)).await?;
    Ok(Json(json!({})))
}

/// By how much manual time moves.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: f64,
}

async fn advance(State(handle): State<Handle>, body: Given<Advance>) -> Reply<Value> {
    let Json(Advance { seconds }) = body?;
    let by = seconds::duration(seconds).map_err(SimError::Request)?;
    handle.advance(by).await?;
    Ok(Json(json!({})))
}

fn optional_json<T: DeserializeOwned + Default>(body: &[u8]) -> Result<T, Failure> {
    if body.is_empty() {
        return Ok(T::default());
    }
    serde_json::from_slice(body).map_err(|error| Failure(StatusCode::UNPROCESSABLE_ENTITY, error.to_string()))
}
