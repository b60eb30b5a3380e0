//! Reading a request's body, within its bounds.

use std::error::Error;

use axum::body::{Body, Bytes};
use bytes::BytesMut;
use futures_util::StreamExt as _;
use tower_http::timeout::TimeoutError;

use crate::problem::Refusal;

/// Why a body wasn't taken.
#[derive(Debug)]
pub(crate) enum Unread {
    /// It is longer than it may be.
    TooLarge {
        /// How long it may be.
        limit: usize,
        /// As much of it.
        beginning: Bytes,
    },
    /// The listener found it too slow.
    TooSlow,
    /// The connection broke; nobody hears the answer.
    Broken,
}

impl From<Unread> for Refusal {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::TooLarge { limit, .. } => Self::too_large(limit),
            Unread::TooSlow => Self::too_slow(),
            Unread::Broken => Self::bad_request("The body broke off."),
        }
    }
}

/// The whole body, of at most `limit` bytes.
///
/// # Errors
/// [`Unread`]: 413, 408 or 400.
pub(crate) async fn read(body: Body, limit: usize) -> Result<Bytes, Unread> {
    let mut chunks = body.into_data_stream();
    let mut read = BytesMut::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|error| {
            if is_late(&error) {
                Unread::TooSlow
            } else {
                Unread::Broken
            }
        })?;
        let room = limit - read.len();
        read.extend_from_slice(&chunk[..room.min(chunk.len())]);
        if chunk.len() > room {
            let beginning = read.freeze();
            return Err(Unread::TooLarge { limit, beginning });
        }
    }
    Ok(read.freeze())
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
