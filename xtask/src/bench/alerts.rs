//! From a callback at the relay to the notification on the bus.

use std::time::Instant;

use anyhow::Result;

use super::process::settled_pss_mb;
use super::table::{Budget, Row};
use super::{Bench, LINE, SOON, millis};
use crate::demo::bus::What;
use crate::demo::observe::{self, Mark};

/// Calls that ring, one after the other.
const CALLS: u32 = 200;

impl Bench<'_> {
    /// `floor` is the median fdatasync: the callback is on disk before anyone hears of it.
    pub(super) fn alerts(&mut self, floor: f64) -> Result<Vec<Row>> {
        let send = self.callbacks()?;
        let (mut notified, mut answered) = (Vec::new(), Vec::new());
        for i in 0..CALLS {
            let number = format!("331990{i:05}");
            let called = crate::demo::product::LINE.trim_start_matches('+');
            let mark = self.desktop.bus.mark();
            let begun = Instant::now();
            send(format!(
                "call_id=bench-{i}&event=incoming_call_start&calling_number={number}&called_number={called}&account_id={LINE}"
            ))?;
            answered.push(millis(Instant::now(), begun));
            let shown =
                observe::wait_notification(&self.desktop.bus, mark, SOON, &format!("+{number}"), |_| true)?;
            notified.push(millis(shown.at, begun));
            // Answered and over: taken away again, and no heap of missed calls.
            send(format!("call_id=bench-{i}&event=call_connected"))?;
            send(format!(
                "call_id=bench-{i}&event=call_end&status=ANSWERED&billable_duration=1"
            ))?;
            self.desktop
                .bus
                .wait(mark, SOON, "the notification's end", |heard| {
                    matches!(heard.what, What::Closed { .. }).then_some(())
                })?;
        }
        self.restart()?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        let remembering = settled_pss_mb(self.agent()?)?;
        let of = |what: &str, share, limit, samples: &Vec<f64>| {
            Row::new(what, Budget::AtMost { share, limit }, "ms", samples.clone())
        };
        Ok(vec![
            Row::new("callback at the relay → answered", Budget::None, "ms", answered),
            of(
                "callback at the relay → Notify on D-Bus (p50)",
                0.5,
                floor + 5.0,
                &notified,
            ),
            of(
                "callback at the relay → Notify on D-Bus (p99)",
                0.99,
                floor + 25.0,
                &notified,
            ),
            Row::new(
                format!("idle agent with {CALLS} recent calls: PSS"),
                Budget::None,
                "MB",
                vec![remembering],
            ),
        ])
    }
}
