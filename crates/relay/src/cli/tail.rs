//! `tail`

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
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

/// A call without what the platform sent beyond the guide: numbers could stand there too.
#[derive(Serialize)]
struct Shown {
    call_id: CallId,
    account_id: AccountId,
    direction: Direction,
    state: CallState,
    calling_number: Option<String>,
    called_number: Option<String>,
    started_at: Timestamp,
    connected_at: Option<Timestamp>,
}

pub fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let calls = ingest::list_live(&settings.data_dir, Timestamp::now())?;
    let shown: Vec<Shown> = calls
        .into_iter()
        .map(|call| shown(call, arguments.show_numbers))
        .collect();
    if arguments.json {
        return shown.iter().try_for_each(output::json);
    }
    let headings = ["STARTED", "ACCOUNT", "DIRECTION", "STATE", "FROM", "TO", "CALL"];
    output::table(&headings, &shown.iter().map(row).collect::<Vec<_>>());
    Ok(())
}

fn shown(call: Call, in_full: bool) -> Shown {
    let number = |party: Option<Party>| {
        let text = String::from(party?);
        Some(if in_full { text } else { output::masked(&text) })
    };
    Shown {
        call_id: call.call_id,
        account_id: call.account_id,
        direction: call.direction,
        state: call.state,
        calling_number: number(call.calling_number),
        called_number: number(call.called_number),
        started_at: call.started_at,
        connected_at: call.connected_at,
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
        output::time(one.started_at),
        output::safe(&one.account_id.0),
        direction.to_owned(),
        state.to_owned(),
        number(&one.calling_number),
        number(&one.called_number),
        output::safe(&one.call_id.0),
    ]
}
