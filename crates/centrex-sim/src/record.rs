//! The record: everything that happened, in order. Observers await it; nobody needs to poll.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::watch;

/// Entries kept; older ones are forgotten, which `seq` shows.
const KEPT: usize = 100_000;

/// One thing that happened. In JSON all of it lies flat in one object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the record: 1, 2, 3…
    pub seq: u64,
    /// Milliseconds of the platform's time since it started.
    pub at_ms: u64,
    /// What happened.
    pub kind: Kind,
    /// The call it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call_id: Option<String>,
    /// The account it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
    /// What else is known; the names are listed with each [`Kind`].
    #[serde(flatten)]
    pub detail: Map<String, Value>,
}

impl Entry {
    /// A detail as text.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&str> {
        self.detail.get(name).and_then(Value::as_str)
    }

    /// A detail as a whole number.
    #[must_use]
    pub fn number(&self, name: &str) -> Option<u64> {
        self.detail.get(name).and_then(Value::as_u64)
    }
}

/// The kinds of entry, with their details in brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A request to `/call` arrived (`method`, `number`, `authentication`: `api_key`, `password`, `both` or `none`, `from`).
    CallRequested,
    /// A request to `/set_callback` arrived (`method`, `from`).
    CallbackUrlRequested,
    /// A callback URL is in force now (`origin`: the URL without its path, which is a secret).
    CallbackUrlSet,
    /// Notifications are off now.
    CallbackUrlCleared,
    /// The answer to a request was decided (`function`, `status`, `answer`, `reason` for a refusal, `fault` when one chose it).
    ApiAnswered,
    /// An account's own phone rings (`direction`, `number`: the other party, or null when withheld).
    OwnPhoneRings,
    /// It was picked up (`direction`).
    OwnPhonePickedUp,
    /// It is silent though the call goes on: one of the other phones on which it rang was picked up, or this one refused
    /// (`reason`: `answered_elsewhere`, `rejected`). No callback tells of it.
    OwnPhoneStops,
    /// The other party's phone rings, seen from the account that called (`number`).
    OtherPartyRings,
    /// Both sides talk (`accounts`: all that the call id concerns).
    Connected,
    /// The call is over (`accounts`, `reason`, `talked_s`).
    Ended,
    /// A callback goes out (`event`, `query` as sent, `attempt`, `copy` when it is a duplicate).
    CallbackSent,
    /// It was answered (`event`, `status`).
    CallbackAnswered,
    /// It was not answered (`event`, `reason`).
    CallbackFailed,
    /// A fault swallowed it (`event`).
    CallbackDropped,
    /// A fault holds it back (`event`, `until`).
    CallbackHeld,
    /// None was due: no URL is set, or the account has no notifications (`event`, `reason`).
    CallbackSkipped,
    /// The faults were replaced (`faults`).
    FaultsSet,
}

/// What an observer asks for.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    /// Entries after this `seq` only.
    #[serde(default)]
    pub after: u64,
    /// Entries of this kind only.
    pub kind: Option<Kind>,
    /// Entries of this call only.
    pub call_id: Option<String>,
    /// Entries of this account only.
    pub account: Option<String>,
}

impl Filter {
    fn fits(&self, entry: &Entry) -> bool {
        entry.seq > self.after
            && self.kind.is_none_or(|kind| kind == entry.kind)
            && self
                .call_id
                .as_ref()
                .is_none_or(|id| entry.call_id.as_ref() == Some(id))
            && self
                .account
                .as_ref()
                .is_none_or(|id| entry.account.as_ref() == Some(id))
    }
}

/// The shared record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    entries: Arc<Mutex<Log>>,
    last: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Log {
    entries: VecDeque<Entry>,
    last: u64,
    at_ms: u64,
}

impl Record {
    pub(crate) fn new() -> Self {
        Self {
            entries: Arc::default(),
            last: watch::Sender::new(0),
        }
    }

