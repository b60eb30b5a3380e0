//! The newest events, in memory: who was away for a moment is told from here what it missed, and the store isn't read.
//!
//! When a proxy or the relay itself starts again thousands come back at once. The store stays the truth: what isn't here any
//! more is read from there.

use std::collections::{BTreeSet, HashMap, VecDeque};

use relay_api::wire::EventId;
use telephony::AccountId;

use crate::store::kinds::event::{StoredEvent, Taken};
use crate::store::{PAGE, Page};

/// What an event takes besides its text, about.
const OVERHEAD: usize = 128;

/// The newest events, bounded in bytes. Positions count up by one as long as a relay runs, so an event's place is its distance
/// from the first.
#[derive(Debug)]
pub(super) struct Recent {
    /// Every later event that was published is here.
    since: EventId,
    events: VecDeque<StoredEvent>,
    by_account: HashMap<AccountId, VecDeque<EventId>>,
    bytes: usize,
    most: usize,
}

impl Recent {
    /// Nothing yet, after the position `since`; at most `most` bytes.
    pub(super) fn new(since: EventId, most: usize) -> Self {
        Self {
            since,
            events: VecDeque::new(),
            by_account: HashMap::new(),
            bytes: 0,
            most,
        }
    }

    /// Adds the next event.
    pub(super) fn add(&mut self, event: &StoredEvent) {
        let expected = self.since.0 + self.events.len() as u64 + 1;
        if event.id.0 != expected {
            // Never so far. What is between can't be told from here, so nothing before is.
            *self = Self::new(EventId(event.id.0.saturating_sub(1)), self.most);
        }
        self.bytes += size(event);
        let positions = self.by_account.entry(event.account.clone()).or_default();
        positions.push_back(event.id);
        self.events.push_back(event.clone());
        while self.bytes > self.most && self.drop_oldest() {}
    }

    /// Drops what the store has forgotten: everything up to `floor`.
    pub(super) fn forget(&mut self, floor: EventId) {
        while self.since < floor && self.drop_oldest() {}
    }

    /// Whether everything after this position that was published is here.
    pub(super) fn knows(&self, position: EventId) -> bool {
        position >= self.since && position.0 <= self.since.0 + self.events.len() as u64
    }

    /// As the store's page; `None` when the position is too old or isn't known.
    pub(super) fn page(
        &self,
        accounts: &BTreeSet<AccountId>,
        after: EventId,
        until: EventId,
    ) -> Option<Page> {
        if !self.knows(after) {
            return None;
        }
        let (limit, bytes) = PAGE;
        let mut positions: Vec<EventId> = Vec::new();
        for account in accounts {
            let Some(all) = self.by_account.get(account) else {
                continue;
            };
            let from = all.partition_point(|position| *position <= after);
            let missed = all
                .range(from..)
                .take(limit + 1)
                .take_while(|position| **position <= until);
            positions.extend(missed);
        }
        positions.sort_unstable();
        let mut taken = Taken::new(bytes);
        let mut is_all = positions.len() <= limit;
        for position in positions.into_iter().take(limit) {
            if !taken.take(self.at(position)?.clone()) {
                is_all = false;
                break;
            }
        }
        Some(Page {
            events: taken.events,
            is_all,
        })
    }

    fn at(&self, position: EventId) -> Option<&StoredEvent> {
        let place = position.0.checked_sub(self.since.0 + 1)?;
        self.events.get(usize::try_from(place).ok()?)
    }

    fn drop_oldest(&mut self) -> bool {
        let Some(oldest) = self.events.pop_front() else {
            return false;
        };
        self.since = oldest.id;
        self.bytes -= size(&oldest);
        if let Some(positions) = self.by_account.get_mut(&oldest.account) {
            positions.pop_front();
            if positions.is_empty() {
                self.by_account.remove(&oldest.account);
            }
        }
        true
    }
}

