//! Which functions of the agent run on an ordinary day, recorded by Callgrind.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::json;

use super::{Bench, LINE};
use crate::demo::bus::What;
use crate::demo::desktop::{Accessibility, Desktop};
use crate::demo::fresh_logs;
use crate::demo::observe::{self, Mark};
use crate::demo::product::{self, Binaries, Pace, Product};
use crate::install::{self, Purpose};
use crate::order;
use crate::run::{cargo, run, say, target};

/// A program runs fifty times slower while it is recorded.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(180);

/// Plays a day (a first start, enrolment, a missed call and an answered one, the pad, a start with the token at hand) and writes
/// the list of what ran.
///
/// # Errors
/// When a step of the day doesn't happen.
pub fn order() -> Result<()> {
    install::ensure(&[Purpose::Build, Purpose::Desktop, Purpose::Order])?;
    let with_symbols = order::build_with_symbols()?;
    run(&mut cargo(["build", "-p", "centrex-relay", "-p", "centrex-sim"]))?;
    let folder = target().join("order");
    let logs = fresh_logs(&folder)?;
    let programs = folder.join("bin");
    std::fs::create_dir_all(&programs)?;
    std::fs::copy(&with_symbols, programs.join("centrex-tray"))?;
    for program in ["centrex-relay", "centrex-sim"] {
        std::fs::copy(target().join("debug").join(program), programs.join(program))?;
    }
    let data = tempfile::Builder::new().prefix("data-").tempdir_in(&folder)?;
    let desktop = Desktop::start(&logs, Accessibility::Off)?;
    let mut product = Product::start(
        &Binaries(programs),
        data.path(),
        &logs,
        desktop.env(),
        Pace::BY_HAND,
    )?;
    let bench = Bench {
        desktop: &desktop,
        product: &mut product,
        enrolled: false,
    };
    let recordings = Recorder { bench, folder }.day()?;
    let count = order::write_list(&with_symbols, &recordings)?;
    say(format!("xtask/order/agent.txt names {count} functions now"));
    Ok(())
}

struct Recorder<'a> {
    bench: Bench<'a>,
    folder: PathBuf,
}

impl Recorder<'_> {
    fn day(&mut self) -> Result<Vec<PathBuf>> {
        let first = self.start("first")?;
        let enrolment = self.bench.product.enrolment()?;
        let request =
            json!({ "type": "enrol", "relay": self.bench.product.relay_url, "code": enrolment.code });
        self.bench.product.control(&request)?;
        observe::wait_mark(self.bench.screen(), Mark::Handset, PATIENCE)?;
        self.calls()?;
        self.end()?;

        let second = self.start("second")?;
        observe::wait_mark(self.bench.screen(), Mark::Handset, PATIENCE)?;
        self.bench.product.agent_says(&["status"])?;
        self.end()?;
        Ok(vec![first, second])
    }

    /// Starts the agent; what runs of it goes to the file that is given back.
    fn start(&mut self, name: &str) -> Result<PathBuf> {
        let recording = self.folder.join(name);
        let mark = self.bench.desktop.bus.mark();
        self.bench.product.start_agent_under(&callgrind(&recording))?;
        self.bench.desktop.bus.wait_icon(mark, PATIENCE)?;
        Ok(recording)
    }

    /// One call that is missed, then one that is answered.
    fn calls(&self) -> Result<()> {
        let send = self.bench.callbacks()?;
        let called = product::LINE.trim_start_matches('+');
        for (id, connected) in [("missed", false), ("answered", true)] {
            let mark = self.bench.desktop.bus.mark();
            send(format!(
                "call_id={id}&event=incoming_call_start&calling_number=33199000042&called_number={called}&account_id={LINE}"
            ))?;
            observe::wait_notification(&self.bench.desktop.bus, mark, PATIENCE, "+33199000042", |_| true)?;
            let rang = self.bench.desktop.bus.mark();
            if connected {
                send(format!("call_id={id}&event=call_connected"))?;
            }
            send(format!(
                "call_id={id}&event=call_end&status=x&billable_duration=1"
            ))?;
            self.bench
                .desktop
                .bus
                .wait(rang, PATIENCE, "the call's end on the desktop", |heard| {
                    matches!(heard.what, What::Closed { .. } | What::Notify { .. }).then_some(())
                })?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        self.bench.product.agent_says(&["quit"])?;
        let mut agent = self.bench.product.agent.take().context("no agent")?;
        agent.wait_end(PATIENCE)?;
        observe::wait_no_mark(self.bench.screen(), PATIENCE)
    }
}

fn callgrind(recording: &Path) -> Vec<String> {
    vec![
        "valgrind".to_owned(),
        "--tool=callgrind".to_owned(),
        "--demangle=no".to_owned(),
        format!("--callgrind-out-file={}", recording.display()),
    ]
}
