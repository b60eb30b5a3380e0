//! The benchmarks: release builds on the demo's desktop, each figure beside its budget.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use clap::ValueEnum;
use serde_json::json;

use crate::demo::desktop::{Accessibility, Desktop};
use crate::demo::fresh_logs;
use crate::demo::observe::{self, Mark};
use crate::demo::product::{ACCOUNT, Binaries, Pace, Product};
use crate::demo::screen::Screen;
use crate::demo::wait;
use crate::install::{self, Purpose};
use crate::node::Node;
use crate::run::{cargo, run, say, target};
use table::{Budget, Row};

pub use record::order as record_order;

mod alerts;
mod books;
mod people;
mod process;
mod record;
mod relay;
mod table;
mod window;

/// Starts of the agent whose time is taken.
const STARTS: usize = 15;

/// The parts of the benchmarks, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Part {
    /// From exec to the icon.
    Start,
    /// An idle agent's memory, the window, and what that leaves behind.
    Windows,
    /// From the callback at the relay to the notification, and the memory with all those calls.
    Alerts,
    /// CPU of agent and relay at rest.
    Idle,
    /// With 100,000 calls and 50,000 contacts.
    People,
    /// An address book of 10,000 cards on a server.
    Books,
}

/// What of the benchmarks to run.
#[derive(Clone, Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Options {
    #[command(subcommand)]
    other: Option<Other>,
    /// Only these (comma-separated).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Measures the programs as they lie in this folder, without building.
    #[arg(long, value_name = "DIR")]
    binaries: Option<std::path::PathBuf>,
}

/// Benchmarks of their own.
#[derive(Clone, Debug, clap::Subcommand)]
enum Other {
    /// The relay under load, beside nginx with nchan.
    Relay(relay::Options),
}

const SOON: Duration = Duration::from_secs(30);
/// Over how long the idle CPU is counted.
const IDLE: Duration = Duration::from_secs(60);

/// Runs all of them and prints the table.
///
/// # Errors
/// What can't be measured. A budget that isn't kept is shown, and makes this end with an error too.
pub fn all(options: &Options) -> Result<()> {
    if let Some(Other::Relay(options)) = &options.other {
        return relay::all(options);
    }
    install::ensure(&[Purpose::Build, Purpose::Desktop])?;
    crate::servers::ensure()?;
    let binaries = match &options.binaries {
        Some(folder) => Binaries(std::path::absolute(folder)?),
        None => {
            Node::ensure()?.build()?;
            // As `bundle` builds them: what lives on desks for size, the relay for speed.
            let desks = ["centrex-tray", "centrex-tray-window"];
            let others = ["centrex-relay", "centrex-sim"];
            crate::order::build_agent()?;
            build("desktop", &["centrex-tray-window"])?;
            build("release", &others)?;
            let folder = target().join("bench").join("bin");
            std::fs::create_dir_all(&folder)?;
            for (profile, programs) in [("desktop", desks), ("release", others)] {
                for program in programs {
                    let built = target().join(profile).join(program);
                    std::fs::copy(&built, folder.join(program))
                        .with_context(|| format!("{} isn't there", built.display()))?;
                }
            }
            Binaries(folder)
        }
    };
    let folder = target().join("bench");
    let logs = fresh_logs(&folder)?;
    // On the disk that is measured, not on a /tmp that may be memory.
    let data = tempfile::Builder::new().prefix("data-").tempdir_in(&folder)?;

    let mut rows = vec![Row::new(
        "fdatasync of this disk, 4 KiB appended",
        Budget::None,
        "ms",
        fdatasync_ms(data.path())?,
    )];
    let floor = rows[0].at(0.5);
    let desktop = Desktop::start(&logs, Accessibility::Off)?;
    let mut product = Product::start(&binaries, data.path(), &logs, desktop.env(), Pace::BY_HAND)?;
    let mut bench = Bench {
        desktop: &desktop,
        product: &mut product,
        enrolled: false,
    };
    bench.restart()?;
    for part in Part::value_variants() {
        if !options.only.is_empty() && !options.only.contains(part) {
            continue;
        }
        // A start without a relay; everything else is connected.
        if *part != Part::Start {
            bench.enrol_once()?;
        }
        rows.extend(match part {
            Part::Start => bench.start()?,
            Part::Alerts => bench.alerts(floor)?,
            Part::Windows => bench.windows()?,
            Part::Idle => bench.idle()?,
            Part::People => bench.people(data.path())?,
            Part::Books => bench.books()?,
        });
    }

    say("");
    let missed = table::print(&rows);
    if missed > 0 {
        bail!("{missed} budgets not kept");
    }
    Ok(())
}

fn build(profile: &str, programs: &[&str]) -> Result<()> {
    let mut build = cargo(["build", "--profile", profile]);
    for program in programs {
        build.args(["-p", program]);
    }
    run(&mut build)
}

/// What is measured, and where.
struct Bench<'a> {
    desktop: &'a Desktop,
    product: &'a mut Product,
    enrolled: bool,
}

