//! A call that the person places from the pad.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{CALLEE, COLD, SOON, Stage, area, keep, millis};
use crate::demo::observe::{self, Mark};
use crate::demo::product::ACCOUNT;
use crate::demo::screen::Screen;
use crate::demo::simulator::same_number;
use crate::demo::timeline::Observation;
use crate::demo::wait;

impl Stage<'_> {
    pub(super) fn tray_clicked(&mut self) -> Result<Observation> {
        let (at, click) = self.click_icon()?;
        let detail = json!({ "point": [click.0, click.1] });
        Ok(Observation {
            by: "Activate on the session bus, after a click of the mouse",
            at: Some(at),
            detail,
        })
    }

    pub(super) fn pad_painted(&mut self) -> Result<Observation> {
        let (window, colours, at) = observe::wait_painted(self.screen(), COLD)?;
        let detail = json!({ "window": area(window.area), "colours": colours });
        Ok(Observation {
            by: "the screen",
            at: Some(at),
            detail,
        })
    }

    /// Types into the pad as a person does, and presses Enter.
    pub(super) fn number_dialled(&mut self) -> Result<Observation> {
        self.record = self.product.simulator.mark()?;
        let window = observe::window(self.screen())?.context("the window is gone")?;
        let before = self.screen().picture(window.area)?;
        let national = format!("0{}", CALLEE.trim_start_matches("+33"));
        self.pad = Some(before.clone());
        self.keyboard(&["type", "--delay", "15", &national])?;
        let shown = wait::until(SOON, "the typed number in the window", || {
            let now = self.screen().picture(window.area)?;
            let different = Screen::difference(&before, &now)?;
            Ok((different > 60).then_some(different))
        })?;
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
            "typed": national, "requested": number, "pixels_changed": shown, "enter_to_request_ms": millis(Instant::now(), begun),
        });
        Ok(Observation::now("the simulator's record", detail))
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
        Ok(Observation::now(
            "the simulator's record",
            keep(&entry, &["seq", "kind", "call_id", "account", "number"]),
        ))
    }

    /// The person picks up; the platform calls the other party.
    pub(super) fn other_party_rings(&mut self) -> Result<Observation> {
        self.product.simulator.answer(ACCOUNT)?;
        let entry = self.heard("other_party_rings")?;
        Ok(Observation::now(
            "the simulator's record",
            keep(&entry, &["seq", "kind", "call_id", "account", "number"]),
        ))
    }

    pub(super) fn outgoing_call_shown(&mut self) -> Result<Observation> {
        self.product.simulator.answer(ACCOUNT)?;
        self.heard("connected")?;
        let icon = observe::wait_mark(self.screen(), Mark::InCall, SOON)?;
        let window = observe::window(self.screen())?.context("the window is gone")?;
        let pad = self.pad.as_ref().context("the pad wasn't seen")?;
        // The card takes the place of the keys: most of the window's picture is another one.
        let changed = wait::until(SOON, "the call's card in the window", || {
            let changed = Screen::difference(pad, &self.screen().picture(window.area)?)?;
            Ok((changed > 5_000).then_some(changed))
        })?;
        let detail = json!({ "icon": area(icon), "window": area(window.area), "pixels_changed": changed });
        Ok(Observation::now(
            "the screen: the green disc in the panel, the call in the window",
            detail,
        ))
    }
}
