//! Every test: Rust, page, end to end, other systems. Each phase is timed, and the counts are added up at the end.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use clap::ValueEnum;

use crate::check;
use crate::install::{self, Purpose};
use crate::node::Node;
use crate::run::{cargo, run, run_and_read, say};
use crate::tally::Tally;
use crate::tools;

/// The parts of the test, in the order in which they run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Phase {
    /// Format and lints, of Rust and of the page.
    Lint,
    /// What the dependencies may be: licences, sources, bans, known weaknesses.
    Policy,
    /// Builds everything once.
    Build,
    /// Rust's tests.
    Rust,
    /// The examples in Rust's documentation.
    Doc,
    /// The relay's HTTP surface, driven from its OpenAPI document.
    Api,
    /// The page's units.
    Page,
    /// The page in a real browser.
    Browser,
    /// The headless demo.
    Demo,
    /// Types and lints for Windows and macOS.
    Cross,
    /// The portable tests under Wine.
    Wine,
}

/// What of the tests to run.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Only these (comma-separated).
    #[arg(long, value_delimiter = ',')]
    only: Vec<Phase>,
    /// Leaves out the check for Windows and macOS.
    #[arg(long)]
    no_cross: bool,
    /// Also runs the portable tests as Windows programs under Wine.
    #[arg(long)]
    wine: bool,
}

impl Options {
    fn phases(&self) -> Vec<Phase> {
        let wanted = |phase: &Phase| {
            if !self.only.is_empty() {
                return self.only.contains(phase);
            }
            match phase {
                Phase::Cross => !self.no_cross,
                Phase::Wine => self.wine,
                _ => true,
            }
        };
        Phase::value_variants().iter().copied().filter(wanted).collect()
    }
}

/// How one phase went.
struct Outcome {
    name: String,
    took: Duration,
    tally: Tally,
    problem: Option<String>,
}

/// Runs the tests.
///
/// # Errors
/// When anything failed; the table above it says what.
pub fn all(options: &Options) -> Result<()> {
    let begun = Instant::now();
    install::ensure(&[
        Purpose::Build,
        Purpose::Desktop,
        Purpose::Services,
        Purpose::Browser,
        #[cfg(target_os = "linux")]
        Purpose::Package,
    ])?;
    #[cfg(target_os = "linux")]
    crate::servers::ensure()?;
    let node = Node::ensure()?;
    let mut outcomes = vec![timed("page's program", || {
        node.build().map(|()| Tally::default())
    })];
    for phase in options.phases() {
        let name = phase
            .to_possible_value()
            .map(|value| value.get_name().to_owned())
            .unwrap_or_default();
        let built = outcomes.iter().all(|outcome| {
            outcome.problem.is_none() || !matches!(outcome.name.as_str(), "build" | "page's program")
        });
        if built {
            outcomes.push(timed(&name, || one(phase, &node)));
        } else {
            let problem = Some("not run: the build failed".to_owned());
            outcomes.push(Outcome {
                name,
                took: Duration::ZERO,
                tally: Tally::default(),
                problem,
            });
        }
    }
    report(&outcomes, begun.elapsed())
}

fn one(phase: Phase, node: &Node) -> Result<Tally> {
    match phase {
        Phase::Lint => {
            check::format()?;
            check::lints()?;
            check::page(node)?;
            Ok(Tally::default())
        }
        Phase::Policy => check::policy().map(|_| Tally::default()),
        // The same packages and features as the tests: what is built here is what they use.
        Phase::Build => run(&mut cargo(["build", "--workspace", "--all-targets"])).map(|()| Tally::default()),
        Phase::Rust => counted(tools::nextest(&["--workspace", "--no-fail-fast"])?),
        Phase::Doc => counted(cargo(["test", "--workspace", "--doc", "--no-fail-fast"])),
        Phase::Api => counted(crate::api::tests()?),
        Phase::Page => counted(node.command("npm", &["run", "test:unit"])),
        Phase::Browser => counted(node.command("npm", &["run", "test:browser"])),
        Phase::Demo => demo(),
        Phase::Cross => crate::cross::check().map(|()| Tally::default()),
        Phase::Wine => counted(crate::cross::wine_tests()?),
    }
}

/// Runs a test program and counts. One that fails without a failed test (it didn't build, say) is a failure too.
fn counted(mut command: std::process::Command) -> Result<Tally> {
    let (fine, output) = run_and_read(&mut command)?;
    let mut tally = Tally::read(&output);
    if fine && tally.failed == 0 {
        return Ok(tally);
    }
    tally.failed = tally.failed.max(1);
    Err(Counted(tally).into())
}

/// Tests failed; carries the counts.
#[derive(Debug)]
struct Counted(Tally);

impl std::fmt::Display for Counted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} failed", self.0.failed)
    }
}

impl std::error::Error for Counted {}

/// The demo as a test: each step that was observed counts as one.
#[cfg(target_os = "linux")]
fn demo() -> Result<Tally> {
    use crate::run::target;
    use anyhow::Context;

    let out = target().join("demo");
    crate::demo::headless(&out, crate::demo::Programs::In(target().join("debug")))
        .context("the pictures and logs are in target/demo")?;
    let timeline: serde_json::Value = serde_json::from_slice(&std::fs::read(out.join("timeline.json"))?)?;
    let steps = timeline["steps"].as_array().map_or(0, Vec::len);
    Ok(Tally {
        passed: u32::try_from(steps)?,
        failed: 0,
    })
}

#[cfg(not(target_os = "linux"))]
fn demo() -> Result<Tally> {
    bail!("the demo's desktop is made of Linux programs")
}

fn timed(name: &str, work: impl FnOnce() -> Result<Tally>) -> Outcome {
    say(format!("\n== {name}"));
    let begun = Instant::now();
    let result = work();
    let took = begun.elapsed();
    let name = name.to_owned();
    match result {
        Ok(tally) => Outcome {
            name,
            took,
            tally,
            problem: None,
        },
        Err(error) => {
            say(format!("error: {error:#}"));
            let failed = Tally { passed: 0, failed: 1 };
            let tally = error
                .downcast_ref::<Counted>()
                .map_or(failed, |counted| counted.0);
            Outcome {
                name,
                took,
                tally,
                problem: Some(format!("{error}")),
            }
        }
    }
}

fn report(outcomes: &[Outcome], total: Duration) -> Result<()> {
    say("\nphase            time     passed  failed");
    let mut sum = Tally::default();
    for Outcome {
        name,
        took,
        tally,
        problem,
    } in outcomes
    {
        let problem = problem
            .as_deref()
            .map(|problem| format!("  {problem}"))
            .unwrap_or_default();
        say(format!(
            "{name:15} {:>6} {:>9} {:>7}{problem}",
            clock(*took),
            tally.passed,
            tally.failed
        ));
        sum += *tally;
    }
    say(format!("{:15} {:>6}\n", "all", clock(total)));
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.problem.is_some())
        .count();
    say(format!("{} passed, {} failed", sum.passed, sum.failed));
    if failed > 0 {
        bail!("{failed} of {} phases failed", outcomes.len());
    }
    Ok(())
}

/// `12:34`, minutes and seconds.
fn clock(time: Duration) -> String {
    format!("{}:{:02}", time.as_secs() / 60, time.as_secs() % 60)
}
