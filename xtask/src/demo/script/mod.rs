//! The main job, played by nobody's hand: what the demo does, and what must be seen of it.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use resvg::tiny_skia::Pixmap;
use serde_json::{Value, json};

use super::bus::What;
use super::desktop::Desktop;
use super::observe::{self, Look};
use super::product::{ACCOUNT, Product};
use super::screen::{Area, Screen, Shown};
use super::timeline::Timeline;

mod absence;
mod incoming;
mod life;
mod outgoing;
mod people;
mod several;

/// Whom the person dials, who calls and is answered, and who calls in vain: numbers kept for fiction.
const CALLEE: &str = "+33199001234";
const CALLER: &str = "+33261910042";
const MISSED: &str = "+33639980107";
/// Who stands in the imported vCard.
const KNOWN: &str = "+33199004455";
/// Who call while the agent isn't there.
const ABSENT: [&str; 3] = ["+33353010011", "+33465710022", "+33536490033"];

/// Longest wait for anything that is a matter of milliseconds on a good day.
const SOON: Duration = Duration::from_secs(30);
/// Longest wait for a web engine to start on a slow machine.
const COLD: Duration = Duration::from_secs(60);

/// Pixels by which another place or another stage of a call differs at least: a disc of the call's card has 3,200.
const ANOTHER: usize = 4_000;

/// The window's program.
const WINDOW: &str = "centrex-tray-window";

/// What the steps hand to each other.
struct Stage<'a> {
    desktop: &'a Desktop,
    product: &'a mut Product,
    agent: u32,
    icon: Area,
    /// Where the simulator's record was when the current call began.
    record: u64,
    /// When somebody last began to call.
    rang: Option<Instant>,
    /// When the icon was last clicked.
    clicked: Option<Instant>,
    /// The window as it was last seen at rest.
    seen: Option<Pixmap>,
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
    // Longer than the 3 s within which the agent takes a window that ends after it was called for one that was already
    // leaving, and starts another.
    product.set_env("CENTREX_TRAY_WINDOW_LINGER_S", "4");
    // A French person: the pictures show the product's first language.
    product.set_env("LANG", "fr_FR.UTF-8");
    let mut stage = Stage {
        desktop,
        product,
        agent: 0,
        icon,
        record: 0,
        rang: None,
        clicked: None,
        seen: None,
    };
    let screen = &desktop.screen;
    timeline.step(screen, "tray_icon_shown", || stage.tray_icon_shown())?;
    timeline.step(screen, "credentials_stored", || stage.credentials_stored())?;
    stage.comes_to_the_icon()?;
    stage.close_window()?;
    timeline.step(screen, "tray_clicked", || stage.tray_clicked())?;
    timeline.step(screen, "pad_painted", || stage.pad_painted())?;
    timeline.step(screen, "number_dialled", || stage.number_dialled())?;
    timeline.step(screen, "own_phone_rings", || stage.own_phone_rings())?;
    timeline.step(screen, "other_party_rings", || stage.other_party_rings())?;
    timeline.step(screen, "outgoing_call_shown", || stage.outgoing_call_shown())?;
    stage.end_call()?;
    let (call, mark) = stage.let_ring(CALLER)?;
    timeline.step(screen, "incoming_notified", || {
        stage.incoming_notified(mark, &call)
    })?;
    timeline.step(screen, "incoming_answered", || stage.incoming_answered(&call))?;
    timeline.step(screen, "notification_withdrawn", || {
        stage.notification_withdrawn(mark)
    })?;
    stage.end_call()?;
    // On the list of calls it would count as read at once.
    stage.show("pad")?;
    let (call, mark) = stage.let_ring(MISSED)?;
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
    stage.product.simulator.answer(ACCOUNT)?;
    stage.heard("connected")?;
    stage.end_call()?;
    timeline.step(screen, "journal_complete", || stage.journal_complete())?;
    stage.show("pad")?;
    timeline.step(screen, "two_calls_at_once", || stage.two_calls_at_once())?;
    timeline.step(screen, "answered_elsewhere", || stage.answered_elsewhere())?;
    timeline.step(screen, "known_caller_named", || stage.known_caller_named())?;
    timeline.step(screen, "screen_pop_opened", || stage.screen_pop_opened())?;
    timeline.step(screen, "lost_connection_marked", || {
        stage.lost_connection_marked()
    })?;
    timeline.step(screen, "summary_after_absence", || stage.summary_after_absence())?;
    timeline.step(screen, "agent_survived_window_crash", || {
        stage.survives_window_crash()
    })?;
    timeline.step(screen, "quit", || stage.quit())
}

impl Stage<'_> {
    fn screen(&self) -> &Screen {
        &self.desktop.screen
    }

    /// The other side hangs up; waits until the platform says that it is over.
    fn end_call(&self) -> Result<()> {
        self.product.simulator.other_hangs_up(ACCOUNT)?;
        self.heard("ended").map(drop)
    }

    /// Waits for the simulator's word that this happened in the current call.
    fn heard(&self, kind: &str) -> Result<Value> {
        self.product
            .simulator
            .wait(self.record, SOON, kind, |entry| entry["kind"] == kind)
    }

    /// The app's window, which has to be there.
    fn window(&self) -> Result<Shown> {
        observe::window(self.screen())?.context("the window is gone")
    }

    /// Waits until the window shows something else than when it was last seen, and is still.
    fn window_changed(&mut self, pixels: usize) -> Result<()> {
        let window = self.window()?;
        let now = match &self.seen {
            Some(before) => observe::wait_changed(self.screen(), window.area, before, pixels, SOON)?,
            None => observe::wait_still(self.screen(), window.area, SOON)?,
        };
        self.seen = Some(now);
        Ok(())
    }

    /// Waits until the window looks like that.
    fn window_becomes(&mut self, look: Look) -> Result<()> {
        let window = self.window()?;
        self.seen = Some(observe::wait_look(self.screen(), window.area, look, SOON)?);
        Ok(())
    }

    /// Asks for a place of the window, as the tray's menu does.
    fn show(&mut self, place: &str) -> Result<()> {
        self.product.control(&json!({ "type": "show", "place": place }))?;
        self.window_changed(ANOTHER)
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
        // To the bare desktop: the tray host's tooltip would cover the window.
        let all = self.screen().area();
        self.screen()
            .point((all.width.cast_signed() / 4, all.height.cast_signed() / 4))?;
        Ok((at, point))
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
