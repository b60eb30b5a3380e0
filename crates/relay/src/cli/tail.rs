//! `tail`

use std::time::Duration;

use centrex_relay::follow::Follower;
use centrex_relay::ingest;
use centrex_relay::settings::Settings;
use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

use super::output;

#[derive(Debug, Args)]
pub struct Arguments {
    /// Print phone numbers in full; otherwise only their last two digits.
    #[arg(long)]
    show_numbers: bool,
    /// Go on with each change of a call, until interrupted.
    #[arg(long, short)]
    follow: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

const HEADINGS: [&str; 7] = ["TIME", "ACCOUNT", "DIRECTION", "STATE", "FROM", "TO", "CALL"];
/// How often what is followed is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// A call without what the platform sent beyond the guide: numbers could stand there too.
#[derive(Serialize)]
struct Shown {
    /// When it changed; of what is followed only.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<Timestamp>,
    call_id: CallId,
    account_id: AccountId,
    direction: Direction,
    state: CallState,
    calling_number: Option<String>,
    called_number: Option<String>,
    started_at: Timestamp,
    connected_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
}

pub fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    if arguments.follow {
        return follow(settings, arguments);
    }
    let calls = ingest::list_live(&settings.data_dir)?;
    let shown: Vec<Shown> = calls
        .into_iter()
        .map(|call| shown(call, arguments.show_numbers))
        .collect();
    if arguments.json {
        return shown.iter().try_for_each(output::json);
    }
    output::table(&HEADINGS, &shown.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

/// The live calls, and then each change, until somebody ends it or hears no more.
fn follow(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let (mut follower, live) = Follower::begin(&settings.data_dir)?;
    let mut new: Vec<(Timestamp, Call)> = live.into_iter().map(|call| (call.started_at, call)).collect();
    if !arguments.json && !output::heard(&columns(&HEADINGS.map(str::to_owned))) {
        return Ok(());
    }
    loop {
        for (at, call) in new {
            let shown = Shown {
                at: Some(at),
                ..shown(call, arguments.show_numbers)
            };
            let line = if arguments.json {
                serde_json::to_string(&shown)?
            } else {
                columns(&row(&shown))
            };
            if !output::heard(&line) {
                return Ok(());
            }
        }
        // The database tells nobody that it changed.
        std::thread::sleep(LOOK);
        new = follower.news()?;
    }
}

/// Columns for lines that aren't known yet: wide enough for most, and what is wider pushes on.
fn columns(cells: &[String]) -> String {
    const WIDTHS: [usize; 7] = [20, 12, 9, 9, 16, 16, 0];
    let padded: Vec<String> = cells
        .iter()
        .zip(WIDTHS)
        .map(|(cell, width)| format!("{cell:<width$}"))
        .collect();
    padded.join("  ").trim_end().to_owned()
}

fn shown(call: Call, in_full: bool) -> Shown {
    let number = |party: Option<Party>| {
        let text = String::from(party?);
        Some(if in_full { text } else { output::masked(&text) })
    };
    Shown {
        at: None,
        call_id: call.call_id,
        account_id: call.account_id,
        direction: call.direction,
        state: call.state,
        calling_number: number(call.calling_number),
        called_number: number(call.called_number),
        started_at: call.started_at,
        connected_at: call.connected_at,
        ended_at: call.ended_at,
    }
}

fn row(one: &Shown) -> Vec<String> {
    let direction = match one.direction {
        Direction::Incoming => "incoming",
        Direction::Outgoing => "outgoing",
    };
    let state = match one.state {
        CallState::Ringing => "ringing",
        CallState::Connected => "connected",
        CallState::Ended => "ended",
    };
    let number = |text: &Option<String>| text.as_deref().map_or_else(|| "-".to_owned(), output::safe);
    vec![
        output::time(one.at.unwrap_or(one.started_at)),
        output::safe(&one.account_id.0),
        direction.to_owned(),
        state.to_owned(),
        number(&one.calling_number),
        number(&one.called_number),
        output::safe(&one.call_id.0),
    ]
}
