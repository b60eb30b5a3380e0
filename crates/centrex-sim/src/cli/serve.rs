//! `centrex-sim serve`.

use std::fs;
use std::path::Path;

use anyhow::Context as _;
use centrex_sim::{Account, Config, Faults, Sim, SimError, Time, Timing, seconds};

use super::args::{ServeArgs, Usage};
use super::output;

/// Serves until it is told to stop.
pub(crate) async fn serve(args: ServeArgs) -> anyhow::Result<()> {
    let sim = Sim::start(config(args)?).await.map_err(|error| match error {
        SimError::Config(_) | SimError::Faults(_) => anyhow::Error::from(Usage(error.to_string())),
        other => other.into(),
    })?;
    // Before it is said to be ready: who reads that line may ask for the end at once.
    let stop = StopAsked::listen().context("can't wait for the signals that end the program")?;
    output::listening(&sim.base_url(), sim.seed())?;
    stop.wait().await;
    sim.shutdown().await;
    Ok(())
}

fn config(args: ServeArgs) -> anyhow::Result<Config> {
    let key = args.api_key.filter(|key| !key.is_empty()).ok_or_else(|| {
        Usage(
            "the simulator needs an API key to ask for: set CENTREX_SIM_API_KEY, or give --api-key KEY"
                .into(),
        )
    })?;
    let mut config = Config::new(key);
    config.listen = args.listen;
    config.seed = args.seed;
    for (i, account) in args.accounts.iter().enumerate() {
        config.accounts.push(
            account
                .parse()
                .map_err(|error: SimError| Usage(format!("--account, number {}: {error}", i + 1)))?,
        );
    }
    if let Some(file) = &args.accounts_file {
        config.accounts.extend(read_accounts(file)?);
    }
    if config.accounts.is_empty() {
        let why = "a platform without a phone does nothing: give --account ID:PASSWORD:NUMBER, or --accounts-file FILE";
        return Err(Usage(why.into()).into());
    }
    config.timing = Timing {
        pickup_after: args.pickup_after.0,
        answer_after: args.answer_after.0,
        talk: args.talk.0,
        ring_for: args.ring_for.0,
    };
    config.start_callback = args.start_callback.into();
    config.internal_calls = args.internal_calls.into();
    config.lines = args.lines;
    config.callback_timeout = seconds::duration(args.callback_timeout).map_err(Usage)?;
    config.time = if args.manual_time {
        Time::Manual
    } else {
        Time::Real
    };
    if let Some(given) = &args.faults {
        config.faults = read_faults(given)?;
    }
    Ok(config)
}

fn read_accounts(file: &Path) -> anyhow::Result<Vec<Account>> {
    let text =
        fs::read_to_string(file).with_context(|| format!("can't read the accounts in {}", file.display()))?;
    let lines = text.lines().map(str::trim).enumerate();
    lines
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
        .map(|(i, line)| {
            // The line holds a password: name its place, don't show it.
            line.parse()
                .map_err(|error| Usage(format!("{}, line {}: {error}", file.display(), i + 1)).into())
        })
        .collect()
}

/// Reads faults from a file, or from the text itself when it looks like JSON.
pub(crate) fn read_faults(given: &str) -> anyhow::Result<Faults> {
    let (from, text) = if given.trim_start().starts_with('{') {
        ("the faults given".to_owned(), given.to_owned())
    } else {
        let text = fs::read_to_string(given).with_context(|| format!("can't read the faults in {given}"))?;
        (given.to_owned(), text)
    };
    let faults: Faults = serde_json::from_str(&text).map_err(|error| Usage(format!("{from}: {error}")))?;
    faults
        .check()
        .map_err(|error| Usage(format!("{from}: {error}")))?;
    Ok(faults)
}

/// Ctrl-C, or SIGTERM where there is one.
struct StopAsked {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl StopAsked {
    /// From now on the signals are waited for instead of ending the program at once.
    fn listen() -> std::io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(windows)]
        Ok(Self {
            interrupt: tokio::signal::windows::ctrl_c()?,
        })
    }

    async fn wait(mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(windows)]
        self.interrupt.recv().await;
    }
}
