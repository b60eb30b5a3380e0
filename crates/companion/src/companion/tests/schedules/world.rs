//! Worlds: what really happens on the phones, and what of it reaches this desktop, when, and how often.

use telephony::{AccountId, Call, CallId, CallState, Party};

use crate::event::DeskState;
use crate::testing::{OWN, at, connected, ended, incoming, outgoing};

/// A small generator of our own (splitmix64): a seed means the same world for ever.
pub(super) struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// From `low` up to, not including, `high`.
    pub fn roll(&mut self, low: i64, high: i64) -> i64 {
        let span = u64::try_from(high - low).unwrap();
        low + i64::try_from(self.next() % span).unwrap()
    }

    pub fn chance(&mut self, percent: i64) -> bool {
        self.roll(0, 100) < percent
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.roll(0, i64::try_from(from.len()).unwrap())).unwrap()]
    }
}

/// A leg's state as the relay tells it.
#[derive(Clone, Debug)]
pub(super) struct State {
    pub call: Call,
    /// When the relay made it, by this computer's clock.
    pub made: i64,
    /// Ringing, connected, ended by guess, ended.
    pub rank: u8,
}

#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub start: i64,
    pub states: Vec<State>,
    pub connected: Option<i64>,
}

/// One call of a person's life, with its legs on this desktop's accounts.
#[derive(Clone, Debug)]
pub(super) struct Real {
    pub incoming: bool,
    /// Dialled on this desktop's pad.
    pub dialled: bool,
    /// No call at all: the own phone, ringing for what was dialled.
    pub own: bool,
    pub party: Option<Party>,
    pub legs: Vec<Leg>,
}

/// What a settings page changes here.
#[derive(Clone, Copy, Debug)]
pub(super) enum Switch {
    Incoming(bool),
    Missed(bool),
    Outgoing(bool),
    ClickToCallOnly(bool),
    RespectDnd(bool),
    /// Quiet from second 120 to second 360.
    Quiet(bool),
}

#[derive(Clone, Debug)]
pub(super) enum Act {
    /// The n-th state of a leg of a call arrives.
    Tell {
        call: usize,
        leg: usize,
        state: usize,
    },
    /// The relay lists what is live.
    List(Vec<(usize, usize, usize)>),
    Cut,
    /// The connection is back, and the relay begins to tell what was missed.
    Mend,
    /// The relay has told it.
    CaughtUp,
    Desk(DeskState),
    Set(Switch),
    Read,
    /// The button of the first alert that stands.
    Silence,
    Restart,
    Dial,
    /// The platform answers, perhaps with a call's id.
    Dialled(Option<CallId>),
}

#[derive(Debug)]
pub(super) struct World {
    pub calls: Vec<Real>,
    /// In order of time, by this computer's clock.
    pub acts: Vec<(i64, Act)>,
    pub discreet: bool,
    /// The relay's clock is ahead of this computer's by this much.
    pub skew: i64,
}

const TARGET: &str = "+33261910001";
const ACCOUNTS: [&str; 3] = ["1001", "1002", "1003"];
const PARTIES: [Option<&str>; 5] = [
    Some("+33199000001"),
    Some("+33199000002"),
    Some("+442079460000"),
    Some("anonymous"),
    None,
];

pub(super) fn world(seed: u64) -> World {
    let mut dice = Dice::new(seed);
    let dials = dice.chance(15);
    let restarts = dice.chance(30);
    let skew = if restarts {
        dice.roll(-2, 3)
    } else {
        dice.pick(&[0, 0, -3600, 3600, 2])
    };
    let mut calls = Vec::new();
    let mut start = 5;
    for n in 0..dice.roll(1, 6) {
        start += dice.roll(7, 90);
        calls.push(real(&mut dice, n, start, skew));
    }
    let presses = dials.then(|| {
        let when = dice.roll(5, start + 60);
        dial(&mut dice, &mut calls, when, skew)
    });
    let mut acts = deliver(&mut dice, &calls);
    acts.extend(presses.into_iter().flatten());
    life(&mut dice, &mut acts, restarts);
    acts.sort_by_key(|(at, _)| *at);
    World {
        calls,
        acts,
        discreet: dice.chance(50),
        skew,
    }
}

