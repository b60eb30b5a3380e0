//! `forward list`

use centrex_relay::forward::{self, Standing};
use centrex_relay::settings::Settings;
use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use super::output;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// How each destination does: what waits for it, what arrived, what was dropped and why. Addresses aren't shown: they
    /// may hold passwords.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Listed {
    name: String,
    waiting: u64,
    waiting_since: Option<Timestamp>,
    delivered: u64,
    delivered_at: Option<Timestamp>,
    failed_at: Option<Timestamp>,
    failure: Option<String>,
    dropped_full: u64,
    dropped_old: u64,
    dropped_refused: u64,
}

impl From<Standing> for Listed {
    fn from(one: Standing) -> Self {
        let (failed_at, failure) = one.state.failed.unzip();
        Self {
            name: one.name,
            waiting: one.waiting.0,
            waiting_since: one.waiting.1,
            delivered: one.state.delivered,
            delivered_at: one.state.delivered_at,
            failed_at,
            failure,
            dropped_full: one.state.dropped_full,
            dropped_old: one.state.dropped_old,
            dropped_refused: one.state.dropped_refused,
        }
    }
}

pub fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let Command::List { json } = command;
    let all = forward::list(&settings.data_dir, &settings.forwards)?;
    let listed: Vec<Listed> = all.into_iter().map(Listed::from).collect();
    if json {
        return listed.iter().try_for_each(output::json);
    }
    let never = |at: Option<Timestamp>| at.map_or_else(|| "never".to_owned(), output::time);
    let row = |one: &Listed| {
        let failure = one.failed_at.zip(one.failure.as_deref());
        vec![
            one.name.clone(),
            one.waiting.to_string(),
            one.delivered.to_string(),
            never(one.delivered_at),
            format!("{}/{}/{}", one.dropped_full, one.dropped_old, one.dropped_refused),
            failure.map_or_else(
                || "-".to_owned(),
                |(at, why)| format!("{}: {}", output::time(at), output::safe(why)),
            ),
        ]
    };
    let headings = [
        "NAME",
        "WAITING",
        "DELIVERED",
        "LAST",
        "DROPPED (FULL/OLD/REFUSED)",
        "LAST FAILURE",
    ];
    output::table(&headings, &listed.iter().map(row).collect::<Vec<_>>());
    Ok(())
}
