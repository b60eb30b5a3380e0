//! What happens, in which order, and whether it was right.

use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::sync::Arc;

use centrex::callback::parse;
use futures_util::FutureExt as _;
use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use telephony::{CallState, Direction};

use super::Trace;
use super::desktop::Desktop;
use super::platform::{self, Says, Sent};
use crate::correlate::{Limits, Signal, Verdict};
use crate::hub::{Bounds, Hub};
use crate::ingest::{self, Incoming, Outcome};
use crate::purge::{self, Keep};
use crate::store::InMemory;

/// How long the platform's calls begin, in milliseconds.
const SPAN: u64 = 3 * 60 * 1000;
/// 2027; the epoch of the play.
const EPOCH: i64 = 1_800_000_000_000;

thread_local! {
    // It is: for Windows, Clippy doesn't see it.
    #[allow(clippy::missing_const_for_thread_local)]
    static NOW: Cell<Timestamp> = const { Cell::new(Timestamp::UNIX_EPOCH) };
}

fn now() -> Timestamp {
    NOW.get()
}

/// What happened, over all seeds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Told {
    pub(super) acknowledged: u64,
    pub(super) deaths: u64,
    pub(super) cuts: u64,
    pub(super) gaps: u64,
    pub(super) resumed: u64,
    pub(super) jumps: u64,
    pub(super) forgotten: u64,
    pub(super) early: u64,
}

impl std::ops::Add for Told {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            acknowledged: self.acknowledged + other.acknowledged,
            deaths: self.deaths + other.deaths,
            cuts: self.cuts + other.cuts,
            gaps: self.gaps + other.gaps,
            resumed: self.resumed + other.resumed,
            jumps: self.jumps + other.jumps,
            forgotten: self.forgotten + other.forgotten,
            early: self.early + other.early,
        }
    }
}

impl std::ops::AddAssign for Told {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

#[derive(Clone, Debug)]
enum Happens {
    Arrives(Sent),
    Reads(usize),
    Connects(usize),
    Cut(usize),
    Dies,
    Starts,
    Sweep,
    Jump,
}

pub(super) struct World {
    seed: u64,
    rng: StdRng,
    /// Milliseconds since the epoch of the play.
    at: u64,
    /// How far the relay's clock is off.
    off: i64,
    next: u64,
    agenda: BinaryHeap<Reverse<(u64, u64)>>,
    what: BTreeMap<u64, Happens>,
    store: InMemory,
    hub: Option<Arc<Hub>>,
    keep: Keep,
    desktops: Vec<Desktop>,
    acknowledged: Vec<Sent>,
    pub(super) trace: Trace,
    pub(super) told: Told,
    runtime: tokio::runtime::Runtime,
}

impl World {
    pub(super) fn new(seed: u64, keep_trace: bool) -> Self {
        let mut rng = StdRng::seed_from_u64(seed);
        NOW.set(Timestamp::from_millisecond(EPOCH).unwrap());
        let mut store = InMemory::new(now());
        let desktops = vec![
            Desktop::new("one", &["1001"]),
            Desktop::new("two", &["1002", "1003"]),
            Desktop::new("all", &platform::ACCOUNTS),
        ];
        let tokens: Vec<_> = desktops
            .iter()
            .map(|desktop| (desktop.name, Arc::clone(&desktop.accounts)))
            .collect();
        store.commit(move |batch| {
            for (name, accounts) in tokens {
                let token =
                    "INSERT INTO token (id, hash, label, created_at) VALUES (?1, CAST(?1 AS BLOB), ?1, 0)";
                batch.db().execute(token, [name])?;
                for account in accounts.iter() {
                    let account_of = "INSERT INTO token_account (token, account) VALUES (?1, ?2)";
                    batch.db().execute(account_of, [name, &account.0])?;
                }
            }
            Ok(())
        });
        // Some relays forget while the play lasts.
        let minutes = [2, 7 * 24 * 60][rng.random_range(0..2)];
        let keep = Keep {
            events: SignedDuration::from_mins(minutes),
            ..Keep::default()
        };
        let mut world = Self {
            seed,
            rng,
            at: 0,
            off: 0,
            next: 0,
            agenda: BinaryHeap::new(),
            what: BTreeMap::new(),
            store,
            hub: None,
            keep,
            desktops,
            acknowledged: Vec::new(),
            trace: Trace::new(keep_trace),
            told: Told::default(),
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .start_paused(true)
                .build()
                .unwrap(),
        };
        world.plan();
        world
    }

