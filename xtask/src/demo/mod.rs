//! The demo: the whole product on real programs, by hand or by itself.

mod access;
pub mod bus;
pub mod desktop;
pub mod observe;
pub mod process;
pub mod product;
pub mod screen;
mod script;
pub mod simulator;
mod timeline;
pub mod wait;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::install::{self, Purpose};
use crate::node::Node;
use crate::run::{cargo, run, say, target};
use desktop::{Accessibility, Desktop};
use product::{Binaries, Pace, Product};
use timeline::Timeline;

/// How the demo runs.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// On a screen of its own that nobody sees; plays the main job by itself and records what was observed.
    #[arg(long)]
    headless: bool,
    /// Where `timeline.json`, the pictures and the logs of the headless demo go.
    #[arg(long, value_name = "DIR", default_value = "target/demo")]
    out: PathBuf,
    /// Runs the programs as they lie in this folder, without building.
    #[arg(long, value_name = "DIR")]
    binaries: Option<PathBuf>,
}

impl Options {
    fn programs(&self) -> Programs {
        self.binaries.clone().map_or(Programs::Build, Programs::In)
    }
}

/// Where the programs come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Programs {
    /// `target/debug`, built first.
    Build,
    /// As they lie in a folder.
    In(PathBuf),
}

/// The demo as asked for.
///
/// # Errors
/// What is missing, doesn't come up, or was not observed.
pub fn demo(options: &Options) -> Result<()> {
    if options.headless {
        return headless(&options.out, options.programs());
    }
    if std::env::var_os("DISPLAY").is_none() && std::env::var_os("WAYLAND_DISPLAY").is_none() {
        say("There is no display here: playing the demo by itself, on a screen of its own.");
        return headless(&options.out, options.programs());
    }
    interactive(options)
}

/// Plays the main job and writes `timeline.json`, the pictures, and the programs' logs in `logs/`.
///
/// # Errors
/// The first step that was not observed, with where to look.
pub fn headless(out: &Path, programs: Programs) -> Result<()> {
    let out = std::path::absolute(out)?;
    install::ensure(&[Purpose::Build, Purpose::Desktop])?;
    let binaries = binaries(programs)?;
    let logs = fresh_logs(&out)?;
    wait::end_when_interrupted()?;
    let mut timeline = Timeline::begin(&out)?;
    let begun = Instant::now();
    let played = play(&binaries, &logs, &mut timeline);
    say(format!(
        "{} s; pictures, timeline.json and logs in {}",
        begun.elapsed().as_secs(),
        out.display()
    ));
    played.inspect_err(|_| show_logs(&logs))?;
    timeline.finish()?;
    if !timeline.is_complete() {
        bail!("not every step was observed");
    }
    say("Every step was observed.");
    Ok(())
}

fn play(binaries: &Binaries, logs: &Path, timeline: &mut Timeline) -> Result<()> {
    let mut desktop = Desktop::start(logs, Accessibility::On)?;
    let mut product = Product::start(binaries, desktop.home(), logs, desktop.env(), Pace::BY_HAND)?;
    let played = script::play(&desktop, &mut product, timeline);
    drop(product);
    let ended = desktop.ended()?;
    if ended.is_empty() {
        played
    } else {
        played.with_context(|| format!("ended before their time: {}", ended.join(", ")))
    }
}

