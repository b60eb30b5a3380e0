//! Without a relay: what nobody could hear of is said.

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::{SOON, Stage};
use crate::demo::observe::{self, Mark};
use crate::demo::timeline::Observation;
use crate::demo::wait;

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
}
