//! Random schedules: whole worlds of calls played to the companion, and after every step what a person sees is held against
//! a model that was written apart from the board.
//!
//! A seed names a world for ever. One that failed stands in `seeds.txt`, and is played first.

mod model;
mod runs;
mod world;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use model::{Model, Told};
use world::{Act, Dice, Switch, World};

use super::*;
use crate::dialled::Dialled;
use crate::effect::{Notification, NotificationKind};
use crate::event::DeskState;
use crate::known::Known;

const NAME: &str = "Accueil";

/// A desktop that runs the companion and watches it.
struct Desktop<'a> {
    world: &'a World,
    companion: Companion,
    settings: Settings,
    screen: DeskState,
    model: Model<'a>,
    /// Which real call a leg belongs to.
    calls: BTreeMap<CallKey, usize>,
    notes: BTreeMap<NoteKey, Notification>,
    journal: BTreeMap<CallKey, (Call, bool)>,
    /// What the journal keeps of what was dialled.
    dialled: Vec<Dialled>,
    /// This process asked for a call.
    asks: bool,
    /// Calls that rang aloud.
    rang: BTreeSet<usize>,
    /// Names to be found, and when.
    names: VecDeque<(i64, telephony::E164)>,
    dice: Dice,
    now: i64,
    /// What happened, for who looks into a failure.
    trace: Vec<String>,
}

type Checked = Result<(), String>;

fn check(holds: bool, why: impl FnOnce() -> String) -> Checked {
    if holds { Ok(()) } else { Err(why()) }
}

impl<'a> Desktop<'a> {
    fn new(world: &'a World, seed: u64) -> Self {
        let mut calls = BTreeMap::new();
        for (n, real) in world.calls.iter().enumerate() {
            for leg in &real.legs {
                calls.insert(CallKey::of(&leg.states[0].call), n);
            }
        }
        let settings = Settings {
            sound: true,
            discreet_when_locked: world.discreet,
            ..relay_settings()
        };
        Self {
            world,
            companion: Companion::new(settings.clone(), Language::Fr, at(0)),
            settings,
            screen: DeskState::default(),
            model: Model::new(&world.calls, world.skew),
            calls,
            notes: BTreeMap::new(),
            journal: BTreeMap::new(),
            dialled: Vec::new(),
            asks: false,
            rang: BTreeSet::new(),
            names: VecDeque::new(),
            dice: Dice::new(seed ^ 0xd1ce),
            now: 0,
            trace: Vec::new(),
        }
    }

    fn start(&mut self) -> Checked {
        self.feed(live())?;
        self.feed(Event::Desk(self.screen))
    }

    fn feed(&mut self, event: Event) -> Checked {
        let aloud = matches!(
            event,
            Event::Call { .. }
                | Event::LiveCalls { .. }
                | Event::CaughtUp
                | Event::Link(_)
                | Event::Tick
                | Event::Desk(_)
                | Event::Settings(_)
        );
        let said = match &event {
            Event::Call { call, origin, age_s } => {
                let (account, id) = (&call.account_id.0, &call.call_id.0);
                format!(
                    "{account}/{id} {:?}, {:?}, {age_s} s old, {origin:?}",
                    call.direction, call.state
                )
            }
            other => format!("{other:?}").chars().take(100).collect(),
        };
        self.trace.push(format!("{} {said}", self.now));
        let effects = self.companion.on(event, at(self.now));
        for effect in effects {
            self.watch(effect, aloud)?;
        }
        Ok(())
    }

