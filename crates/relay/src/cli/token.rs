//! `token list|revoke`

use std::collections::BTreeSet;

use anyhow::bail;
use centrex_relay::enrolment;
use centrex_relay::settings::Settings;
use clap::Subcommand;
use jiff::Timestamp;
use relay_api::wire::Scope;
use serde::Serialize;
use telephony::AccountId;

use super::output;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// The desktops that enrolled. When one was last used is written down once an hour at most.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Shut a desktop out; its stream is cut within a second.
    Revoke {
        /// Its name in the list (tok_…).
        id: String,
    },
}

#[derive(Serialize)]
struct Listed {
    id: String,
    label: String,
    accounts: BTreeSet<AccountId>,
    scope: Scope,
    created_at: Timestamp,
    issued_at: Timestamp,
    last_used_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
}

pub fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::List { json } => list(settings, json),
        Command::Revoke { id } => {
            if !enrolment::revoke_token(&settings.data_dir, &id, Timestamp::now())? {
                bail!("there is no token {id} in force; see: centrex-relay token list");
            }
            output::line(&format!("{id} is revoked."));
            Ok(())
        }
    }
}

fn list(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let all: Vec<Listed> = enrolment::tokens(&settings.data_dir)?
        .into_iter()
        .map(|token| Listed {
            id: token.id,
            label: token.label,
            accounts: token.accounts,
            scope: output::scope(token.may_dial),
            issued_at: token.issued_at,
            created_at: token.created_at,
            last_used_at: token.last_used_at,
            revoked_at: token.revoked_at,
        })
        .collect();
    if json {
        return all.iter().try_for_each(output::json);
    }
    let time = |time: Option<Timestamp>| time.map_or_else(|| "never".to_owned(), output::time);
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let state = if one.revoked_at.is_some() {
                "revoked"
            } else {
                "in force"
            };
            let accounts = output::accounts(&one.accounts);
            vec![
                one.id.clone(),
                state.to_owned(),
                one.label.clone(),
                accounts,
                output::scope_word(one.scope).to_owned(),
                time(one.last_used_at),
            ]
        })
        .collect();
    // A use is noted once an hour at most: later ones of that hour don't show.
    let headings = [
        "ID",
        "STATE",
        "LABEL",
        "ACCOUNTS",
        "SCOPE",
        "LAST USED (TO THE HOUR)",
    ];
    output::table(&headings, &rows);
    Ok(())
}
