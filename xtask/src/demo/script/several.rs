//! Several calls at a time, and calls that others answer.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{CALLER, KNOWN, MISSED, SOON, Stage};
use crate::demo::bus::What;
use crate::demo::observe::{self, Row, Shot};
use crate::demo::product::{ACCOUNT, COLLEAGUE, COMPANY};
use crate::demo::simulator::shows_number;
use crate::demo::timeline::Observation;
use crate::demo::wait;

impl Stage<'_> {
    /// Two people ring; the first one is answered, then the second one: each takes its own notification away.
    pub(super) fn two_calls_at_once(&mut self) -> Result<Observation> {
        let (first, mark) = self.let_ring(CALLER)?;
        let second = self.product.simulator.ring(ACCOUNT, MISSED)?;
        let notes = [CALLER, MISSED].map(|number| self.note(mark, number));
        let [(_, one), (shot, two)] = notes;
        let ([one, two], at) = ([one?, two?], shot?.at);
        ensure!(one != two, "both calls have the notification {one}");
        ensure!(
            self.withdrawn(mark).is_empty(),
            "a notification went while both phones rang"
        );
        let picture = observe::wait_still(self.screen(), self.screen().area(), SOON)?;
        self.product.simulator.answer_call(ACCOUNT, &first)?;
        self.wait_withdrawn(mark, one)?;
        ensure!(
            self.withdrawn(mark) == [one],
            "the second call's notification went with the first one's"
        );
        self.product.simulator.caller_hangs_up(ACCOUNT, &first)?;
        self.ended(&first)?;
        self.product.simulator.answer_call(ACCOUNT, &second)?;
        self.wait_withdrawn(mark, two)?;
        self.product.simulator.caller_hangs_up(ACCOUNT, &second)?;
        self.ended(&second)?;
        let detail = json!({ "calls": [first, second], "notifications": [one, two] });
        Ok(Observation {
            picture: Some(picture),
            ..Observation::at(
                "Notify and NotificationClosed on the session bus, and the screen",
                at,
                detail,
            )
        })
    }

    /// The company's number is called: the phone of this desk rings, and a colleague's, who takes the call. The platform tells
    /// that it was taken, not by whom: so it is "taken" here, neither missed nor one's own talk.
    pub(super) fn answered_elsewhere(&mut self) -> Result<Observation> {
        let (call, mark) = self.let_both_ring(CALLER)?;
        let (shot, id) = self.note(mark, CALLER);
        let (shot, id) = (shot?, id?);
        ensure!(
            shows_number(&shot.body, COMPANY),
            "the number called isn't told: {}",
            shot.body
        );
        self.product.simulator.answer_call(COLLEAGUE, &call)?;
        let stops = self.heard("own_phone_stops")?;
        let phones = [ACCOUNT, COLLEAGUE].map(|account| self.product.simulator.phone(account));
        let phones = phones.into_iter().collect::<Result<Vec<_>>>()?;
        ensure!(
            stops["account"] == ACCOUNT && phones == ["idle", "talking"],
            "not the colleague's phone talks: {phones:?}, {stops}"
        );
        self.wait_withdrawn(mark, id)?;
        let told = wait::until(SOON, "the icon's word that it was taken", || {
            let tooltip = self.desktop.bus.tooltip()?;
            Ok(tooltip.filter(|tooltip| tooltip.contains("pris")))
        })?;
        self.show("calls")?;
        // For the picture: it is taken and goes on, and nothing tells by whom.
        let picture = observe::wait_still(self.screen(), self.screen().area(), SOON)?;
        self.product.simulator.caller_hangs_up(COLLEAGUE, &call)?;
        self.ended(&call)?;
        let row = self.kept(&call, |row| row.state == "ended")?;
        ensure!(row.outcome == "answered", "the journal has it as {}", row.outcome);
        self.show("pad")?;
        self.only_one_notification(mark)?;
        let detail = json!({
            "call_id": call, "summary": shot.summary, "body": shot.body, "notification": id, "journal": row,
            "phones": { ACCOUNT: phones[0], COLLEAGUE: phones[1] }, "tooltip": told,
        });
        Ok(Observation {
            picture: Some(picture),
            ..Observation::now(
                "the session bus, the simulator's phones, the icon's tooltip, and the journal's file, read with SQLite",
                detail,
            )
        })
    }

    /// Nothing but its ringing was told of the last call: what was to be said of it has been said once another one is announced.
    fn only_one_notification(&mut self, mark: usize) -> Result<()> {
        let (next, after) = self.let_ring(KNOWN)?;
        let (shown, other) = self.note(after, KNOWN);
        let (_, other) = (shown?, other?);
        let told = self.desktop.bus.since(mark);
        let told: Vec<&str> = told.iter().filter_map(|heard| summary(&heard.what)).collect();
        let of_it = told.iter().filter(|summary| shows_number(summary, CALLER));
        ensure!(
            of_it.count() == 1 && told.len() == 2,
            "expected one notification for each call, heard {told:?}"
        );
        self.product.simulator.answer_call(ACCOUNT, &next)?;
        self.wait_withdrawn(after, other)?;
        self.product.simulator.caller_hangs_up(ACCOUNT, &next)?;
        self.ended(&next)
    }

    /// The notification of a ringing call, and the number that the daemon gave it.
    pub(super) fn note(&self, mark: usize, number: &str) -> (Result<Shot>, Result<u32>) {
        let shot = observe::wait_notification(&self.desktop.bus, mark, SOON, number, |_| true);
        let id = self
            .desktop
            .bus
            .wait(mark, SOON, "the notification's number", |heard| {
                match (&heard.what, &shot) {
                    (What::Notified { summary, id }, Ok(shot)) if *summary == shot.summary => Some(*id),
                    _ => None,
                }
            });
        (shot, id)
    }

    pub(super) fn wait_withdrawn(&self, mark: usize, wanted: u32) -> Result<()> {
        let reason =
            self.desktop
                .bus
                .wait(mark, SOON, "the notification's withdrawal", |heard| {
                    match heard.what {
                        What::Closed { id, reason } if id == wanted => Some(reason),
                        _ => None,
                    }
                })?;
        ensure!(
            reason == 3,
            "notification {wanted} was closed for reason {reason}, not by the app (3)"
        );
        Ok(())
    }

    fn withdrawn(&self, mark: usize) -> Vec<u32> {
        let heard = self.desktop.bus.since(mark);
        let closed = heard.iter().filter_map(|heard| match heard.what {
            What::Closed { id, .. } => Some(id),
            _ => None,
        });
        closed.collect()
    }

    /// Waits for the platform's word that this call is over.
    pub(super) fn ended(&self, call: &str) -> Result<()> {
        let over = |entry: &serde_json::Value| entry["kind"] == "ended" && entry["call_id"] == call;
        let simulator = &self.product.simulator;
        simulator
            .wait(self.record, SOON, "the call's end", over)
            .map(drop)
    }

    /// Waits until the journal's file has the call as wanted.
    pub(super) fn kept(&self, call: &str, wanted: impl Fn(&Row) -> bool) -> Result<Row> {
        let file = self.product.journal();
        let found = wait::until(SOON, "the call in the journal", || {
            let rows = observe::journal(&file)?;
            Ok(rows.into_iter().find(|row| row.call == call && wanted(row)))
        });
        found.with_context(|| format!("the journal holds {:?}", observe::journal(&file)))
    }
}

/// The first line of a notification that an app asked for.
fn summary(what: &What) -> Option<&str> {
    match what {
        What::Notify { summary, .. } => Some(summary),
        _ => None,
    }
}
