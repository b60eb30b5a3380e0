//! The main job, played by nobody's hand: what the demo does, and what must be seen of it.

use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::bus::What;
use super::desktop::Desktop;
use super::observe::{self, Mark};
use super::process;
use super::product::{ACCOUNT, LINE, Product, SERVICE};
use super::screen::{Area, Screen};
use super::simulator::same_number;
use super::timeline::{Observation, Timeline};
use super::wait;

/// Whom the person dials, who calls and is answered, and who calls in vain: numbers kept for fiction.
const CALLEE: &str = "+33199001234";
const CALLER: &str = "+33261910042";
const MISSED: &str = "+33639980107";

/// Longest wait for anything that is a matter of milliseconds on a good day.
const SOON: Duration = Duration::from_secs(15);
/// Longest wait for a web engine to start on a slow machine.
const COLD: Duration = Duration::from_secs(60);

/// What the steps hand to each other.
struct Stage<'a> {
    desktop: &'a Desktop,
    product: &'a mut Product,
    agent: u32,
    icon: Area,
    /// Where the simulator's record was when the current call began.
    record: u64,
}

/// Plays all steps.
///
/// # Errors
/// The first step that was not observed.
pub fn play(desktop: &Desktop, product: &mut Product, timeline: &mut Timeline) -> Result<()> {
    let icon = Area {
        x: 0,
        y: 0,
        width: 0,
        height: 0,
    };
    let mut stage = Stage {
        desktop,
        product,
        agent: 0,
        icon,
        record: 0,
    };
    let screen = &desktop.screen;
    timeline.step(screen, "tray_icon_shown", || stage.tray_icon_shown())?;
    timeline.step(screen, "credentials_stored", || stage.credentials_stored())?;
    timeline.step(screen, "tray_clicked", || stage.tray_clicked())?;
    timeline.step(screen, "pad_painted", || stage.pad_painted())?;
    timeline.step(screen, "number_dialled", || stage.number_dialled())?;
    timeline.step(screen, "own_phone_rings", || stage.phone("own_phone_rings"))?;
    timeline.step(screen, "other_party_rings", || stage.phone("other_party_rings"))?;
    timeline.step(screen, "outgoing_call_shown", || stage.outgoing_call_shown())?;
    let (call, mark) = stage.let_ring(CALLER, 60.0)?;
    timeline.step(screen, "incoming_notified", || {
        stage.incoming_notified(mark, &call)
    })?;
    timeline.step(screen, "incoming_answered", || stage.incoming_answered(&call))?;
    timeline.step(screen, "notification_withdrawn", || {
        stage.notification_withdrawn(mark)
    })?;
    let (call, mark) = stage.let_ring(MISSED, 2.0)?;
    let mut button = None;
    timeline.step(screen, "missed_notified", || {
        let (seen, label) = stage.missed_notified(mark, &call)?;
        button = Some(label);
        Ok(seen)
    })?;
    let label = button.context("no button")?;
    timeline.step(screen, "called_back_from_notification", || {
        stage.called_back(&label)
    })?;
    timeline.step(screen, "journal_complete", || stage.journal_complete())?;
    timeline.step(screen, "agent_survived_window_crash", || {
        stage.survives_window_crash()
    })?;
    timeline.step(screen, "quit", || stage.quit())
}