    /// Writes one entry; its `seq` is given here.
    pub(crate) fn push(&self, now: Duration, draft: Draft) {
        let seq = {
            let mut log = self.lock();
            log.last += 1;
            // A timer that fires late counts as of when it was due; the record's own times never go back.
            log.at_ms = log.at_ms.max(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
            let entry = Entry {
                seq: log.last,
                at_ms: log.at_ms,
                kind: draft.kind,
                call_id: draft.call_id,
                account: draft.account,
                detail: draft.detail,
            };
            tracing::debug!(seq = entry.seq, kind = ?entry.kind, call_id = entry.call_id, "recorded");
            log.entries.push_back(entry);
            if log.entries.len() > KEPT {
                log.entries.pop_front();
            }
            log.last
        };
        self.last.send_replace(seq);
    }

    /// What is there now.
    pub(crate) fn read(&self, filter: &Filter) -> Vec<Entry> {
        let log = self.lock();
        let from = log.entries.partition_point(|entry| entry.seq <= filter.after);
        log.entries
            .iter()
            .skip(from)
            .filter(|entry| filter.fits(entry))
            .cloned()
            .collect()
    }

    /// What is there, as soon as there is anything; nothing once `wait` has passed.
    pub(crate) async fn wait(&self, filter: &Filter, wait: Duration) -> Vec<Entry> {
        let mut changes = self.last.subscribe();
        let some = async {
            loop {
                changes.borrow_and_update();
                let found = self.read(filter);
                if !found.is_empty() || changes.changed().await.is_err() {
                    return found;
                }
            }
        };
        tokio::time::timeout(wait, some).await.unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Log> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An entry being written.
#[derive(Debug)]
pub(crate) struct Draft {
    kind: Kind,
    call_id: Option<String>,
    account: Option<String>,
    detail: Map<String, Value>,
}

impl Draft {
    pub(crate) fn new(kind: Kind) -> Self {
        Self {
            kind,
            call_id: None,
            account: None,
            detail: Map::new(),
        }
    }

    pub(crate) fn call(mut self, id: &str) -> Self {
        self.call_id = Some(id.to_owned());
        self
    }

    pub(crate) fn account(mut self, id: Option<&str>) -> Self {
        self.account = id.map(str::to_owned);
        self
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.detail.insert(name.to_owned(), value.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt as _;

    use super::*;

    #[tokio::test]
    async fn an_observer_waits_for_what_fits_and_no_longer() {
        let record = Record::new();
        let filter = Filter {
            after: 1,
            kind: Some(Kind::Connected),
            ..Filter::default()
        };
        let mut waiting = Box::pin(record.wait(&filter, Duration::from_secs(3_600)));
        // The first is too early, the second of another kind.
        record.push(Duration::ZERO, Draft::new(Kind::Connected));
        record.push(Duration::ZERO, Draft::new(Kind::Ended));
        assert_eq!((&mut waiting).now_or_never(), None);
        record.push(Duration::from_millis(5), Draft::new(Kind::Connected).call("a"));
        let found = (&mut waiting).now_or_never().unwrap();
        assert_eq!(
            found
                .iter()
                .map(|entry| (entry.seq, entry.at_ms))
                .collect::<Vec<_>>(),
            [(3, 5)]
        );
    }

    #[tokio::test]
    async fn the_oldest_are_forgotten_and_times_never_go_back() {
        let record = Record::new();
        for _ in 0..KEPT + 5 {
            record.push(Duration::from_millis(7), Draft::new(Kind::Ended));
        }
        record.push(Duration::from_millis(3), Draft::new(Kind::Ended));
        let all = record.read(&Filter::default());
        assert_eq!((all.len(), all[0].seq, all[KEPT - 1].at_ms), (KEPT, 7, 7));
        assert_eq!(
            record
                .read(&Filter {
                    after: all[KEPT - 1].seq - 1,
                    ..Filter::default()
                })
                .len(),
            1
        );
    }
}