    fn watch(&mut self, effect: Effect, aloud: bool) -> Checked {
        self.trace.push(match &effect {
            Effect::Notify(note) => format!("    {:?} {:?} {:?}", note.kind, note.key, note.title),
            Effect::Withdraw(key) => format!("    withdraw {key:?}"),
            _ => String::new(),
        });
        match effect {
            // That a number was silenced is told of no call.
            Effect::Notify(note) if note.key == NoteKey::Silence => {}
            Effect::Notify(note) => {
                let standing = self.notes.contains_key(&note.key);
                if note.sound {
                    check(aloud, || format!("a sound without news: {note:?}"))?;
                    if note.kind == NotificationKind::Incoming {
                        let call = self.call_of_note(&note.key)?;
                        check(self.rang.insert(call) && !standing, || {
                            format!("rings twice: {note:?}")
                        })?;
                    }
                }
                let kind = self.notes.get(&note.key).map(|before| before.kind);
                check(kind.is_none_or(|kind| kind == note.kind), || {
                    format!("changes its kind: {note:?}")
                })?;
                self.notes.insert(note.key.clone(), note);
            }
            Effect::Withdraw(key) => {
                let stood = self.notes.remove(&key).is_some();
                check(stood, || format!("{key:?} is withdrawn and doesn't stand"))?;
            }
            Effect::Record { call, unread } => {
                self.journal.insert(CallKey::of(&call), (*call, unread));
            }
            Effect::Unrecord(key) => {
                self.journal.remove(&key);
            }
            Effect::Dialled(dialled) => {
                self.dialled.retain(|known| known.id != dialled.id);
                self.dialled.push(dialled);
            }
            Effect::MarkAllRead => self.journal.values_mut().for_each(|(_, unread)| *unread = false),
            Effect::LookUp(number) => {
                let when = self.now + self.dice.roll(0, 6);
                self.names.push_back((when, number));
            }
            Effect::Silence { number, .. } => {
                self.settings.silenced.insert(number);
            }
            _ => {}
        }
        Ok(())
    }

    fn call_of_note(&self, key: &NoteKey) -> Result<usize, String> {
        let call = match key {
            NoteKey::Call(key) => self.calls.get(key).copied(),
            NoteKey::Record | NoteKey::Silence => None,
        };
        call.ok_or_else(|| format!("{key:?} is nobody's call"))
    }

    /// Lets time pass as the agent does: what is due happens when it is due.
    fn until(&mut self, when: i64) -> Checked {
        for _ in 0..1_000 {
            let due = self
                .companion
                .next_deadline()
                .map(|due| due.as_second() - at(0).as_second());
            let named = self.names.front().map(|(when, _)| *when);
            let Some(next) = due.into_iter().chain(named).min().filter(|next| *next <= when) else {
                self.now = when;
                self.model.at(when);
                return Ok(());
            };
            self.now = self.now.max(next);
            self.model.at(self.now);
            if due != Some(next) {
                let (_, number) = self.names.pop_front().unwrap();
                let known = self.dice.chance(60).then(|| known(NAME));
                self.feed(Event::Named { number, known })?;
            } else {
                self.feed(Event::Tick)?;
            }
            self.compare(false)?;
        }
        Err("something is always due".into())
    }

    fn act(&mut self, act: &Act) -> Checked {
        match act {
            Act::Tell { call, leg, state } => {
                self.model.told();
                let state = &self.world.calls[*call].legs[*leg].states[*state];
                let age = self.now - state.made;
                self.model.heard(*call, *leg, state, age);
                self.tell(state.call.clone(), age)
            }
            Act::List(list) => {
                self.model.told();
                self.model.listed(list, self.now);
                let state = |(call, leg, state): &(usize, usize, usize)| {
                    self.world.calls[*call].legs[*leg].states[*state].clone()
                };
                let calls: Vec<_> = list.iter().map(state).collect();
                self.feed(Event::LiveCalls {
                    calls: calls.into_iter().map(|state| state.call).collect(),
                    at: at(self.now + self.world.skew),
                })
            }
            Act::Cut => {
                // Nothing more comes: what goes on as far as is known is told now.
                self.model.caught_up();
                self.feed(Event::Link(Link::Down(LinkProblem::Lost)))
            }
            Act::Mend => self.resume(),
            Act::CaughtUp => {
                self.model.caught_up();
                self.feed(Event::CaughtUp)
            }
            Act::Desk(screen) => {
                (self.screen, self.model.screen) = (*screen, *screen);
                self.model.review();
                self.feed(Event::Desk(*screen))
            }
            Act::Set(switch) => {
                self.set(*switch);
                self.model.set(*switch);
                self.feed(Event::Settings(Box::new(self.settings.clone())))
            }
            Act::Read => {
                self.model.read();
                self.feed(Event::MissedRead)
            }
            Act::Silence => self.silence(),
            Act::Restart => self.restart(),
            Act::Dial => {
                self.asks = true;
                self.model.dial();
                self.feed(dial(1, TARGET, false))
            }
            // A process that has gone gets no answer.
            Act::Dialled(_) if !self.asks => Ok(()),
            Act::Dialled(named) => {
                self.model.answered_dial(named.as_ref().map(|id| id.0.as_str()));
                self.feed(Event::DialOutcome(press(1), Ok(named.clone())))
            }
        }
    }