impl Stage<'_> {
    fn screen(&self) -> &Screen {
        &self.desktop.screen
    }

    fn tray_icon_shown(&mut self) -> Result<Observation> {
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
    fn credentials_stored(&mut self) -> Result<Observation> {
        let before = observe::keychain_entries(SERVICE, self.desktop.env())?;
        ensure!(before.is_empty(), "the keychain already holds {before:?}");
        let enrolment = self.product.enrolment()?;
        self.product
            .control(&json!({ "type": "open_link", "uri": enrolment.link }))?;
        self.product
            .control(&json!({ "type": "enrol", "relay": self.product.relay_url, "code": enrolment.code }))?;
        let entries = wait::until(SOON, "the relay's token in the keychain", || {
            let entries = observe::keychain_entries(SERVICE, self.desktop.env())?;
            Ok((!entries.is_empty()).then_some(entries))
        })?;
        ensure!(
            entries.iter().any(|entry| entry == "relay-token"),
            "the keychain holds {entries:?}, not relay-token"
        );
        self.icon = observe::wait_mark(self.screen(), Mark::Handset, SOON)
            .context("the icon doesn't say connected")?;
        let detail = json!({ "service": SERVICE, "entries": entries });
        Ok(Observation::now(
            "secret-tool, and the connected icon in the panel",
            detail,
        ))
    }

    fn tray_clicked(&mut self) -> Result<Observation> {
        let (at, click) = self.click_icon()?;
        let detail = json!({ "point": [click.0, click.1] });
        Ok(Observation {
            by: "Activate on the session bus, after a click of the mouse",
            at: Some(at),
            detail,
        })
    }

    /// Clicks where the icon is on the screen and hears the tray host pass it on.
    fn click_icon(&self) -> Result<(Instant, (i32, i32))> {
        let mark = self.desktop.bus.mark();
        let point = self.icon.centre();
        self.screen().click(point)?;
        let at = self
            .desktop
            .bus
            .wait(mark, SOON, "the click passed on to the agent", |heard| {
                (heard.what == What::IconActivated).then_some(heard.at)
            })?;
        Ok((at, point))
    }

    fn pad_painted(&mut self) -> Result<Observation> {
        let (window, colours, at) = observe::wait_painted(self.screen(), COLD)?;
        let detail = json!({ "window": area(window.area), "colours": colours });
        Ok(Observation {
            by: "the screen",
            at: Some(at),
            detail,
        })
    }

    /// Types into the pad as a person does, and presses Enter.
    fn number_dialled(&mut self) -> Result<Observation> {
        self.record = self.product.simulator.mark()?;
        let window = observe::window(self.screen())?.context("the window is gone")?;
        let before = self.screen().picture(window.area)?;
        let national = format!("0{}", CALLEE.trim_start_matches("+33"));
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

    fn keyboard(&self, words: &[&str]) -> Result<()> {
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

    /// Waits for what a phone of the current call does.
    fn phone(&self, kind: &str) -> Result<Observation> {
        let entry = self
            .product
            .simulator
            .wait(self.record, SOON, kind, |entry| entry["kind"] == kind)?;
        Ok(Observation::now(
            "the simulator's record",
            keep(&entry, &["seq", "kind", "call_id", "account", "number"]),
        ))
    }

    fn outgoing_call_shown(&mut self) -> Result<Observation> {
        self.product
            .simulator
            .wait(self.record, SOON, "the conversation", |entry| {
                entry["kind"] == "connected"
            })?;
        let icon = observe::wait_mark(self.screen(), Mark::InCall, SOON)?;
        let window = observe::window(self.screen())?.context("the window is gone")?;
        let mut detail = json!({ "icon": area(icon), "window": area(window.area) });
        if let Some(access) = &self.desktop.access {
            let card = access.wait(SOON, "the number of the call", |thing| {
                super::simulator::shows_number(&thing.name, CALLEE)
            });
            detail["card"] = card.context("the window doesn't show the call")?.name.into();
        }
        self.product
            .simulator
            .wait(self.record, SOON, "the end of the call", |entry| {
                entry["kind"] == "ended"
            })?;
        Ok(Observation::now(
            "the screen: the green disc in the panel, the call in the window",
            detail,
        ))
    }

    /// Somebody calls the demo's line.
    fn let_ring(&mut self, from: &str, ring_for_s: f64) -> Result<(String, usize)> {
        let mark = self.desktop.bus.mark();
        self.record = self.product.simulator.mark()?;
        Ok((self.product.simulator.ring(ACCOUNT, from, ring_for_s)?, mark))
    }

    fn incoming_notified(&mut self, mark: usize, call: &str) -> Result<Observation> {
        let shot = observe::wait_notification(&self.desktop.bus, mark, SOON, CALLER, |_| true)?;
        let bubble = observe::wait_bubble(self.screen(), SOON)?;
        observe::wait_mark(self.screen(), Mark::Ringing, SOON)?;
        let detail = json!({
            "call_id": call, "to": LINE, "summary": shot.summary, "body": shot.body, "buttons": shot.buttons, "on_screen": area(bubble.area),
        });
        Ok(Observation {
            by: "Notify on the session bus, and the notification on the screen",
            at: Some(shot.at),
            detail,
        })
    }

    fn incoming_answered(&mut self, call: &str) -> Result<Observation> {
        self.product.simulator.answer(ACCOUNT)?;
        let entry = self
            .product
            .simulator
            .wait(self.record, SOON, "the answered call", |entry| {
                entry["kind"] == "connected" && entry["call_id"] == call
            })?;
        let icon = observe::wait_mark(self.screen(), Mark::InCall, SOON)?;
        let mut detail = keep(&entry, &["seq", "kind", "call_id", "account"]);
        detail["icon"] = area(icon);
        Ok(Observation::now(
            "the simulator's record, and the green disc in the panel",
            detail,
        ))
    }

    fn notification_withdrawn(&mut self, mark: usize) -> Result<Observation> {
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
        self.product.simulator.hang_up(ACCOUNT)?;
        self.product
            .simulator
            .wait(self.record, SOON, "the end of the call", |entry| {
                entry["kind"] == "ended"
            })?;
        let detail = json!({ "notification": id, "reason": "by the app" });
        Ok(Observation::now(
            "NotificationClosed on the session bus, and the screen",
            detail,
        ))
    }

    /// The caller gives up; the words of the button that calls back are returned beside what was seen.
    fn missed_notified(&mut self, mark: usize, call: &str) -> Result<(Observation, String)> {
        let calls_back = |label: &str| label.starts_with("Rappeler") || label.starts_with("Call back");
        let missed = |shot: &observe::Shot| shot.buttons.iter().any(|(_, label)| calls_back(label));
        self.product
            .simulator
            .wait(self.record, SOON, "the caller's giving up", |entry| {
                entry["kind"] == "ended" && entry["call_id"] == call
            })?;
        let shot = observe::wait_notification(&self.desktop.bus, mark, SOON, MISSED, missed)?;
        let bubble = observe::wait_bubble(self.screen(), SOON)?;
        observe::wait_mark(self.screen(), Mark::Missed, SOON)?;
        let label = shot
            .buttons
            .iter()
            .find(|(_, label)| calls_back(label))
            .map(|(_, label)| label.clone());
        let label = label.context("no button calls back")?;
        let detail = json!({
            "call_id": call, "summary": shot.summary, "body": shot.body, "buttons": shot.buttons, "on_screen": area(bubble.area),
        });
        let by = "Notify on the session bus, the notification on the screen, and the red dot in the panel";
        Ok((
            Observation {
                by,
                at: Some(shot.at),
                detail,
            },
            label,
        ))
    }

    /// Presses the notification's button with the mouse.
    fn called_back(&mut self, label: &str) -> Result<Observation> {
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
        let entry = self
            .product
            .simulator
            .wait(self.record, SOON, "the call back", |entry| {
                entry["kind"] == "call_requested"
            })?;
        let number = entry["number"].as_str().unwrap_or_default();
        ensure!(
            same_number(number, MISSED),
            "the platform was asked for {number}, not {MISSED}"
        );
        let took = millis(Instant::now(), begun);
        self.product
            .simulator
            .wait(self.record, SOON, "the other party's phone", |entry| {
                entry["kind"] == "other_party_rings"
            })?;
        let detail = json!({
            "button": label, "at": area(button.area), "action": key, "requested": number, "press_to_request_ms": took,
        });
        Ok(Observation::now(
            "ActionInvoked on the session bus, and the simulator's record",
            detail,
        ))
    }

    fn journal_complete(&mut self) -> Result<Observation> {
        self.product
            .simulator
            .wait(self.record, SOON, "the end of the call", |entry| {
                entry["kind"] == "ended"
            })?;
        let file = self.product.journal();
        let wanted = [
            ("outgoing", CALLEE, true),
            ("incoming", CALLER, true),
            ("incoming", MISSED, false),
            ("outgoing", MISSED, true),
        ];
        let mut last = Vec::new();
        let rows = wait::until(SOON, "four ended calls in the journal", || {
            last = observe::journal(&file)?;
            let has = |&(direction, number, connected): &(&str, &str, bool)| {
                last.iter().any(|row| {
                    row.direction == direction
                        && same_number(&row.other, number)
                        && row.connected == connected
                        && row.state == "ended"
                })
            };
            Ok((last.len() == wanted.len() && wanted.iter().all(has)).then(|| last.clone()))
        });
        let rows = rows.with_context(|| format!("the journal holds {last:?}"))?;
        Ok(Observation::now(
            "the journal's file, read with SQLite",
            json!({ "calls": rows }),
        ))
    }

    fn survives_window_crash(&mut self) -> Result<Observation> {
        let program = "centrex-tray-window";
        let pids = || process::named(program, self.agent);
        let [window] = pids()?[..] else {
            bail!("expected one {program}, found {:?}", pids()?)
        };
        process::kill_hard(window)?;
        wait::until(SOON, "the window's going from the screen", || {
            Ok(observe::window(self.screen())?.is_none().then_some(()))
        })?;
        self.click_icon()
            .context("the agent doesn't answer a click any more")?;
        let (shown, _, at) = observe::wait_painted(self.screen(), COLD)?;
        let [fresh] = pids()?[..] else {
            bail!("expected one new {program}, found {:?}", pids()?)
        };
        ensure!(fresh != window, "the same process {window} is there again");
        let ended = self.product.agent.as_mut().context("no agent")?.ended()?;
        ensure!(ended.is_none(), "the agent ended: {ended:?}");
        let detail =
            json!({ "agent": self.agent, "killed": window, "fresh": fresh, "window": area(shown.area) });
        Ok(Observation {
            by: "the process table and the screen",
            at: Some(at),
            detail,
        })
    }

    fn quit(&mut self) -> Result<Observation> {
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
}

/// The fields of a record's entry that tell something.
fn keep(entry: &Value, fields: &[&str]) -> Value {
    fields
        .iter()
        .map(|field| ((*field).to_owned(), entry[field].clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

fn area(area: Area) -> Value {
    json!([area.x, area.y, area.width, area.height])
}

fn millis(later: Instant, earlier: Instant) -> u64 {
    u64::try_from(later.saturating_duration_since(earlier).as_millis()).unwrap_or(u64::MAX)
}
