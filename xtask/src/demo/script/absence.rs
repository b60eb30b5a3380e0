//! Away: without a relay what nobody could hear of is said, and what was missed meanwhile is told as one.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{ABSENT, COLD, SOON, Stage, area};
use crate::demo::bus::What;
use crate::demo::observe::{self, Mark};
use crate::demo::product::ACCOUNT;
use crate::demo::timeline::Observation;
use crate::demo::{simulator, wait};

impl Stage<'_> {
    /// The relay goes and comes back; the journal has the time between, filled.
    pub(super) fn lost_connection_marked(&mut self) -> Result<Observation> {
        let file = self.product.journal();
        let before = observe::holes(&file)?;
        self.product.stop_relay();
        observe::wait_mark(self.screen(), Mark::NotConnected, SOON).context("the relay is gone")?;
        self.product.start_relay()?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON).context("the relay is back")?;
        let hole = wait::until(SOON, "the filled hole in the journal", || {
            let holes = observe::holes(&file)?;
            let fresh = holes.get(before.len()..).unwrap_or_default();
            Ok(fresh.iter().find(|hole| hole.state == "filled").cloned())
        });
        let hole = hole.with_context(|| format!("the journal has {:?}", observe::holes(&file)))?;
        ensure!(hole.until_us > hole.from_us, "a hole of no time: {hole:?}");
        let said = self.product.agent_says(&["calls", "--json"])?;
        let said: serde_json::Value = serde_json::from_str(&said)?;
        let told = said["holes"][0].clone();
        ensure!(
            told["state"] == "filled",
            "the command line tells of {}",
            said["holes"]
        );
        self.show("calls").context("the list of calls")?;
        let detail = json!({ "journal": hole, "command_line": told });
        Ok(Observation::now(
            "the panel, and the journal's file, read with SQLite",
            detail,
        ))
    }
    /// The agent ends, several people call in vain, and the agent is there again a moment later: one notification tells it all.
    pub(super) fn summary_after_absence(&mut self) -> Result<Observation> {
        self.product.agent_says(&["quit"])?;
        let status = self.product.agent.as_mut().context("no agent")?.wait_end(SOON)?;
        ensure!(status.success(), "the agent ended with {status}");
        observe::wait_no_mark(self.screen(), SOON)?;
        for caller in ABSENT {
            let (call, _) = self.let_ring(caller)?;
            self.product.simulator.caller_hangs_up(ACCOUNT, &call)?;
            // The relay has the end on disk: what the agent hears first is that it is over.
            let what = "the answer to the end of the call";
            self.product.simulator.wait(self.record, SOON, what, |entry| {
                entry["kind"] == "callback_answered"
                    && entry["event"] == "call_end"
                    && entry["call_id"] == call.as_str()
            })?;
        }
        let mark = self.desktop.bus.mark();
        self.agent = self.product.start_agent()?;
        let all = format!("{} appels", ABSENT.len());
        let shot = observe::wait_notification(&self.desktop.bus, mark, SOON, ABSENT[0], |shot| {
            shot.summary.starts_with(&all)
        })?;
        ensure!(
            ABSENT
                .iter()
                .all(|caller| simulator::shows_number(&shot.body, caller)),
            "not everybody who called is named: {}",
            shot.body
        );
        let bubble = observe::wait_bubble(self.screen(), SOON)?;
        observe::wait_mark(self.screen(), Mark::Missed, SOON)?;
        let picture = self.screen().picture(self.screen().area())?;
        // The connection has long caught up, and the window shows it: nothing more is to come.
        self.product.control(&json!({ "type": "show", "place": "pad" }))?;
        let (window, _, _) = observe::wait_painted(self.screen(), COLD)?;
        self.seen = Some(observe::wait_still(self.screen(), window.area, SOON)?);
        let heard = self.desktop.bus.since(mark).into_iter();
        let told = heard
            .filter(|heard| matches!(heard.what, What::Notify { .. }))
            .count();
        ensure!(told == 1, "{told} notifications tell of one absence");
        let detail = json!({
            "summary": shot.summary, "body": shot.body, "notifications": told, "on_screen": area(bubble.area),
        });
        let by =
            "Notify on the session bus, once, the notification on the screen, and the red dot in the panel";
        Ok(Observation {
            picture: Some(picture),
            ..Observation::at(by, shot.at, detail)
        })
    }
}