fn size(event: &StoredEvent) -> usize {
    event.body.len() + OVERHEAD
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn account(number: usize) -> AccountId {
        AccountId(format!("100{number}"))
    }

    proptest! {
        /// Whatever was added, dropped for room or forgotten: what is told is exactly what came after the position, or nothing
        /// when some of it is gone.
        #[test]
        fn it_tells_all_that_was_missed_or_says_that_it_can_t(
            events in proptest::collection::vec((0usize..4, 0usize..400), 0..80),
            begin in 0u64..5, most in 0usize..20_000, floor in 0u64..40, after in 0u64..90, until in 0u64..90,
        ) {
            let mut recent = Recent::new(EventId(begin), most);
            let added: Vec<StoredEvent> = (begin + 1..)
                .zip(&events)
                .map(|(id, (number, length))| StoredEvent {
                    id: EventId(id),
                    account: account(*number),
                    body: "x".repeat(*length).into(),
                })
                .collect();
            added.iter().for_each(|event| recent.add(event));
            prop_assert!(recent.bytes <= most);
            recent.forget(EventId(floor));
            let kept: usize = recent.events.iter().map(size).sum();
            prop_assert_eq!(recent.bytes, kept);
            let listed: usize = recent.by_account.values().map(VecDeque::len).sum();
            prop_assert_eq!(listed, recent.events.len());
            prop_assert!(recent.by_account.values().all(|positions| !positions.is_empty()));

            let accounts = BTreeSet::from([account(1), account(3)]);
            let head = begin + events.len() as u64;
            let page = recent.page(&accounts, EventId(after), EventId(until));
            let may_be_told = after >= recent.since.0 && after <= head;
            prop_assert_eq!(page.is_some(), may_be_told);
            if let Some(page) = page {
                let wanted: Vec<u64> = added
                    .iter()
                    .filter(|event| event.id.0 > after && event.id.0 <= until && accounts.contains(&event.account))
                    .map(|event| event.id.0)
                    .collect();
                let told: Vec<u64> = page.events.iter().map(|event| event.id.0).collect();
                prop_assert!(page.is_all);
                prop_assert_eq!(told, wanted);
            }
        }
    }

    #[test]
    fn a_page_is_as_long_as_one_of_the_store_and_goes_on_where_it_ended() {
        let mut recent = Recent::new(EventId(7), usize::MAX);
        for id in 8..8 + 1000 {
            recent.add(&StoredEvent {
                id: EventId(id),
                account: account(usize::try_from(id % 2).unwrap()),
                body: "x".repeat(if id < 200 { 10_000 } else { 10 }).into(),
            });
        }
        let accounts = BTreeSet::from([account(0), account(1)]);
        let (mut told, mut after, mut pages) = (Vec::new(), EventId(7), 0);
        loop {
            let page = recent.page(&accounts, after, EventId(1007)).unwrap();
            assert!(page.events.len() <= PAGE.0);
            assert!(page.events.iter().map(|event| event.body.len()).sum::<usize>() <= PAGE.1);
            told.extend(page.events.iter().map(|event| event.id.0));
            pages += 1;
            if page.is_all {
                break;
            }
            after = page.events.last().unwrap().id;
        }
        assert_eq!(told, (8..=1007).collect::<Vec<_>>());
        assert!(pages > 5);
    }

    #[test]
    fn a_jump_in_the_positions_leaves_nothing_told_from_before_it() {
        let mut recent = Recent::new(EventId(1), usize::MAX);
        let event = |id| StoredEvent {
            id: EventId(id),
            account: account(1),
            body: "x".into(),
        };
        recent.add(&event(2));
        recent.add(&event(5));
        let accounts = BTreeSet::from([account(1)]);
        assert!(recent.page(&accounts, EventId(1), EventId(5)).is_none());
        assert_eq!(
            recent
                .page(&accounts, EventId(4), EventId(5))
                .unwrap()
                .events
                .len(),
            1
        );
    }
}