fn real(dice: &mut Dice, n: i64, start: i64, skew: i64) -> Real {
    let incoming = dice.chance(80);
    let party = dice.pick(&PARTIES).map(|text| Party::from(text.to_owned()));
    let rings = dice.roll(1, 150);
    let talks = dice.chance(40).then(|| dice.roll(1, 200));
    let shared = incoming && dice.chance(40);
    let one_id = dice.chance(50);
    // Each account of a hunt group has its own id; then only caller, line and moment tell that it is one call. Whoever
    // withholds the number can't be recognised so.
    let recognisable = party
        .as_ref()
        .is_some_and(|party| matches!(party, Party::Number(_)));
    let accounts = if shared && (one_id || recognisable) {
        usize::try_from(dice.roll(2, 4)).unwrap()
    } else {
        1
    };
    let first = if accounts == 1 {
        usize::try_from(dice.roll(0, 3)).unwrap()
    } else {
        0
    };
    let answers = first + usize::try_from(dice.roll(0, i64::try_from(accounts).unwrap())).unwrap();
    let base = if incoming {
        incoming_call(party.clone())
    } else {
        outgoing_call(party.clone())
    };
    let legs = (first..first + accounts)
        .map(|place| {
            let call = Call {
                call_id: CallId(if one_id {
                    format!("c{n}")
                } else {
                    format!("c{n}-{place}")
                }),
                account_id: AccountId(ACCOUNTS[place].into()),
                ..base.clone()
            };
            let late = if accounts > 1 && !one_id {
                dice.roll(0, 3)
            } else {
                0
            };
            let talk = talks.filter(|_| place == answers);
            leg(dice, call, start + late, rings, talk, skew)
        })
        .collect();
    Real {
        incoming,
        dialled: false,
        own: false,
        party,
        legs,
    }
}

fn incoming_call(party: Option<Party>) -> Call {
    Call {
        calling_number: party,
        ..incoming("x")
    }
}

fn outgoing_call(party: Option<Party>) -> Call {
    Call {
        called_number: party,
        ..outgoing("x", TARGET, 0)
    }
}

fn leg(dice: &mut Dice, call: Call, start: i64, rings: i64, talks: Option<i64>, skew: i64) -> Leg {
    let ringing = Call {
        started_at: at(start + skew),
        ..call
    };
    let state = |call: &Call, made, rank| State {
        call: call.clone(),
        made,
        rank,
    };
    let mut states = vec![state(&ringing, start, 0)];
    let answered = start + rings;
    let mut last = ringing;
    // The callback of the answer may reach the relay only after that of the end.
    let late = dice.chance(15);
    if talks.is_some() && !late {
        last = connected(last, answered + skew);
        states.push(state(&last, answered, 1));
    }
    let end = answered + talks.unwrap_or(0);
    let over = ended(last, end + skew);
    match dice.roll(0, 10) {
        // No end ever comes.
        0 => {}
        // The relay gives up waiting for it.
        1 => {
            let guess = Call {
                end_unknown: true,
                ended_at: Some(at(end + 300 + skew)),
                ..over
            };
            states.push(state(&guess, end + 300, 2));
        }
        _ => {
            states.push(state(&over, end, 3));
            if talks.is_some() && late {
                let known = Call {
                    connected_at: Some(at(answered + skew)),
                    ..over
                };
                states.push(state(&known, end + 3, 3));
            }
        }
    }
    Leg {
        start,
        connected: states
            .iter()
            .any(|state| state.call.connected_at.is_some())
            .then_some(answered),
        states,
    }
}

/// A time without connection.
struct Cut {
    from: i64,
    until: i64,
    /// The relay no longer knows what happened meanwhile.
    gap: bool,
    /// It is the agent that wasn't there.
    restart: bool,
}

/// What arrives: late, twice, in another order, after a cut, or never.
fn deliver(dice: &mut Dice, calls: &[Real]) -> Vec<(i64, Act)> {
    let cut = dice.chance(40).then(|| {
        let from = dice.roll(10, 300);
        Cut {
            from,
            until: from + dice.roll(2, 200),
            gap: dice.chance(40),
            restart: dice.chance(30),
        }
    });
    let mut acts = Vec::new();
    for (call, real) in calls.iter().enumerate() {
        for (leg, plan) in real.legs.iter().enumerate() {
            for (state, told) in plan.states.iter().enumerate() {
                if dice.chance(6) {
                    continue;
                }
                let copies = if dice.chance(12) { 2 } else { 1 };
                for copy in 0..copies {
                    let delay = if dice.chance(85) {
                        dice.roll(0, 3)
                    } else {
                        dice.roll(3, 200)
                    };
                    let mut when = told.made + delay + copy * dice.roll(0, 40);
                    if let Some(cut) = &cut
                        && (cut.from..cut.until).contains(&when)
                    {
                        if cut.gap {
                            continue;
                        }
                        when = cut.until;
                    }
                    acts.push((when, Act::Tell { call, leg, state }));
                }
            }
        }
    }
    acts.sort_by_key(|(when, _)| *when);
    if let Some(cut) = cut {
        resume(dice, calls, &mut acts, &cut);
    }
    acts
}

