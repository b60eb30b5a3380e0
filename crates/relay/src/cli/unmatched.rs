//! `unmatched list|show`

use anyhow::Context as _;
use centrex_relay::ingest;
use centrex_relay::settings::Settings;
use centrex_relay::store::kinds::unmatched::Unmatched;
use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;

use super::output;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The newest callbacks that could not be used, and why.
    List {
        /// How many.
        #[arg(long, default_value_t = 50)]
        limit: u32,
        /// Print phone numbers in full; otherwise only their last two digits.
        #[arg(long)]
        show_numbers: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// One of them as it came.
    Show {
        /// Its number in the list.
        id: i64,
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Serialize)]
struct Shown {
    id: i64,
    at: Timestamp,
    reason: String,
    detail: String,
    method: String,
    /// Bytes that are no UTF-8 are replaced.
    raw: String,
}

impl From<Unmatched> for Shown {
    fn from(one: Unmatched) -> Self {
        Self {
            id: one.id,
            at: one.at,
            reason: one.reason,
            detail: one.detail,
            method: one.method,
            raw: String::from_utf8_lossy(&one.raw).into_owned(),
        }
    }
}

pub fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List {
            limit,
            show_numbers,
            json,
        } => list(settings, limit, show_numbers, json),
        Command::Show { id, json } => show(settings, id, json),
    }
}

fn list(settings: &Settings, limit: u32, show_numbers: bool, json: bool) -> anyhow::Result<()> {
    let shown = |one| {
        let mut shown = Shown::from(one);
        if !show_numbers {
            shown.raw = output::masked_within(&shown.raw);
        }
        shown
    };
    let all = ingest::list_unmatched(&settings.data_dir, limit)?;
    let all: Vec<Shown> = all.into_iter().map(shown).collect();
    if json {
        return all.iter().try_for_each(output::json);
    }
    let row = |one: &Shown| {
        let raw: String = one.raw.chars().take(60).filter(|c| !c.is_control()).collect();
        vec![
            one.id.to_string(),
            output::time(one.at),
            one.reason.clone(),
            one.method.clone(),
            raw,
        ]
    };
    output::table(
        &["ID", "AT", "REASON", "METHOD", "RAW"],
        &all.iter().map(row).collect::<Vec<_>>(),
    );
    Ok(())
}

fn show(settings: &Settings, id: i64, json: bool) -> anyhow::Result<()> {
    let one: Shown = ingest::show_unmatched(&settings.data_dir, id)?
        .with_context(|| format!("there is no callback {id}; see: centrex-relay unmatched list"))?
        .into();
    if json {
        return output::json(&one);
    }
    output::line(&format!("{} {} {}", output::time(one.at), one.method, one.reason));
    output::line(&one.detail);
    // What came from outside must not steer the terminal.
    let safe = |c: char| {
        if c.is_control() && c != '\n' {
            '\u{fffd}'
        } else {
            c
        }
    };
    output::line(&one.raw.chars().map(safe).collect::<String>());
    Ok(())
}
