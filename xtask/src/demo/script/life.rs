//! The app's own life: its start, its credentials, its journal, its end.

use std::time::Instant;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::{ANOTHER, COLD, SOON, Stage, WINDOW, area, millis};
use crate::demo::bus::What;
use crate::demo::observe::{self, Mark};
use crate::demo::product::SERVICE;
use crate::demo::screen::{Area, Screen};
use crate::demo::simulator::{Played, same_number};
use crate::demo::timeline::Observation;
use crate::demo::{process, wait};

/// The web engine's program for the page.
const PAGE: &str = "WebKitWebProcess";
/// A window over the icon has at most so many pixels between itself and the panel.
const NEAR: i32 = 60;

impl Stage<'_> {
    pub(super) fn tray_icon_shown(&mut self) -> Result<Observation> {
        let mark = self.desktop.bus.mark();
        let begun = Instant::now();
        self.agent = self.product.start_agent()?;
        let (at, sender) =
            self.desktop
                .bus
                .wait(mark, SOON, "the icon's registration", |heard| match &heard.what {
                    What::IconRegistered { sender } => Some((heard.at, sender.clone())),
                    _ => None,
                })?;
        let owner = self.desktop.bus.pid_of(&sender)?;
        ensure!(
            owner == self.agent,
            "process {owner} registered the icon, not the agent ({})",
            self.agent
        );
        // Nothing is set up yet, so whichever drawing says so: but one of ours must be there.
        let find = || {
            for mark in [Mark::Handset, Mark::NotConnected] {
                if let Some(area) = self
                    .screen()
                    .find_colour(observe::panel(self.screen()), mark.colour())?
                {
                    return Ok(Some(area));
                }
            }
            Ok(None)
        };
        self.icon = wait::until(SOON, "the icon in the panel", find)?;
        let detail = json!({ "registered_after_ms": millis(at, begun), "icon": area(self.icon) });
        Ok(Observation::now(
            "the tray host on the session bus, and the panel on the screen",
            detail,
        ))
    }

    /// The administrator's link is opened; the person reads the relay's host in the window and says yes.
    pub(super) fn credentials_stored(&mut self) -> Result<Observation> {
        let before = observe::keychain_entries(SERVICE, self.desktop.env())?;
        ensure!(before.is_empty(), "the keychain already holds {before:?}");
        let enrolment = self.product.enrolment()?;
        // What the system does when the link is clicked: it hands it to the program that its desktop entry names.
        self.product.agent_says(&["dial", &enrolment.link])?;
        let (window, _, _) = observe::wait_painted(self.screen(), COLD)?;
        let asking = observe::wait_still(self.screen(), window.area, SOON)?;
        // The question has the focus; from there to "not now", to "yes".
        self.keyboard(&["key", "Tab", "Tab", "Return"])?;
        let entries = wait::until(SOON, "the relay's token in the keychain", || {
            let entries = observe::keychain_entries(SERVICE, self.desktop.env())?;
            // Before it spends the code, the agent writes an entry of no worth and takes it away again.
            Ok(entries
                .iter()
                .any(|entry| entry == "relay-token")
                .then_some(entries))
        })?;
        // The question and its dimmed surroundings are gone: most of the window's picture is another one. Only from then
        // on does the icon's blue mean connected; before, it meant that nothing was set up.
        let changed = wait::until(SOON, "the end of the question in the window", || {
            let changed = Screen::difference(&asking, &self.screen().picture(window.area)?)?;
            Ok((changed > 50_000).then_some(changed))
        })?;
        self.icon = observe::wait_mark(self.screen(), Mark::Handset, SOON)
            .context("the icon doesn't say connected")?;
        let detail = json!({
            "service": SERVICE, "entries": entries, "window": area(window.area), "pixels_changed_by_the_yes": changed,
        });
        Ok(Observation::now(
            "secret-tool, and the connected icon in the panel, after a yes in the window",
            detail,
        ))
    }

    /// The link opened the window where the window manager puts windows; a click on the icon brings it there.
    pub(super) fn comes_to_the_icon(&mut self) -> Result<()> {
        let (icon, panel) = (self.icon.centre(), observe::panel(self.screen()));
        let over_icon = |at: Area| {
            let (left, right) = (at.x, at.x + at.width.cast_signed());
            let gap = panel.y - (at.y + at.height.cast_signed());
            (left..right).contains(&icon.0) && (0..NEAR).contains(&gap)
        };
        let before = self.window()?.area;
        ensure!(
            !over_icon(before),
            "the window is already over the icon: {before:?}"
        );
        self.click_icon()?;
        wait::until(SOON, "the window over the icon", || {
            Ok(over_icon(self.window()?.area).then_some(()))
        })
    }

    /// Closes the window and waits until its process is gone: the next click starts it cold.
    pub(super) fn close_window(&mut self) -> Result<()> {
        self.screen().close(&self.window()?)?;
        wait::until(SOON, "the closed window's going from the screen", || {
            Ok(observe::window(self.screen())?.is_none().then_some(()))
        })?;
        wait::until(SOON, "the end of the closed window's process", || {
            Ok(process::named(WINDOW, self.agent)?.is_empty().then_some(()))
        })
    }

    pub(super) fn quit(&mut self) -> Result<Observation> {
        self.product.agent_says(&["quit"])?;
        let status = self.product.agent.as_mut().context("no agent")?.wait_end(SOON)?;
        ensure!(status.success(), "the agent ended with {status}");
        observe::wait_no_mark(self.screen(), SOON)?;
        wait::until(SOON, "the window's end", || {
            Ok(observe::window(self.screen())?.is_none().then_some(()))
        })?;
        let detail = json!({ "agent": self.agent, "exit_code": status.code() });
        Ok(Observation::now(
            "the process table, and the empty panel on the screen",
            detail,
        ))
    }

    /// The page's process is killed: the window stays and its page comes back, with a sentence.
    fn survives_page_crash(&mut self) -> Result<Value> {
        let pids = || process::named(PAGE, self.agent);
        let [page] = pids()?[..] else {
            bail!("expected one {PAGE}, found {:?}", pids()?)
        };
        process::kill_hard(page)?;
        let fresh = wait::until(SOON, "another page's process", || {
            Ok(pids()?.into_iter().find(|pid| *pid != page))
        })?;
        observe::wait_painted(self.screen(), COLD)?;
        self.window_changed(ANOTHER)
            .context("the sentence about the page that ended")?;
        Ok(json!({ "killed": page, "fresh": fresh }))
    }

    pub(super) fn survives_window_crash(&mut self) -> Result<Observation> {
        self.product
            .control(&json!({ "type": "change_settings", "changes": { "theme": "dark" } }))?;
        self.window_changed(ANOTHER).context("the dark theme")?;
        let page = self.survives_page_crash()?;
        let pids = || process::named(WINDOW, self.agent);
        let [window] = pids()?[..] else {
            bail!("expected one {WINDOW}, found {:?}", pids()?)
        };
        process::kill_hard(window)?;
        wait::until(SOON, "the window's going from the screen", || {
            Ok(observe::window(self.screen())?.is_none().then_some(()))
        })?;
        self.click_icon()
            .context("the agent doesn't answer a click any more")?;
        let (shown, at) = observe::wait_painted_dark(self.screen(), COLD)?;
        let [fresh] = pids()?[..] else {
            bail!("expected one new {WINDOW}, found {:?}", pids()?)
        };
        ensure!(fresh != window, "the same process {window} is there again");
        let ended = self.product.agent.as_mut().context("no agent")?.ended()?;
        ensure!(ended.is_none(), "the agent ended: {ended:?}");
        self.seen = Some(observe::wait_still(self.screen(), shown.area, SOON)?);
        let detail = json!({
            "agent": self.agent, "killed": window, "fresh": fresh, "window": area(shown.area), "page_before": page,
        });
        Ok(Observation::at("the process table and the screen", at, detail))
    }

    pub(super) fn journal_complete(&mut self) -> Result<Observation> {
        let file = self.product.journal();
        let wanted = self.product.simulator.ended_calls()?;
        ensure!(
            wanted.len() == 4,
            "the platform's record has these calls: {wanted:?}"
        );
        let mut last = Vec::new();
        let rows = wait::until(SOON, "the platform's four calls in the journal", || {
            last = observe::journal(&file)?;
            let has = |played: &Played| {
                last.iter().any(|row| {
                    row.call == played.call
                        && row.direction == played.direction
                        && same_number(&row.other, &played.number)
                        && row.connected == played.connected
                        && row.state == "ended"
                })
            };
            Ok((last.len() == wanted.len() && wanted.iter().all(has)).then(|| last.clone()))
        });
        let rows = rows.with_context(|| format!("the journal holds {last:?}"))?;
        let at = Instant::now();
        self.show("calls").context("the list of calls")?;
        let by = "the simulator's record beside the journal's file, read with SQLite";
        Ok(Observation::at(
            by,
            at,
            json!({ "calls": rows, "played": wanted }),
        ))
    }
}
