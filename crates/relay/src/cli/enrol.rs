//! `enrol create|list|revoke`

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use centrex_relay::address;
use centrex_relay::doctor::{self, Accounts};
use centrex_relay::enrolment::{self, Desk};
use centrex_relay::secret::code::Code;
use centrex_relay::settings::{DEFAULT_LISTEN, Settings, duration};
use centrex_relay::store::kinds::enrolment::Enrolment;
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
use relay_api::wire::Scope;
use serde::{Deserialize, Serialize};
use telephony::AccountId;
use url::Url;

use super::output;

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a one-time code, or one for each line of a file.
    Create {
        /// What the desktop will be called in lists.
        #[arg(
            long,
            value_name = "TEXT",
            required_unless_present = "from",
            conflicts_with = "from"
        )]
        label: Option<String>,
        /// An account whose calls it hears; may be repeated.
        #[arg(
            long,
            value_name = "ID",
            required_unless_present = "from",
            conflicts_with = "from"
        )]
        account: Vec<String>,
        /// It hears calls and can't place any through the relay.
        #[arg(long)]
        watch_only: bool,
        /// A CSV file with the columns label,accounts (accounts separated by ;), and scope (watch or watch-and-dial) if wanted.
        #[arg(long, value_name = "FILE.csv")]
        from: Option<PathBuf>,
        /// How long the codes are good for, like 24h (setting: enrolment.expires).
        #[arg(long, value_name = "DURATION", value_parser = duration)]
        expires: Option<SignedDuration>,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// All codes and where they stand.
    List {
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Make an open code worthless.
    Revoke {
        /// Its name in the list (enr_…).
        id: String,
    },
}

pub fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Create {
            label,
            account,
            watch_only,
            from,
            expires,
            json,
        } => {
            let mut desks = match (from, label) {
                (Some(file), _) => read(&file)?,
                (None, label) => {
                    vec![desk(&label.unwrap_or_default(), &account).context("--label and --account")?]
                }
            };
            if watch_only {
                desks.iter_mut().for_each(|desk| desk.may_dial = false);
            }
            create(
                settings,
                &desks,
                expires.unwrap_or(settings.enrolment_expires),
                json,
            )
        }
        Command::List { json } => list(settings, json),
        Command::Revoke { id } => {
            if !enrolment::revoke(&settings.data_dir, &id, Timestamp::now())? {
                bail!("there is no open code {id}; see: centrex-relay enrol list");
            }
            output::line(&format!("{id} is worth nothing any more."));
            Ok(())
        }
    }
}

#[derive(Serialize)]
struct Created {
    id: String,
    code: String,
    link: String,
    label: String,
    accounts: BTreeSet<AccountId>,
    scope: Scope,
    expires_at: Timestamp,
}

fn create(settings: &Settings, desks: &[Desk], expires: SignedDuration, json: bool) -> anyhow::Result<()> {
    let relay = relay(settings)?;
    if settings.public_url.is_none() {
        output::complain(&format!(
            "warning: public_url isn't set, so the links name {relay}, which other machines may not reach; set it, or give \
             --public-url https://… and make new codes"
        ));
    }
    let now = Timestamp::now();
    warn_of_strange_accounts(settings, desks, now);
    let made = enrolment::create(&settings.data_dir, desks, expires, now, &mut rand::rng())?;
    let made = made
        .into_iter()
        .map(|(code, enrolment)| created(&relay, &code, enrolment));
    if json {
        return made.into_iter().try_for_each(|one| output::json(&one));
    }
    for one in made {
        output::line(&format!(
            "{}: {}  (until {})",
            one.label,
            one.code,
            output::time(one.expires_at)
        ));
        output::line(&format!("  {}", one.link));
    }
    Ok(())
}

/// Whoever mistypes an account gets a desktop that hears nothing. The platform can't be asked which accounts there are, but
/// the calls tell of them; before the first call nothing can be said.
fn warn_of_strange_accounts(settings: &Settings, desks: &[Desk], now: Timestamp) {
    // Should the database be unusable, making the code says so.
    let Ok(Accounts { called, .. }) = doctor::accounts(&settings.data_dir, now) else {
        return;
    };
    let asked: BTreeSet<&AccountId> = desks.iter().flat_map(|desk| &desk.accounts).collect();
    if called.is_empty() {
        return;
    }
    for account in asked.into_iter().filter(|account| !called.contains(account)) {
        let meant = doctor::nearest(account, &called);
        let meant = meant.map(|other| format!("; is {} meant?", output::safe(&other.0)));
        output::complain(&format!(
            "warning: no call that this relay knows was for the account {}{}",
            output::safe(&account.0),
            meant.unwrap_or_else(|| "; check its number, or wait for its first call".to_owned())
        ));
    }
}