    /// The connection is there, and the relay begins to tell what was missed.
    fn resume(&mut self) -> Checked {
        self.model.behind = Some(self.now);
        self.feed(Event::CatchingUp)?;
        self.feed(live())
    }

    fn tell(&mut self, call: Call, age_s: i64) -> Checked {
        self.feed(Event::Call {
            call: Box::new(call),
            origin: Origin::Relay,
            age_s,
        })
    }

    fn set(&mut self, switch: Switch) {
        let settings = &mut self.settings;
        match switch {
            Switch::Incoming(on) => settings.notify_incoming = on,
            Switch::Missed(on) => settings.notify_missed = on,
            Switch::Outgoing(on) => settings.notify_outgoing = on,
            Switch::ClickToCallOnly(on) => settings.click_to_call_only = on,
            Switch::RespectDnd(on) => settings.respect_dnd = on,
            // The tests' clock begins at 08:00:00 UTC.
            Switch::Quiet(on) => settings.quiet = on.then(|| "08:02-08:06".parse().unwrap()),
        }
    }

    fn silence(&mut self) -> Checked {
        let offers = |note: &&Notification| {
            note.actions
                .iter()
                .any(|(action, _)| *action == NoteAction::Silence)
        };
        let Some(key) = self.notes.values().find(offers).map(|note| note.key.clone()) else {
            return Ok(());
        };
        let call = self.call_of_note(&key)?;
        self.model.silence(call);
        self.feed(Event::NoteAction {
            key,
            action: NoteAction::Silence,
            press: press(2),
        })
    }

    /// The process goes, and its notifications with it; another one reads the journal, oldest call first.
    fn restart(&mut self) -> Checked {
        self.notes.clear();
        self.names.clear();
        self.asks = false;
        self.companion = Companion::new(self.settings.clone(), Language::Fr, at(self.now));
        let mut rows: Vec<_> = self.journal.values().cloned().collect();
        rows.sort_by_key(|(call, _)| (call.started_at, CallKey::of(call)));
        for (call, unread) in rows {
            self.feed(Event::Call {
                call: Box::new(call),
                origin: Origin::Journal { unread },
                age_s: 0,
            })?;
            check(self.notes.is_empty(), || {
                "what the journal knows is told again".into()
            })?;
        }
        self.feed(Event::DialledBefore(self.dialled.clone()))?;
        self.model.restart();
        self.resume()?;
        self.feed(Event::Desk(self.screen))?;
        self.until(self.now)
    }