/// The desktop comes back: the last of what it had heard is told again, then what it missed, or the list of what is live.
fn resume(dice: &mut Dice, calls: &[Real], acts: &mut Vec<(i64, Act)>, cut: &Cut) {
    let heard = acts.iter().take_while(|(when, _)| *when < cut.from);
    let mut again: Vec<_> = heard.map(|(_, act)| act.clone()).collect();
    again.drain(..again.len().saturating_sub(2));
    let back = if cut.restart { Act::Restart } else { Act::Mend };
    let mut replay = vec![(cut.from, Act::Cut), (cut.until, back)];
    replay.extend(again.into_iter().map(|act| (cut.until, act)));
    if cut.gap {
        replay.push((cut.until, Act::List(live_at(calls, cut.until))));
    }
    let after = acts.partition_point(|(when, _)| *when < cut.until);
    acts.splice(after..after, replay);
    catch_up(dice, acts, cut.until);
}

/// The relay says that it has told everything, after what it tells at that moment; an old one never does.
fn catch_up(dice: &mut Dice, acts: &mut Vec<(i64, Act)>, from: i64) {
    if dice.chance(90) {
        acts.push((from + dice.roll(0, 4), Act::CaughtUp));
    }
}

/// What the relay holds for live, each leg with the state that it is in.
fn live_at(calls: &[Real], when: i64) -> Vec<(usize, usize, usize)> {
    let mut live = Vec::new();
    for (call, real) in calls.iter().enumerate() {
        for (leg, plan) in real.legs.iter().enumerate() {
            let last = plan.states.iter().rposition(|state| state.made <= when);
            if let Some(state) = last.filter(|state| plan.states[*state].call.state != CallState::Ended) {
                live.push((call, leg, state));
            }
        }
    }
    live
}

/// The pad dials once: the own phone rings, and whoever was dialled, once it was picked up or at once. Gives what the person
/// and the platform do; what the relay tells goes the way of all calls.
fn dial(dice: &mut Dice, calls: &mut Vec<Real>, when: i64, skew: i64) -> [(i64, Act); 2] {
    // A number that calls itself; or whoever was dialled, by whom only the platform's answer says that it is none.
    let (caller, named) = dice.pick(&[
        (OWN, None),
        (OWN, Some("own")),
        (OWN, Some("dialled")),
        (TARGET, Some("own")),
    ]);
    let own = Call {
        call_id: CallId("own".into()),
        ..incoming_call(Some(Party::from(caller.to_owned())))
    };
    let rings = dice.roll(1, 40);
    let picked_up = dice.chance(80);
    let at_once = dice.chance(50);
    let holds = picked_up.then(|| dice.roll(5, 200));
    let own_leg = leg(dice, own, when + 1, rings, holds, skew);
    calls.push(Real {
        incoming: true,
        dialled: false,
        own: true,
        party: Some(Party::from(caller.to_owned())),
        legs: vec![own_leg],
    });
    let party = Some(Party::from(TARGET.to_owned()));
    let call = Call {
        call_id: CallId("dialled".into()),
        ..outgoing_call(party.clone())
    };
    let talks = (picked_up && dice.chance(50)).then(|| dice.roll(1, 100));
    let other_rings = dice.roll(1, 20);
    let other_leg = if at_once {
        leg(dice, call, when + 1, rings + other_rings, talks, skew)
    } else {
        leg(dice, call, when + 1 + rings, other_rings, talks, skew)
    };
    if picked_up || at_once {
        calls.push(Real {
            incoming: false,
            dialled: true,
            own: false,
            party,
            legs: vec![other_leg],
        });
    }
    let answered = when + dice.roll(0, 12);
    let answer = named.map(|id| CallId(id.into()));
    [(when, Act::Dial), (answered, Act::Dialled(answer))]
}

/// What the person does meanwhile.
fn life(dice: &mut Dice, acts: &mut Vec<(i64, Act)>, restarts: bool) {
    let span = acts.iter().map(|(when, _)| *when).max().unwrap_or(0) + 20;
    for _ in 0..dice.roll(0, 8) {
        let on = dice.chance(50);
        let act = match dice.roll(0, 12) {
            0..=2 => Act::Desk(DeskState {
                locked: on,
                dnd: dice.chance(20),
            }),
            3 => Act::Set(Switch::Incoming(on)),
            4 => Act::Set(Switch::Missed(on)),
            5 => Act::Set(Switch::Outgoing(on)),
            6 => Act::Set(Switch::ClickToCallOnly(on && dice.chance(50))),
            7 => Act::Set(Switch::RespectDnd(on)),
            8 => Act::Set(Switch::Quiet(on)),
            9 => Act::Read,
            10 => Act::Silence,
            _ if restarts => Act::Restart,
            _ => continue,
        };
        let at = dice.roll(0, span);
        let restarts = matches!(act, Act::Restart);
        acts.push((at, act));
        if restarts {
            catch_up(dice, acts, at);
        }
    }
    let end = span + 30;
    acts.push((end, Act::Set(Switch::Quiet(false))));
    acts.push((end + 1, Act::Desk(DeskState::default())));
}