fn created(relay: &Url, code: &Code, enrolment: Enrolment) -> Created {
    Created {
        id: enrolment.id,
        code: code.reveal(),
        link: enrolment::link(relay, code),
        label: enrolment.label,
        accounts: enrolment.accounts,
        scope: output::scope(enrolment.may_dial),
        expires_at: enrolment.expires_at,
    }
}

/// The relay's address for links: the public one, else where a running relay listens, else where one would. An address that
/// stands for all of a machine's is named by its loopback, and a port that the system chooses by the usual one.
fn relay(settings: &Settings) -> anyhow::Result<Url> {
    if let Some(public) = &settings.public_url {
        return Ok(public.clone());
    }
    let mut listen = address::of_running(&settings.data_dir).unwrap_or(settings.listen);
    if listen.ip().is_unspecified() {
        listen.set_ip(match listen.ip() {
            IpAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    if listen.port() == 0 {
        listen.set_port(DEFAULT_LISTEN.port());
    }
    Ok(Url::parse(&format!("http://{listen}/"))?)
}

fn desk(label: &str, accounts: &[String]) -> anyhow::Result<Desk> {
    let label = label.trim();
    if label.is_empty() {
        bail!("the label is empty: give the desktop a name for lists");
    }
    let accounts: BTreeSet<AccountId> = accounts
        .iter()
        .map(|id| id.trim())
        .filter(|id| !id.is_empty())
        .map(|id| AccountId(id.to_owned()))
        .collect();
    if accounts.is_empty() {
        bail!("{label:?} has no account: name at least one");
    }
    Ok(Desk {
        label: label.to_owned(),
        accounts,
        may_dial: true,
    })
}

#[derive(Deserialize)]
struct Line {
    label: String,
    accounts: String,
    #[serde(default)]
    scope: Option<String>,
}

/// Checks that the columns are those that [`Line`] needs; there may be others.
fn headings(reader: &mut csv::Reader<std::fs::File>) -> anyhow::Result<()> {
    let found = reader.headers()?;
    if ["label", "accounts"]
        .iter()
        .all(|wanted| found.iter().any(|heading| heading == *wanted))
    {
        return Ok(());
    }
    let told: String = found.iter().collect::<Vec<_>>().join(",");
    // What came from a file must not steer the terminal.
    let told: String = told.chars().filter(|c| !c.is_control()).take(80).collect();
    let hint = if found.iter().any(|heading| heading.contains(';')) {
        "; columns are separated by commas here, and only accounts by semicolons"
    } else {
        ""
    };
    bail!("the first line must be the headings label,accounts, but it is {told:?}{hint}")
}

fn read(file: &Path) -> anyhow::Result<Vec<Desk>> {
    let shown = file.display();
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_path(file)
        .with_context(|| format!("the file {shown} can't be read"))?;
    headings(&mut reader).with_context(|| format!("{shown}, line 1: nothing was created"))?;
    let mut desks = Vec::new();
    for (number, line) in reader.deserialize::<Line>().enumerate() {
        // The headings are line 1.
        let place = || format!("{shown}, line {}: nothing was created", number + 2);
        let line = line.with_context(place)?;
        let accounts: Vec<String> = line.accounts.split(';').map(str::to_owned).collect();
        let mut desk = desk(&line.label, &accounts).with_context(place)?;
        desk.may_dial = match line.scope.as_deref() {
            None | Some("" | "watch-and-dial") => true,
            Some("watch") => false,
            Some(_) => {
                return Err(anyhow::anyhow!("the scope must be watch or watch-and-dial")).with_context(place);
            }
        };
        desks.push(desk);
    }
    if desks.is_empty() {
        bail!("{shown} has no lines: it needs the columns label,accounts and a line for each desktop");
    }
    Ok(desks)
}

#[derive(Serialize)]
struct Listed {
    id: String,
    label: String,
    accounts: BTreeSet<AccountId>,
    scope: Scope,
    state: &'static str,
    created_at: Timestamp,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
    token: Option<String>,
}

fn list(settings: &Settings, json: bool) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let all: Vec<Listed> = enrolment::list(&settings.data_dir, now)?
        .into_iter()
        .map(|one| Listed {
            state: one.standing(now).word(),
            id: one.id,
            label: one.label,
            accounts: one.accounts,
            scope: output::scope(one.may_dial),
            created_at: one.created_at,
            expires_at: one.expires_at,
            used_at: one.used_at,
            token: one.token,
        })
        .collect();
    if json {
        return all.iter().try_for_each(output::json);
    }
    let rows: Vec<Vec<String>> = all
        .iter()
        .map(|one| {
            let accounts = output::accounts(&one.accounts);
            vec![
                one.id.clone(),
                one.state.to_owned(),
                one.label.clone(),
                accounts,
                output::scope_word(one.scope).to_owned(),
                output::time(one.expires_at),
            ]
        })
        .collect();
    output::table(&["ID", "STATE", "LABEL", "ACCOUNTS", "SCOPE", "EXPIRES"], &rows);
    Ok(())
}