/// The product on the person's own desktop, with a profile of its own, until Ctrl-C.
fn interactive(options: &Options) -> Result<()> {
    install::ensure(&[Purpose::Build])?;
    let binaries = binaries(options.programs())?;
    let logs = fresh_logs(&std::path::absolute(&options.out)?)?;
    // From here on a Ctrl-C ends whatever is waited for, and with it every program.
    wait::end_when_interrupted()?;
    let home = tempfile::Builder::new().prefix("centrex-demo-").tempdir()?;
    let env: Vec<(String, String)> = std::env::vars()
        .filter(|(key, _)| !key.starts_with("CARGO"))
        .collect();
    let mut product = Product::start(&binaries, home.path(), &logs, &env, Pace::LIVELY)?;
    product.start_agent()?;
    let ready = wait::until(std::time::Duration::from_secs(20), "the agent", || {
        Ok(product.control(&serde_json::json!({ "type": "snapshot" })).ok())
    });
    ready.inspect_err(|_| show_logs(&logs))?;
    let enrolment = product.enrolment()?;
    let enrol = serde_json::json!({ "type": "enrol", "relay": product.relay_url, "code": enrolment.code });
    product.control(&enrol).context(
        "the tray app can't be enrolled at the demo's relay. Most likely the keychain is locked or missing: unlock it, or \
         play the demo on a screen of its own with `cargo xtask demo --headless`",
    )?;
    // The tray host takes a moment to answer; on a desktop without one it never does.
    let shown = wait::until(std::time::Duration::from_secs(5), "the icon", || {
        let answer = product.control(&serde_json::json!({ "type": "snapshot" }))?;
        Ok((answer["snapshot"]["tray_shown"] == true).then_some(()))
    });
    product.simulator.ring(product::ACCOUNT, "+33261910042")?;
    let pad = if shown.is_ok() {
        "Click the tray icon to dial".to_owned()
    } else {
        let agent = binaries.path("centrex-tray");
        let profile = product::PROFILE;
        format!(
            "No tray shows the icon here: dial with `{} --profile {profile}`",
            agent.display()
        )
    };
    say(format!(
        "A call rings in now. {pad}; 01 99 00 12 34 answers after a moment."
    ));
    say(format!(
        "More calls: {} ring --sim {} --to {} --from +33639980107",
        binaries.path("centrex-sim").display(),
        product.simulator.url,
        product::ACCOUNT
    ));
    say(format!("Logs: {}. Ctrl-C stops everything.", logs.display()));
    wait::for_interruption();
    say("Stopping.");
    // The token of a relay that ends now: nobody needs it any more.
    let _ = product
        .control(&serde_json::json!({ "type": "forget_credential", "kind": "relay_token", "account": null }));
    let _ = product.agent_says(&["quit"]);
    Ok(())
}

fn binaries(programs: Programs) -> Result<Binaries> {
    if let Programs::In(folder) = programs {
        return Ok(Binaries(std::path::absolute(folder)?));
    }
    Node::ensure()?.build()?;
    // All of the workspace, so that the same features are chosen as for the tests, and nothing is built twice.
    run(&mut cargo(["build", "--workspace", "--bins"]))?;
    Ok(Binaries(target().join("debug")))
}

/// `logs` in the folder `out`, without the logs of an earlier run. What else lies there stays.
///
/// # Errors
/// When the folder can't be written.
pub(crate) fn fresh_logs(out: &Path) -> Result<PathBuf> {
    let logs = out.join("logs");
    std::fs::create_dir_all(&logs).with_context(|| format!("can't make {}", logs.display()))?;
    for log in process::LOGS.map(|name| process::log(&logs, name)) {
        match std::fs::remove_file(&log) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("can't remove {}", log.display()));
            }
            _ => {}
        }
    }
    Ok(logs)
}

/// The ends of all logs, for whoever reads a failed run without its files.
fn show_logs(logs: &Path) {
    for log in process::LOGS.map(|name| process::log(logs, name)) {
        let tail = process::tail(&log);
        if !tail.is_empty() {
            say(format!("---- {}\n{tail}", log.display()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logs_of_an_earlier_run_go_and_other_files_stay() {
        let out = tempfile::tempdir().unwrap();
        let logs = out.path().join("logs");
        std::fs::create_dir_all(logs.join("2024")).unwrap();
        for name in ["agent.log", "session-bus.log", "access.log", "2024/agent.log"] {
            std::fs::write(logs.join(name), name).unwrap();
        }
        assert_eq!(fresh_logs(out.path()).unwrap(), logs);
        let left = |name: &str| logs.join(name).exists();
        assert!(!left("agent.log") && !left("session-bus.log"));
        assert!(left("access.log") && left("2024/agent.log"));
    }
}
