//! The platform: calls that it knows the truth of, and the callbacks that come of them.

use rand::Rng as _;
use rand::rngs::StdRng;

pub(super) const ACCOUNTS: [&str; 4] = ["1001", "1002", "1003", "1004"];

/// One callback on its way.
#[derive(Clone, Debug)]
pub(super) struct Sent {
    /// Which call.
    pub(super) call: usize,
    /// What it says.
    pub(super) says: Says,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Says {
    Starts(usize),
    Connects,
    Ends,
}

impl Sent {
    /// As it goes over the wire.
    pub(super) fn query(&self) -> String {
        let call = self.call;
        match self.says {
            Says::Starts(account) => {
                let event = if (call + account).is_multiple_of(3) {
                    "outgoing"
                } else {
                    "incoming"
                };
                let account = ACCOUNTS[account];
                format!(
                    "event={event}_call_start&call_id=c{call}&account_id={account}&calling_number=33199000012&called_number=33199000034&note=n{call}"
                )
            }
            Says::Connects => format!("event=call_connected&call_id=c{call}"),
            Says::Ends => format!("event=call_end&call_id=c{call}&status=NORMAL&billable_duration={call}"),
        }
    }
}

/// Callbacks and when each arrives, in milliseconds: some are lost, some come twice, some minutes late.
pub(super) fn callbacks(rng: &mut StdRng, span: u64) -> Vec<(u64, Sent)> {
    let mut arriving = Vec::new();
    for call in 0..rng.random_range(2..6) {
        let mut at = rng.random_range(0..span);
        let mut said = Vec::new();
        let first = rng.random_range(0..ACCOUNTS.len());
        for more in 0..rng.random_range(1..=3) {
            said.push((at, Says::Starts((first + more) % ACCOUNTS.len())));
            at += rng.random_range(0..300);
        }
        at += rng.random_range(1_000..40_000);
        if rng.random_bool(0.6) {
            said.push((at, Says::Connects));
            at += rng.random_range(1_000..120_000);
        }
        if rng.random_bool(0.9) {
            said.push((at, Says::Ends));
        }
        for (at, says) in said {
            let copies = [0, 1, 1, 1, 1, 1, 1, 2, 3][rng.random_range(0..9)];
            for _ in 0..copies {
                let late = match rng.random_range(0..10) {
                    0 => rng.random_range(0..120_000),
                    1..4 => rng.random_range(0..3_000),
                    _ => rng.random_range(0..30),
                };
                arriving.push((at + late, Sent { call, says }));
            }
        }
    }
    arriving
}