impl Bench<'_> {
    fn screen(&self) -> &Screen {
        &self.desktop.screen
    }

    /// Sends callbacks to the relay as the platform does: a query each, answered before it goes on.
    fn callbacks(&self) -> Result<impl Fn(String) -> Result<()> + use<>> {
        let callback = self.product.relay(&["callback", "url"])?.trim().to_owned();
        let client = ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(SOON))
            .build()
            .new_agent();
        Ok(move |query: String| {
            client
                .get(format!("{callback}?{query}"))
                .call()
                .context("the relay refused a callback")?;
            Ok(())
        })
    }

    /// From exec to the tray host's answer, for an agent without and one with a connection to make.
    fn start(&mut self) -> Result<Vec<Row>> {
        let first = self.starts()?;
        self.enrol_once()?;
        let enrolled = self.starts()?;
        let row = |what, samples| {
            let budget = Budget::AtMost {
                share: 0.5,
                limit: 40.0,
            };
            Row::new(what, budget, "ms", samples)
        };
        Ok(vec![
            row("exec → icon registered, nothing set up", first),
            row("exec → icon registered, with a relay", enrolled),
        ])
    }

    fn starts(&mut self) -> Result<Vec<f64>> {
        (0..STARTS).map(|_| self.restart()).collect()
    }

    /// Starts the agent anew; milliseconds until its icon is registered.
    fn restart(&mut self) -> Result<f64> {
        self.stop()?;
        let mark = self.desktop.bus.mark();
        let begun = Instant::now();
        self.product.start_agent()?;
        let at = self.desktop.bus.wait_icon(mark, SOON)?;
        Ok(millis(at, begun))
    }

    fn stop(&mut self) -> Result<()> {
        if self.product.agent.is_some() {
            self.product.agent_says(&["quit"])?;
            if let Some(mut agent) = self.product.agent.take() {
                agent.wait_end(SOON)?;
            }
        }
        observe::wait_no_mark(self.screen(), SOON)
    }

    /// Enrols the agent at the relay, unless that was done before, and waits until it is connected.
    fn enrol_once(&mut self) -> Result<()> {
        if self.enrolled {
            return Ok(());
        }
        let enrolment = self.product.enrolment()?;
        let request = json!({ "type": "enrol", "relay": self.product.relay_url, "code": enrolment.code });
        self.product.control(&request)?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        self.enrolled = true;
        Ok(())
    }

    fn agent(&self) -> Result<u32> {
        Ok(self.product.agent.as_ref().context("no agent")?.pid())
    }

    /// Idle CPU of the agent, and of the relay with a hundred streams.
    fn idle(&mut self) -> Result<Vec<Row>> {
        let _streams = self.streams(100)?;
        let pids = [self.agent()?, self.product.relay_pid()?];
        let percent = process::cpu_percent(&pids, IDLE)?;
        let relay = process::pss_mb(pids[1])?;
        let limit = || Budget::AtMost {
            share: 1.0,
            limit: 0.1,
        };
        Ok(vec![
            Row::new(
                format!("idle agent over {} s: CPU", IDLE.as_secs()),
                limit(),
                "%",
                vec![percent[0]],
            ),
            Row::new(
                format!("relay with 100 streams over {} s: CPU", IDLE.as_secs()),
                limit(),
                "%",
                vec![percent[1]],
            ),
            Row::new("relay with 100 streams: PSS", Budget::None, "MB", vec![relay]),
        ])
    }

    /// Opens streams at the relay, each with a token of its own, and waits until each has begun.
    fn streams(&self, count: usize) -> Result<Vec<TcpStream>> {
        let authority = self.product.relay_url.trim_start_matches("http://").to_owned();
        (0..count)
            .map(|_| {
                let code = self.product.enrolment()?.code;
                let token = self.product.token(&code)?;
                let mut stream = TcpStream::connect(&authority)?;
                stream.set_read_timeout(Some(SOON))?;
                write!(
                    stream,
                    "GET /v1/events HTTP/1.1\r\nHost: {authority}\r\nAccept: text/event-stream\r\nAuthorization: Bearer {token}\r\n\r\n"
                )?;
                let mut head = [0_u8; 256];
                let length = stream.read(&mut head)?;
                let head = String::from_utf8_lossy(&head[..length]);
                ensure!(head.starts_with("HTTP/1.1 200"), "the relay refused a stream: {}", head.lines().next().unwrap_or(""));
                Ok(stream)
            })
            .collect()
    }
}

/// What the disk takes to make 4 KiB durable: no answer to a callback can be quicker.
fn fdatasync_ms(folder: &Path) -> Result<Vec<f64>> {
    let mut file = std::fs::File::create(folder.join("floor"))?;
    (0..200)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; 4096])?;
            file.sync_data()?;
            Ok(millis(Instant::now(), begun))
        })
        .collect()
}

fn millis(later: Instant, earlier: Instant) -> f64 {
    later.saturating_duration_since(earlier).as_secs_f64() * 1000.0
}

/// Waits until no window process of the agent is left.
fn wait_no_window(agent: u32, limit: Duration) -> Result<()> {
    wait::until(limit, "the end of the window's process", || {
        Ok(crate::demo::process::named("centrex-tray-window", agent)?
            .is_empty()
            .then_some(()))
    })
}

/// The one account of the bench.
const LINE: &str = ACCOUNT;