    fn on(&mut self, at: u64, what: Happens) {
        self.agenda.push(Reverse((at, self.next)));
        self.what.insert(self.next, what);
        self.next += 1;
    }

    fn plan(&mut self) {
        self.on(0, Happens::Starts);
        self.on(1_000, Happens::Sweep);
        for (at, sent) in platform::callbacks(&mut self.rng, SPAN) {
            self.on(at, Happens::Arrives(sent));
        }
        for desktop in 0..self.desktops.len() {
            let at = self.rng.random_range(0..60_000);
            self.on(at, Happens::Connects(desktop));
            for _ in 0..self.rng.random_range(0..6) {
                let at = self.rng.random_range(0..SPAN);
                self.on(at, Happens::Cut(desktop));
            }
        }
        for _ in 0..self.rng.random_range(0..4) {
            let at = self.rng.random_range(0..SPAN);
            self.on(at, Happens::Dies);
        }
        if self.rng.random_bool(0.25) {
            let at = self.rng.random_range(0..SPAN);
            self.on(at, Happens::Jump);
        }
    }

    fn set_clock(&self) {
        let at = EPOCH + i64::try_from(self.at).unwrap() + self.off;
        NOW.set(Timestamp::from_millisecond(at).unwrap());
    }

    pub(super) fn play(&mut self) {
        while let Some(Reverse((at, id))) = self.agenda.pop() {
            if at > SPAN + 4 * 60 * 1000 {
                break;
            }
            self.at = at;
            self.set_clock();
            let what = self.what.remove(&id).unwrap();
            self.happen(what);
        }
    }

    fn happen(&mut self, what: Happens) {
        match what {
            Happens::Arrives(sent) => self.arrive(&sent),
            Happens::Connects(desktop) => {
                if let Some(hub) = self.hub.clone()
                    && !self.desktops[desktop].is_connected()
                {
                    self.desktops[desktop].connect(&hub, &self.store.reader(), now);
                    self.reads_soon(desktop);
                } else {
                    self.connects_soon(desktop);
                }
            }
            Happens::Reads(desktop) => {
                self.read(desktop, false);
            }
            Happens::Cut(desktop) => {
                self.told.cuts += 1;
                self.desktops[desktop].cut();
                self.connects_soon(desktop);
            }
            Happens::Dies => self.die(),
            Happens::Starts => {
                let head = self.store.start(now());
                let hub = Hub::new(Bounds {
                    buffer: 4,
                    all: 10,
                    per_token: 10,
                    // Some come back to what is there, some to what isn't any more.
                    recent: 4000,
                    per_address: 10,
                });
                hub.begin(head);
                self.hub = Some(Arc::new(hub));
                self.trace.say(format_args!("{} starts at {head}", self.at));
            }
            Happens::Sweep => self.sweep(),
            Happens::Jump => {
                self.told.jumps += 1;
                self.off += self.rng.random_range(-3_600_000..3_600_000);
                self.trace
                    .say(format_args!("{} the clock is {} off", self.at, self.off));
            }
        }
    }

