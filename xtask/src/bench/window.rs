//! The window: how soon it is painted, how soon it is filled, and what it leaves behind in the agent's memory.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::process::settled_pss_mb;
use super::table::{Budget, Row};
use super::{Bench, SOON, millis, wait_no_window};
use crate::demo::observe::{self, Mark};
use crate::demo::screen::Screen;
use crate::demo::wait;

/// How long a closed window's process lingers here, in seconds: long for the warm figures, short for the cold ones.
const LINGER: &str = "CENTREX_TRAY_WINDOW_LINGER_S";
const COLD_RUNS: usize = 5;
const WARM_RUNS: usize = 20;
/// A web engine on a slow machine.
const COLD: Duration = Duration::from_secs(60);

impl Bench<'_> {
    pub(super) fn windows(&mut self) -> Result<Vec<Row>> {
        self.product.set_env(LINGER, "1");
        self.restart()?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        let agent = self.agent()?;
        let idle = settled_pss_mb(agent)?;
        let mut cold = Vec::new();
        for _ in 0..COLD_RUNS {
            cold.push(self.click_to_painted()?);
            self.close()?;
            wait_no_window(agent, SOON)?;
        }
        let after = settled_pss_mb(agent)?;

        self.product.set_env(LINGER, "600");
        self.restart()?;
        self.click_to_painted()?;
        let mut warm = Vec::new();
        for _ in 0..WARM_RUNS {
            self.close()?;
            warm.push(self.click_to_painted()?);
        }
        let filled = (0..WARM_RUNS)
            .map(|i| self.dial_to_filled(i))
            .collect::<Result<Vec<_>>>()?;
        // No window that stays warm draws beside what is measured next.
        let last = self.agent()?;
        self.product.set_env(LINGER, "1");
        self.restart()?;
        wait_no_window(last, SOON)?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        Ok(vec![
            Row::new(
                "idle agent, connected, no window: PSS",
                most(12.0),
                "MB",
                vec![idle],
            ),
            Row::new(
                "the same after windows opened and closed: growth",
                most(3.0),
                "MB",
                vec![(after - idle).max(0.0)],
            ),
            Row::new("left click → pad painted, cold", median(900.0), "ms", cold),
            Row::new(
                "left click → pad painted, window process warm",
                median(120.0),
                "ms",
                warm,
            ),
            Row::new(
                "centrex-tray dial → field filled, warm",
                median(150.0),
                "ms",
                filled,
            ),
        ])
    }

    fn click_to_painted(&mut self) -> Result<f64> {
        let icon = observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        let begun = Instant::now();
        self.screen().click(icon.centre())?;
        let (_, _, at) = observe::wait_painted(self.screen(), COLD)?;
        Ok(millis(at, begun))
    }

    /// Closes the window as its frame's button does.
    fn close(&mut self) -> Result<()> {
        let window = observe::window(self.screen())?.context("no window to close")?;
        self.screen().close(&window)?;
        wait::until(SOON, "the window's going", || {
            Ok(observe::window(self.screen())?.is_none().then_some(()))
        })
    }

    /// From exec of the command line to other pixels in the window.
    fn dial_to_filled(&mut self, run: usize) -> Result<f64> {
        let window = observe::window(self.screen())?.context("no window")?;
        let before = self.screen().picture(window.area)?;
        // All digits of one run differ from those of the last: many pixels change.
        let number = if run.is_multiple_of(2) {
            "0199001234"
        } else {
            "0261918765"
        };
        let begun = Instant::now();
        self.product.agent_says(&["dial", number])?;
        let at = wait::until(SOON, "the filled field", || {
            let now = self.screen().picture(window.area)?;
            Ok((Screen::difference(&before, &now)? > 60).then(Instant::now))
        })?;
        Ok(millis(at, begun))
    }
}

fn most(limit: f64) -> Budget {
    Budget::AtMost { share: 1.0, limit }
}

fn median(limit: f64) -> Budget {
    Budget::AtMost { share: 0.5, limit }
}
