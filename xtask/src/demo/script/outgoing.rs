//! A call that the person places from the pad.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{CALLEE, COLD, SOON, Stage, area, keep, millis};
use crate::demo::observe::{self, Look, Mark};
use crate::demo::product::ACCOUNT;
use crate::demo::screen::is_light;
use crate::demo::simulator::same_number;
use crate::demo::timeline::Observation;
use crate::demo::wait;

impl Stage<'_> {
    pub(super) fn tray_clicked(&mut self) -> Result<Observation> {
        self.clicked = Some(Instant::now());
        let (at, click) = self.click_icon()?;
        // For the picture: the window comes up in the page's ground; the page isn't there yet.
        wait::until(COLD, "the window's ground", || {
            let window = observe::window(self.screen())?;
            let picture = window.map(|window| self.screen().picture(window.area));
            Ok(picture
                .transpose()?
                .is_some_and(|picture| is_light(&picture))
                .then_some(()))
        })?;
        let detail = json!({ "point": [click.0, click.1] });
        Ok(Observation::at(
            "Activate on the session bus, after a click of the mouse",
            at,
            detail,
        ))
    }

    pub(super) fn pad_painted(&mut self) -> Result<Observation> {
        let (window, colours, at) = observe::wait_painted(self.screen(), COLD)?;
        let clicked = self.clicked.context("nothing was clicked")?;
        let detail = json!({
            "window": area(window.area), "colours": colours, "click_to_painted_ms": millis(at, clicked),
        });
        self.window_becomes(Look::Pad)?;
        Ok(Observation::at("the screen", at, detail).since(clicked))
    }

    /// Types into the pad as a person does, and presses Enter.
    pub(super) fn number_dialled(&mut self) -> Result<Observation> {
        self.record = self.product.simulator.mark()?;
        let national = format!("0{}", CALLEE.trim_start_matches("+33"));
        self.keyboard(&["type", "--delay", "15", &national])?;
        // The placeholder's place is the number's, and the sentence under it says what will be dialled.
        self.window_changed(1_000).context("the typed number")?;
        let typed = self.screen().picture(self.screen().area())?;
        let begun = Instant::now();
        self.keyboard(&["key", "Return"])?;
        let entry = self
            .product
            .simulator
            .wait(self.record, SOON, "the request for the call", |entry| {
                entry["kind"] == "call_requested"
            })?;
        let number = entry["number"].as_str().unwrap_or_default();
        ensure!(
            same_number(number, CALLEE),
            "the platform was asked for {number}, not {CALLEE}"
        );
        let detail = json!({
            "typed": national, "requested": number, "enter_to_request_ms": millis(Instant::now(), begun),
        });
        Ok(Observation {
            picture: Some(typed),
            ..Observation::now("the screen, and the simulator's record", detail).since(begun)
        })
    }

    pub(super) fn keyboard(&self, words: &[&str]) -> Result<()> {
        let status = Command::new("xdotool")
            .args(words)
            .env_clear()
            .envs(self.desktop.env().iter().cloned())
            .status();
        ensure!(
            status.context("can't start xdotool")?.success(),
            "xdotool {words:?} failed"
        );
        Ok(())
    }

    pub(super) fn own_phone_rings(&mut self) -> Result<Observation> {
        let entry = self.heard("own_phone_rings")?;
        ensure!(
            entry["direction"] == "outgoing",
            "the phone rings for another call: {entry}"
        );
        let at = Instant::now();
        // The card takes the place of the keys.
        self.window_becomes(Look::OwnPhone).context("the call's card")?;
        Ok(Observation::at(
            "the simulator's record, and the call's card in the window",
            at,
            keep(&entry, &["seq", "kind", "call_id", "account", "number"]),
        ))
    }

    /// The person picks up; the platform calls the other party.
    pub(super) fn other_party_rings(&mut self) -> Result<Observation> {
        self.product.simulator.answer(ACCOUNT)?;
        let entry = self.heard("other_party_rings")?;
        let at = Instant::now();
        self.window_becomes(Look::BothPhones)
            .context("the other party on the call's card")?;
        Ok(Observation::at(
            "the simulator's record, and the call's card in the window",
            at,
            keep(&entry, &["seq", "kind", "call_id", "account", "number"]),
        ))
    }

    pub(super) fn outgoing_call_shown(&mut self) -> Result<Observation> {
        self.product.simulator.answer(ACCOUNT)?;
        self.heard("connected")?;
        let icon = observe::wait_mark(self.screen(), Mark::InCall, SOON)?;
        let at = Instant::now();
        let window = self.window()?;
        self.window_becomes(Look::Talking)
            .context("the connected call on its card")?;
        let detail = json!({ "icon": area(icon), "window": area(window.area) });
        Ok(Observation::at(
            "the screen: the green disc in the panel, the call in the window",
            at,
            detail,
        ))
    }
}