    /// A callback reaches the relay: it is dead, it dies of it (before or after its commit), or it answers.
    fn arrive(&mut self, sent: &Sent) {
        let Some(hub) = self.hub.clone() else { return };
        let incoming = Incoming {
            method: "GET",
            query: sent.query().into_bytes(),
            form: None,
            content_type: None,
        };
        let understood =
            ingest::understand(parse(&incoming.query, None)).expect("the platform says what it means");
        let at = now();
        let fate = self.rng.random_range(0..100);
        let work =
            move |batch: &mut crate::store::Batch<'_>| ingest::apply(batch, &understood, &incoming, at);
        if fate == 0 {
            self.store.die_before_commit(work);
            return self.die();
        }
        let (outcome, events) = self.store.commit(work);
        self.trace.say(format_args!(
            "{} {:?} {outcome:?} {}",
            self.at,
            sent,
            events.len()
        ));
        if fate == 1 {
            return self.die();
        }
        self.told.early += u64::from(outcome == Outcome::Matched(Verdict::Early));
        hub.publish(events);
        self.told.acknowledged += 1;
        self.acknowledged.push(sent.clone());
    }

    fn die(&mut self) {
        if self.hub.take().is_none() {
            return;
        }
        self.told.deaths += 1;
        for desktop in 0..self.desktops.len() {
            self.desktops[desktop].cut();
            self.connects_soon(desktop);
        }
        let back = self.at + self.rng.random_range(0..30_000);
        self.on(back, Happens::Starts);
    }

    fn connects_soon(&mut self, desktop: usize) {
        let at = self.at + self.rng.random_range(1..150_000);
        self.on(at, Happens::Connects(desktop));
    }

    fn reads_soon(&mut self, desktop: usize) {
        // Often soon, sometimes late enough to be cut for being slow.
        let longest = [2_000, 60_000][self.rng.random_range(0..2)];
        let at = self.at + self.rng.random_range(1..longest);
        self.on(at, Happens::Reads(desktop));
    }

    /// Whether something came.
    fn read(&mut self, desktop: usize, all: bool) -> bool {
        let guard = self.runtime.enter();
        let taken = self.desktops[desktop].read(&mut self.rng, all);
        drop(guard);
        if let Some(taken) = taken.as_ref().filter(|_| self.trace.kept.is_some()) {
            let name = self.desktops[desktop].name;
            self.trace.say(format_args!(
                "{} {name} {}",
                self.at,
                String::from_utf8_lossy(taken)
            ));
        }
        if self.desktops[desktop].wants_list && self.hub.is_some() {
            let name = self.desktops[desktop].name;
            let reader = self.store.reader();
            let list = reader.calls(name, usize::MAX).now_or_never();
            let (as_of, live, ended, _) = list.unwrap().unwrap();
            self.desktops[desktop].take_list(as_of, live.into_iter().chain(ended).collect());
        }
        if !all && self.desktops[desktop].is_connected() {
            self.reads_soon(desktop);
        } else if !all {
            self.connects_soon(desktop);
        }
        taken.is_some()
    }

    fn sweep(&mut self) {
        self.on(self.at + 70_000, Happens::Sweep);
        let Some(hub) = self.hub.clone() else { return };
        let (at, keep) = (now(), self.keep);
        let (_, events) = self
            .store
            .commit(move |batch| ingest::sweep_some(batch, &Limits::default(), at));
        hub.publish(events);
        let (gone, _) = self.store.commit(move |batch| purge::slice(batch, &keep, at));
        self.told.forgotten += gone.aged as u64;
    }

    /// Nothing breaks any more: everyone is connected and reads to the end. Then everything has to be right.
    pub(super) fn judge(&mut self) {
        self.set_clock();
        if self.hub.is_none() {
            self.happen(Happens::Starts);
        }
        let hub = self.hub.clone().unwrap();
        self.settle(&hub);
        self.compare();
        self.hold_against_the_platform();
        // Without any news no call rings or talks for ever, whatever the clock did.
        for _ in 0..3 {
            self.at += 13 * 3_600_000;
            self.set_clock();
            let at = now();
            let (_, events) = self
                .store
                .commit(move |batch| ingest::sweep_some(batch, &Limits::default(), at));
            hub.publish(events);
        }
        self.settle(&hub);
        self.compare();
        for desktop in &self.desktops {
            let lives = desktop.calls.values().find(|call| call.state != CallState::Ended);
            assert!(
                lives.is_none(),
                "seed {}: {} still has {lives:?}",
                self.seed,
                desktop.name
            );
            self.told.gaps += desktop.gaps;
            self.told.resumed += desktop.resumed;
        }
    }

