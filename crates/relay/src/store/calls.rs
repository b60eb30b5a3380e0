//! What correlation and streaming ask of the store: all of it, and nothing else. Neither knows what it is made of, so a
//! distributed log can stand in here (`ARCHITECTURE.md` says how).
//!
//! | who | asks |
//! |---|---|
//! | correlation, in a commit | [`Batch::record`], [`Batch::keep`], [`Batch::set_aside`], [`Batch::pass_on`], [`Batch::note_callback`], [`Batch::overdue`], [`Batch::take_overdue_early`] |
//! | streaming, at one consistent moment | [`Reader::knows`], [`Reader::page`], [`Reader::live`], [`Reader::calls`] |
//! | the hub, after a commit and in its order | [`super::Committed`] |

use jiff::Timestamp;
use relay_api::wire::EventId;
use telephony::{Call, CallId};

use super::kinds::event::StoredEvent;
use super::kinds::forward::Request;
use super::kinds::unmatched::Unmatched;
use super::kinds::{Sql, call, early, event, history, to_document, unmatched};
use super::{Batch, Reader, StoreError};
use crate::correlate::{Early, Limits, Record};
use crate::forward::Forwarder;

impl Batch<'_> {
    /// All that is remembered of a call, its early part included.
    pub(crate) fn record(&self, call_id: &CallId) -> Sql<Record> {
        let mut record = call::record(self.db(), call_id)?;
        if record.legs.is_empty() {
            record.early = early::get(self.db(), call_id)?;
        }
        Ok(record)
    }

    /// Keeps what became of a call: its early part where that differs from the one before, and the legs that changed. Each of
    /// those makes an event.
    pub(crate) fn keep(
        &mut self,
        call_id: &CallId,
        before: Option<&Early>,
        after: &Record,
        changed: Vec<Call>,
        now: Timestamp,
    ) -> Sql<()> {
        if after.early.as_ref() != before {
            early::put(self.db(), call_id, after.early.as_ref())?;
        }
        for leg in changed {
            let document = to_document(&leg)?;
            call::put(self.db(), &leg, &document)?;
            self.publish(leg.account_id, &document, now)?;
        }
        Ok(())
    }

    /// Queues a callback for the programs that it is passed on to.
    pub(crate) fn pass_on(
        &mut self,
        forwarder: &Forwarder,
        call_id: &str,
        request: &Request,
        now: Timestamp,
    ) -> Sql<()> {
        forwarder.enqueue(self.db(), call_id, request, now)
    }

    /// Keeps a callback that could not be used, as it came.
    pub(crate) fn set_aside(&mut self, one: &Unmatched) -> Sql<()> {
        unmatched::insert(self.db(), one)
    }

    /// Up to `most` calls that have waited for news too long.
    pub(crate) fn overdue(&self, now: Timestamp, limits: &Limits, most: u32) -> Sql<Vec<CallId>> {
        call::overdue(self.db(), now, limits, most)
    }

    /// Takes out up to `most` of what has waited for its start too long: call id and document.
    pub(crate) fn take_overdue_early(
        &mut self,
        now: Timestamp,
        limits: &Limits,
        most: u32,
    ) -> Sql<Vec<(CallId, String)>> {
        early::take_overdue(self.db(), now, limits.early, most)
    }
}

/// A page of stored events.
#[derive(Debug)]
pub(crate) struct Page {
    /// In order.
    pub(crate) events: Vec<StoredEvent>,
    /// Nothing is left between them and where the page was to end.
    pub(crate) is_all: bool,
}

/// What a page holds at most: events, and bytes of their JSON unless one alone is longer.
pub(crate) const PAGE: (usize, usize) = (256, 128 * 1024);

impl Reader {
    /// Whether a subscriber that has everything up to `position` can be given everything since.
    pub(crate) async fn knows(&self, position: EventId) -> Result<bool, StoreError> {
        self.run(move |db| history::knows(db, position)).await
    }

    /// The next events of a token's accounts after `after`, up to and with `until`; `None` when `after` isn't known (any more).
    pub(crate) async fn page(
        &self,
        token: &str,
        after: EventId,
        until: EventId,
    ) -> Result<Option<Page>, StoreError> {
        let token = token.to_owned();
        let read = move |db: &rusqlite::Connection| {
            if !history::knows(db, after)? {
                return Ok(None);
            }
            let (events, is_all) = event::page(db, &token, after, until, PAGE)?;
            Ok(Some(Page { events, is_all }))
        };
        self.run(read).await
    }

    /// The live calls of a token's accounts, and the position that they are true for.
    pub(crate) async fn live(&self, token: &str) -> Result<(EventId, Vec<Call>), StoreError> {
        let token = token.to_owned();
        self.run(move |db| Ok((history::range(db)?.head, call::live(db, &token)?)))
            .await
    }

    /// The live calls of a token's accounts; the ended ones, newest first, as many as fit into `bytes` of JSON; whether older
    /// ones were left off; and the position that all this is true for.
    pub(crate) async fn calls(
        &self,
        token: &str,
        bytes: usize,
    ) -> Result<(EventId, Vec<Call>, Vec<Call>, bool), StoreError> {
        let token = token.to_owned();
        let read = move |db: &rusqlite::Connection| {
            let (ended, is_cut) = call::ended(db, &token, bytes)?;
            Ok((history::range(db)?.head, call::live(db, &token)?, ended, is_cut))
        };
        self.run(read).await
    }
}
