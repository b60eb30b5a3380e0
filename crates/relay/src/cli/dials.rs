//! `dials list`

use centrex_relay::dial;
use centrex_relay::settings::Settings;
use centrex_relay::store::kinds::dialled::Dialled;
use clap::Subcommand;
use jiff::Timestamp;
use serde::Serialize;
use telephony::AccountId;

use super::output;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Which desktop wanted which number called from which account, and what came of it; the newest first.
    List {
        /// Only of this account.
        #[arg(long, value_name = "ID")]
        account: Option<String>,
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
}

#[derive(Serialize)]
struct Listed {
    id: i64,
    at: Timestamp,
    token: String,
    label: String,
    account_id: AccountId,
    number: String,
    /// Not told by the platform before the relay died, or not yet: `unknown`.
    outcome: String,
    reason: Option<String>,
    call_id: Option<String>,
}

pub fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let Command::List {
        account,
        limit,
        show_numbers,
        json,
    } = command;
    let account = account.map(AccountId);
    let all = dial::list(&settings.data_dir, account.as_ref(), limit)?;
    let listed = all.into_iter().map(|one| listed(one, show_numbers));
    if json {
        return listed.into_iter().try_for_each(|one| output::json(&one));
    }
    let rows: Vec<Vec<String>> = listed.map(row).collect();
    let headings = ["AT", "DESKTOP", "ACCOUNT", "NUMBER", "OUTCOME", "CALL"];
    output::table(&headings, &rows);
    Ok(())
}

fn listed(one: Dialled, in_full: bool) -> Listed {
    Listed {
        id: one.id,
        at: one.at,
        token: one.token,
        label: one.label,
        account_id: one.account,
        number: if in_full {
            one.number
        } else {
            output::masked(&one.number)
        },
        outcome: one.outcome.unwrap_or_else(|| "unknown".to_owned()),
        reason: one.reason,
        call_id: one.call_id,
    }
}

fn row(one: Listed) -> Vec<String> {
    let outcome = match one.reason {
        Some(reason) => format!("{} ({reason})", one.outcome),
        None => one.outcome,
    };
    vec![
        output::time(one.at),
        output::safe(&format!("{} {}", one.token, one.label)),
        output::safe(&one.account_id.0),
        output::safe(&one.number),
        outcome,
        one.call_id
            .as_deref()
            .map_or_else(|| "-".to_owned(), output::safe),
    ]
}