    fn settle(&mut self, hub: &Arc<Hub>) {
        for desktop in 0..self.desktops.len() {
            // A stream may be cut for being slow, and be resumed, a few times.
            let mut quiet = 0;
            while quiet < 2 {
                if !self.desktops[desktop].is_connected() {
                    let reader = self.store.reader();
                    self.desktops[desktop].connect(hub, &reader, now);
                }
                quiet = if self.read(desktop, true) { 0 } else { quiet + 1 };
            }
        }
    }

    /// Each desktop knows of its accounts' calls what the store knows.
    fn compare(&self) {
        for desktop in &self.desktops {
            let list = self
                .store
                .reader()
                .calls(desktop.name, usize::MAX)
                .now_or_never()
                .unwrap()
                .unwrap();
            let kept: BTreeMap<_, _> = list
                .1
                .into_iter()
                .chain(list.2)
                .map(|call| ((call.account_id.clone(), call.call_id.clone()), call))
                .collect();
            assert_eq!(desktop.calls, kept, "seed {}: {}", self.seed, desktop.name);
        }
    }

    /// What was acknowledged had its effect, or is kept where a person finds it.
    fn hold_against_the_platform(&mut self) {
        let (aside, _) = self.store.commit(|batch| {
            let mut query = batch.db().prepare("SELECT CAST(raw AS TEXT) FROM unmatched")?;
            let raw = query.query_map([], |row| row.get::<_, String>(0))?;
            raw.collect::<Result<Vec<_>, _>>()
        });
        let everything = &self.desktops[2].calls;
        for sent in &self.acknowledged {
            let id = format!("c{}", sent.call);
            let legs: Vec<_> = everything.values().filter(|call| call.call_id.0 == id).collect();
            let is_aside = aside.iter().any(|raw| raw.contains(&format!("call_id={id} ")));
            let holds = match sent.says {
                Says::Starts(account) => legs
                    .iter()
                    .any(|leg| leg.account_id.0 == platform::ACCOUNTS[account]),
                Says::Connects => legs.iter().all(|leg| leg.connected_at.is_some()) || is_aside,
                Says::Ends => {
                    legs.iter()
                        .all(|leg| leg.state == CallState::Ended && !leg.end_unknown)
                        || is_aside
                }
            };
            // Without a start it waits for one.
            assert!(
                holds,
                "seed {}: {sent:?} was acknowledged, and left no trace: {legs:?}",
                self.seed
            );
        }
        // And nothing that nobody said is told.
        let said: BTreeSet<usize> = self.acknowledged.iter().map(|sent| sent.call).collect();
        assert!(everything.len() <= 3 * 8 && said.len() <= 8);
        for call in everything.values() {
            let number: usize = call.call_id.0[1..].parse().unwrap();
            let account = platform::ACCOUNTS
                .iter()
                .position(|id| *id == call.account_id.0)
                .unwrap();
            let sent = Sent {
                call: number,
                says: Says::Starts(account),
            };
            let understood = ingest::understand(parse(sent.query().as_bytes(), None)).unwrap();
            let Signal::Start { direction, .. } = understood.report.signal else {
                panic!("a start")
            };
            assert_eq!(call.direction, direction);
            assert!(matches!(
                call.direction,
                Direction::Incoming | Direction::Outgoing
            ));
            assert_eq!(
                call.extra.get("note"),
                Some(&format!("n{number}")),
                "unnamed parameters travel"
            );
        }
    }
}
