mod coverage;
mod damage;
mod dialled;
mod elsewhere;
mod erasing;
mod migration;
mod operations;
mod person;
mod searching;
mod transfer;

use jiff::Timestamp;
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

use super::{Change, Journal, Name, Query, Row};
use crate::event::CallKey;
use crate::testing::at;

/// A journal in a folder of its own.
struct Desk {
    folder: tempfile::TempDir,
    journal: Journal,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (journal, _) = Journal::open(&folder.path().join("journal.db"), at(0)).unwrap();
        Self { folder, journal }
    }

    fn file(&self) -> std::path::PathBuf {
        self.folder.path().join("journal.db")
    }

    fn reopen(&mut self, now: Timestamp) {
        let aside = self.folder.path().join("other.db");
        let (other, _) = Journal::open(&aside, now).unwrap();
        drop(std::mem::replace(&mut self.journal, other));
        self.journal = Journal::open(&self.file(), now).unwrap().0;
    }

    fn record(&mut self, call: Call, unread: bool) {
        let call = Box::new(call);
        self.journal
            .apply(&[Change::Record { call, unread }], None)
            .unwrap();
    }

    fn row(&self, id: &str) -> Row {
        self.journal.call(&key(id)).unwrap().unwrap()
    }

    /// Ids of the calls found, newest first.
    fn found(&self, query: &Query) -> Vec<String> {
        let page = self.journal.search(query).unwrap();
        page.rows.into_iter().map(|row| row.call.call_id.0).collect()
    }

    fn named(&mut self, number: &str, name: &str, company: &str) {
        let name = Name {
            display: Some(name.to_owned()),
            company: Some(company.to_owned()),
            source: "test".to_owned(),
            since: None,
        };
        let party = telephony::E164::parse(number).unwrap();
        let mut before = None;
        loop {
            before = self.journal.set_name(&party, Some(&name), before, 2).unwrap();
            if before.is_none() {
                return;
            }
        }
    }
}

fn text(text: &str) -> Query {
    Query {
        text: text.to_owned(),
        ..Query::default()
    }
}

fn key(id: &str) -> CallKey {
    CallKey {
        account: AccountId("1001".into()),
        call: CallId(id.into()),
    }
}

/// An ended call that nobody answered.
fn call(id: &str, direction: Direction, other: Option<&str>, second: i64) -> Call {
    let other = other.map(|other| Party::from(other.to_owned()));
    let own = Some(Party::from("+33199000099".to_owned()));
    let incoming = direction == Direction::Incoming;
    Call {
        call_id: CallId(id.into()),
        account_id: AccountId("1001".into()),
        direction,
        state: CallState::Ended,
        calling_number: if incoming { other.clone() } else { own.clone() },
        called_number: if incoming { own } else { other },
        started_at: at(second),
        connected_at: None,
        ended_at: Some(at(second + 20)),
        status: None,
        billable_duration: None,
        end_unknown: false,
        extension: None,
        extra: Default::default(),
    }
}

fn missed(id: &str, from: &str, second: i64) -> Call {
    call(id, Direction::Incoming, Some(from), second)
}

fn talked(mut call: Call, second: i64) -> Call {
    call.connected_at = Some(at(second));
    call.ended_at = Some(at(second + 60));
    call
}