    /// What is seen against what should be.
    fn compare(&mut self, thorough: bool) -> Checked {
        let mut rings = BTreeSet::new();
        let mut placed = BTreeSet::new();
        let (mut missed, mut tellings) = (0, 0);
        for note in self.notes.values() {
            match note.kind {
                NotificationKind::Missed => {
                    tellings += 1;
                    missed += note
                        .title
                        .split(' ')
                        .next()
                        .and_then(|word| word.parse().ok())
                        .unwrap_or(1);
                }
                kind => {
                    let call = self.call_of_note(&note.key)?;
                    let these = if kind == NotificationKind::Incoming {
                        &mut rings
                    } else {
                        &mut placed
                    };
                    check(these.insert(call), || {
                        format!("two notifications of one call: {note:?}")
                    })?;
                }
            }
            self.check_words(note)?;
        }
        let seen = || self.model.seen.iter().enumerate();
        let should = |wanted: &dyn Fn(&model::Seen) -> bool| -> BTreeSet<usize> {
            seen()
                .filter(|(_, seen)| wanted(seen))
                .map(|(call, _)| call)
                .collect()
        };
        let alone = should(&|seen| seen.told == Told::Alone).len();
        let together = should(&|seen| seen.told == Told::Together).len();
        let unread = should(&|seen| seen.unread).len();
        let expected = (
            should(&|seen| seen.alert),
            should(&|seen| seen.placed),
            alone + together,
            alone + usize::from(together > 0),
            unread,
        );
        let is = (
            rings,
            placed,
            missed,
            tellings,
            usize::try_from(self.companion.missed()).unwrap(),
        );
        check(is == expected, || {
            format!("ringing, placed, missed calls told, in notifications, unread: {is:?}, not {expected:?}")
        })?;
        if thorough { self.compare_lists() } else { Ok(()) }
    }

    /// While the screen is locked nothing tells who calls; else the number or the name is there.
    fn check_words(&self, note: &Notification) -> Checked {
        let text = format!("{}\n{}", note.title, note.body);
        let tells = text.contains(NAME)
            || ["01\u{a0}99\u{a0}00\u{a0}00\u{a0}0", "7946", "02\u{a0}61"]
                .iter()
                .any(|digits| text.contains(digits));
        let line = "01\u{a0}99\u{a0}00\u{a0}00\u{a0}99";
        let tells = tells && !(text.replace(line, "") == text && text.contains(line));
        let hidden = self.world.discreet && self.screen.locked;
        check(!(hidden && tells), || {
            format!("tells who calls on a locked screen: {text}")
        })?;
        if note.kind != NotificationKind::Incoming || hidden {
            return Ok(());
        }
        let party = self.world.calls[self.call_of_note(&note.key)?].party.clone();
        let named = !matches!(party, Some(Party::Number(_))) || tells;
        check(named, || format!("doesn't tell who calls: {text}"))
    }

    /// Every call that was told of stands in the lists once, in its last state.
    fn compare_lists(&self) -> Checked {
        let lines: Vec<_> = self
            .companion
            .live()
            .into_iter()
            .chain(self.companion.recent(100))
            .collect();
        for call in 0..self.world.calls.len() {
            let mine: Vec<_> = lines
                .iter()
                .filter(|line| self.calls.get(&line.key) == Some(&call))
                .map(|line| line.outcome)
                .collect();
            let expected: Vec<_> = self.model.outcome(call).into_iter().collect();
            check(mine == expected, || {
                format!("call {call} is shown as {mine:?}, not {expected:?}")
            })?;
        }
        let own = |key: &CallKey| self.calls.get(key).is_none_or(|call| self.model.seen[*call].own);
        check(!self.journal.keys().any(own), || "the own phone has a row".into())
    }

    fn play(&mut self) -> Checked {
        self.start()?;
        for (n, (when, act)) in self.world.acts.iter().enumerate() {
            self.until(*when)
                .and_then(|()| self.act(act))
                .and_then(|()| self.compare(n % 16 == 0))
                .map_err(|why| format!("second {when}, after {act:?}: {why}"))?;
        }
        // Nothing lasts for ever: half a day later all is over.
        self.until(self.now + 13 * 3600)?;
        self.compare(true)?;
        let live = self.companion.live();
        check(
            live.is_empty() && self.companion.next_deadline().is_none(),
            || format!("still live: {live:?}"),
        )
    }
}

fn known(name: &str) -> Known {
    Known {
        name: name.into(),
        company: None,
        label: None,
        source: "carnet".into(),
        since: at(0),
        contact: "1".into(),
        ambiguous: false,
        shared: false,
        several: false,
    }
}
