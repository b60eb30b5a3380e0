//! When the record of a call opens by itself: once a call, and with its name if the template asks for one.

use std::collections::VecDeque;

use jiff::Timestamp;

use crate::event::CallKey;
use crate::time::after;

/// A name that is looked up is waited for this long.
const NAME_WAIT_S: i64 = 2;
/// Calls remembered, so that none pops twice.
const REMEMBERED: usize = 64;

/// Which calls have popped, and which wait for a name.
#[derive(Debug, Default)]
pub(crate) struct Pops {
    done: VecDeque<CallKey>,
    waiting: Vec<(CallKey, Timestamp)>,
}

impl Pops {
    /// It is time for this call's record. True: open it now. `wait`: its name is being looked up and wanted.
    pub fn begin(&mut self, key: &CallKey, wait: bool, now: Timestamp) -> bool {
        if self.done.contains(key) {
            return false;
        }
        self.done.push_back(key.clone());
        if self.done.len() > REMEMBERED {
            self.done.pop_front();
        }
        if wait {
            self.waiting.push((key.clone(), after(now, NAME_WAIT_S)));
        }
        !wait
    }

    /// Calls that waited long enough, or for which `named` says that they need wait no more.
    pub fn ready(&mut self, named: impl Fn(&CallKey) -> bool, now: Timestamp) -> Vec<CallKey> {
        let is_ready = |(key, due): &(CallKey, Timestamp)| *due <= now || named(key);
        self.waiting
            .extract_if(.., |waiting| is_ready(waiting))
            .map(|(key, _)| key)
            .collect()
    }

    /// When [`Self::ready`] is wanted next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.waiting.iter().map(|(_, due)| *due).min()
    }
}
