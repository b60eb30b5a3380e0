//! What is kept, one file a kind. Times are milliseconds since the Unix epoch, documents are JSON.

pub mod answered;
pub mod call;
pub mod dial;
pub mod dialled;
pub mod early;
pub mod enrolment;
pub mod event;
pub mod forward;
pub mod history;
pub mod token;
pub mod told;
pub mod unmatched;

use jiff::{SignedDuration, Timestamp};
use rusqlite::types::{FromSqlError, Type};

/// The tables of version 1. What came later are [`STEPS`], which a fresh database goes through as well: there is one
/// description of what each adds.
pub(super) const TABLES: [&str; 8] = [
    history::TABLE,
    event::TABLE,
    call::TABLE,
    early::TABLE,
    unmatched::TABLE,
    token::TABLE,
    enrolment::TABLE,
    dial::TABLE,
];

/// What brings a database from one version to the next: the first step leads from version 1 to version 2, and so on. Steps
/// are only ever added, at the end; each stands in the file of its kind. They run in one transaction, so that a relay that
/// dies under way finds what it found before.
pub(super) const STEPS: &[&str] = &[
    history::TO_VERSION_2,
    event::TO_VERSION_3,
    token::TO_VERSION_4,
    enrolment::TO_VERSION_5,
    dialled::TO_VERSION_6,
    forward::TO_VERSION_7,
    told::TO_VERSION_8,
    answered::TO_VERSION_9,
    forward::TO_VERSION_10,
    history::TO_VERSION_11,
    dialled::TO_VERSION_12,
    dial::TO_VERSION_13,
];

pub(crate) type Sql<T> = Result<T, rusqlite::Error>;

/// A time read from a column.
pub(crate) fn time(milliseconds: i64) -> Sql<Timestamp> {
    Timestamp::from_millisecond(milliseconds).map_err(unreadable)
}

/// The times `limit` before and after `now`, as columns hold them.
pub(crate) fn around(now: Timestamp, limit: SignedDuration) -> (i64, i64) {
    let (now, limit) = (
        now.as_millisecond(),
        i64::try_from(limit.as_millis()).unwrap_or(i64::MAX),
    );
    (now.saturating_sub(limit), now.saturating_add(limit))
}

/// A document read from a column.
pub(crate) fn document<T: serde::de::DeserializeOwned>(text: &str) -> Sql<T> {
    serde_json::from_str(text).map_err(unreadable)
}

/// A document for a column.
pub(crate) fn to_document<T: serde::Serialize>(value: &T) -> Sql<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))
}

fn unreadable(error: impl std::error::Error + Send + Sync + 'static) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(FromSqlError::Other(Box::new(error))))
}

/// An event position for a column. Positions stay below 2^53, so the conversion can't change them.
pub(crate) fn column(id: relay_api::wire::EventId) -> i64 {
    i64::try_from(id.0).unwrap_or(i64::MAX)
}

/// An event position from a column.
pub(crate) fn event_id(column: i64) -> relay_api::wire::EventId {
    relay_api::wire::EventId(u64::try_from(column).unwrap_or_default())
}
