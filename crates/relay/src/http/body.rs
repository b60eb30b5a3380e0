//! Reading a request's body, within its bounds.

use std::error::Error;

use axum::body::{Body, Bytes, to_bytes};
use tower_http::timeout::TimeoutError;

use crate::problem::Refusal;

/// The whole body, of at most `limit` bytes.
///
/// # Errors
/// 413 for one that is longer, 408 for one that the listener found too slow. A connection that broke hears neither.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Refusal> {
    to_bytes(body, limit).await.map_err(|error| {
        if is_late(&error) {
            Refusal::too_slow()
        } else {
            Refusal::too_large(limit)
        }
    })
}

/// Whether the listener's time limit is at the bottom of an error.
fn is_late(error: &(dyn Error + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if error.is::<TimeoutError>() {
            return true;
        }
        cause = error.source();
    }
    false
}
