//! Calls that come in: one answered, one missed and called back.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{CALLER, MISSED, SOON, Stage, area, keep, millis};
use crate::demo::bus::What;
use crate::demo::observe::{self, Look, Mark};
use crate::demo::product::{ACCOUNT, COLLEAGUE, COMPANY, LINE};
use crate::demo::simulator::{Simulator, same_number};
use crate::demo::timeline::Observation;
use crate::demo::wait;

impl Stage<'_> {
    /// Somebody calls the demo's line.
    pub(super) fn let_ring(&mut self, from: &str) -> Result<(String, usize)> {
        self.let_happen(|simulator| simulator.ring(ACCOUNT, from))
    }

    /// Somebody calls the company's number: the demo's line rings, and a colleague's.
    pub(super) fn let_both_ring(&mut self, from: &str) -> Result<(String, usize)> {
        self.let_happen(|simulator| simulator.ring_both([ACCOUNT, COLLEAGUE], COMPANY, from))
    }

    fn let_happen(&mut self, ring: impl FnOnce(&Simulator) -> Result<String>) -> Result<(String, usize)> {
        let mark = self.desktop.bus.mark();
        self.record = self.product.simulator.mark()?;
        self.rang = Some(Instant::now());
        Ok((ring(&self.product.simulator)?, mark))
    }

    pub(super) fn incoming_notified(&mut self, mark: usize, call: &str) -> Result<Observation> {
        let shot = observe::wait_notification(&self.desktop.bus, mark, SOON, CALLER, |_| true)?;
        let bubble = observe::wait_bubble(self.screen(), SOON)?;
        observe::wait_mark(self.screen(), Mark::Ringing, SOON)?;
        self.window_becomes(Look::RingingBar)
            .context("the ringing call in the window")?;
        let detail = json!({
            "call_id": call, "to": LINE, "summary": shot.summary, "body": shot.body, "buttons": shot.buttons, "on_screen": area(bubble.area),
        });
        let by = "Notify on the session bus, and the notification on the screen";
        let rang = self.rang.context("nobody called")?;
        Ok(Observation::at(by, shot.at, detail).since(rang))
    }

    pub(super) fn incoming_answered(&mut self, call: &str) -> Result<Observation> {
        self.product.simulator.answer(ACCOUNT)?;
        let entry = self
            .product
            .simulator
            .wait(self.record, SOON, "the answered call", |entry| {
                entry["kind"] == "connected" && entry["call_id"] == call
            })?;
        let icon = observe::wait_mark(self.screen(), Mark::InCall, SOON)?;
        let at = Instant::now();
        self.show("calls").context("the call on the list of calls")?;
        let mut detail = keep(&entry, &["seq", "kind", "call_id", "account"]);
        detail["icon"] = area(icon);
        Ok(Observation::at(
            "the simulator's record, and the green disc in the panel",
            at,
            detail,
        ))
    }

    pub(super) fn notification_withdrawn(&mut self, mark: usize) -> Result<Observation> {
        let (id, reason) = self
            .desktop
            .bus
            .wait(mark, SOON, "the notification's withdrawal", |heard| {
                match heard.what {
                    What::Closed { id, reason } => Some((id, reason)),
                    _ => None,
                }
            })?;
        ensure!(
            reason == 3,
            "notification {id} was closed for reason {reason}, not by the app (3)"
        );
        wait::until(SOON, "the notification's going from the screen", || {
            Ok(self.screen().window_of("xfce4-notifyd")?.is_none().then_some(()))
        })?;
        let detail = json!({ "notification": id, "reason": "by the app" });
        Ok(Observation::now(
            "NotificationClosed on the session bus, and the screen",
            detail,
        ))
    }

    /// The caller gives up; the words of the button that calls back are returned beside what was seen.
    pub(super) fn missed_notified(&mut self, mark: usize, call: &str) -> Result<(Observation, String)> {
        let calls_back = |label: &str| label.starts_with("Rappeler") || label.starts_with("Call back");
        let missed = |shot: &observe::Shot| shot.buttons.iter().any(|(_, label)| calls_back(label));
        observe::wait_notification(&self.desktop.bus, mark, SOON, MISSED, |_| true)
            .context("it was not announced while it rang")?;
        let gave_up = Instant::now();
        self.product.simulator.other_hangs_up(ACCOUNT)?;
        let ended = self.heard("ended")?;
        ensure!(ended["call_id"] == call, "another call ended: {ended}");
        let shot = observe::wait_notification(&self.desktop.bus, mark, SOON, MISSED, missed)?;
        let bubble = observe::wait_bubble(self.screen(), SOON)?;
        observe::wait_mark(self.screen(), Mark::Missed, SOON)?;
        let label = shot
            .buttons
            .iter()
            .find(|(_, label)| calls_back(label))
            .map(|(_, label)| label.clone());
        let label = label.context("no button calls back")?;
        let window = self.window()?;
        self.seen = Some(observe::wait_still(self.screen(), window.area, SOON)?);
        let detail = json!({
            "call_id": call, "summary": shot.summary, "body": shot.body, "buttons": shot.buttons, "on_screen": area(bubble.area),
        });
        let by = "Notify on the session bus, the notification on the screen, and the red dot in the panel";
        Ok((Observation::at(by, shot.at, detail).since(gave_up), label))
    }

    /// Presses the notification's button with the mouse.
    pub(super) fn called_back(&mut self, label: &str) -> Result<Observation> {
        self.record = self.product.simulator.mark()?;
        let mark = self.desktop.bus.mark();
        let access = self
            .desktop
            .access
            .as_ref()
            .context("no accessibility bus to find the button with")?;
        let button = access.wait(SOON, &format!("the button “{label}”"), |thing| {
            thing.role == "push button" && thing.name == label
        })?;
        let begun = Instant::now();
        self.screen().click(button.area.centre())?;
        let key = self
            .desktop
            .bus
            .wait(mark, SOON, "the pressed button", |heard| match &heard.what {
                What::Action { key, .. } => Some(key.clone()),
                _ => None,
            })?;
        let entry = self.heard("call_requested").context("the button called nobody")?;
        let number = entry["number"].as_str().unwrap_or_default();
        ensure!(
            same_number(number, MISSED),
            "the platform was asked for {number}, not {MISSED}"
        );
        let took = millis(Instant::now(), begun);
        self.heard("own_phone_rings")?;
        self.product.simulator.answer(ACCOUNT)?;
        self.heard("other_party_rings")?;
        let at = Instant::now();
        self.window_becomes(Look::BothPhones)
            .context("the call's card in the window")?;
        let detail = json!({
            "button": label, "at": area(button.area), "action": key, "requested": number, "press_to_request_ms": took,
        });
        let by = "ActionInvoked on the session bus, and the simulator's record";
        Ok(Observation::at(by, at, detail).since(begun))
    }
}
