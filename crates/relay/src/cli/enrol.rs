//! `enrol create|list|revoke`

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use centrex_relay::address;
use centrex_relay::doctor::{self, Accounts};
use centrex_relay::enrolment::{self, Desk};
use centrex_relay::secret::code::Code;
use centrex_relay::settings::{DEFAULT_LISTEN, Settings, duration};
use centrex_relay::store::kinds::enrolment::{Enrolment, Standing};
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
        /// A CSV file with the columns label,accounts (accounts separated by ;), and scope (watch or watch-and-dial) if wanted; -
        /// reads standard input.
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
        /// Only those that can still be used.
        #[arg(long)]
        open: bool,
        /// One JSON object a line.
        #[arg(long)]
        json: bool,
    },
    /// Make open codes worthless.
    Revoke {
        /// Their names in the list (enr_…).
        #[arg(required = true, value_name = "ID")]
        ids: Vec<String>,
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
        Command::List { open, json } => list(settings, open, json),
        Command::Revoke { ids } => {
            let mut missing = Vec::new();
            for id in ids {
                if enrolment::revoke(&settings.data_dir, &id, Timestamp::now())? {
                    output::line(&format!("{id} is worth nothing any more."));
                } else {
                    missing.push(id);
                }
            }
            if !missing.is_empty() {
                bail!(
                    "there is no open code {}; see: centrex-relay enrol list",
                    missing.join(", ")
                );
            }
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
    let mut unknown = Vec::new();
    for account in asked.into_iter().filter(|account| !called.contains(account)) {
        let Some(meant) = doctor::nearest(account, &called) else {
            unknown.push(output::safe(&account.0));
            continue;
        };
        output::complain(&format!(
            "warning: no call that this relay knows was for the account {}; is {} meant?",
            output::safe(&account.0),
            output::safe(&meant.0)
        ));
    }
    match &unknown[..] {
        [] => {}
        [account] => output::complain(&format!(
            "note: no call that this relay knows was for the account {account}; check its number, or wait for its first call"
        )),
        [first, .., last] => output::complain(&format!(
            "note: no call that this relay knows was for {} of the accounts ({first} … {last}); check them, or wait for their \
             first calls",
            unknown.len()
        )),
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
    // A desktop of such an account would hear nothing, and nobody would know why.
    let is_odd = |id: &&AccountId| {
        id.0.contains(|c: char| c == ',' || c.is_whitespace() || c.is_control())
    };
    if let Some(odd) = accounts.iter().find(is_odd) {
        bail!(
            "{:?} is no account: several are separated by ; in a file, and each has an --account of its own on the command line",
            odd.0
        );
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
fn headings(reader: &mut csv::Reader<&[u8]>) -> anyhow::Result<()> {
    // As a spreadsheet's user writes them.
    let found: csv::StringRecord = reader.headers()?.iter().map(str::to_lowercase).collect();
    reader.set_headers(found.clone());
    if ["label", "accounts"]
        .iter()
        .all(|wanted| found.iter().any(|heading| heading == *wanted))
    {
        return Ok(());
    }
    let told: String = found.iter().collect::<Vec<_>>().join(",");
    // What came from a file must not steer the terminal.
    let told: String = told.chars().filter(|c| !c.is_control()).take(80).collect();
    bail!("the first line must be the headings label,accounts, but it is {told:?}")
}

fn bytes(file: &Path) -> std::io::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file);
    }
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// UTF-8, with a mark or without; else what Windows writes in Western Europe.
fn text(bytes: &[u8]) -> Cow<'_, str> {
    let (text, _, broken) = encoding_rs::UTF_8.decode(bytes);
    match broken {
        true => encoding_rs::WINDOWS_1252.decode(bytes).0,
        false => text,
    }
}

/// What is wrong with a line.
fn told(error: csv::Error) -> anyhow::Error {
    match *error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => anyhow::anyhow!(
            "it has {len} columns, and the headings are {expected_len}; several accounts stand in quotes, like \
             \"4207001;4207002\""
        ),
        _ => error.into(),
    }
}

fn read(file: &Path) -> anyhow::Result<Vec<Desk>> {
    let shown = file.display();
    let bytes = bytes(file).with_context(|| {
        format!("the file {shown} can't be read; one that only you may read is given by: --from - < {shown}")
    })?;
    let text = text(&bytes);
    // A spreadsheet set to French separates columns by semicolons, and puts cells that hold some in quotes.
    let heads = text.lines().next().unwrap_or_default();
    let separator = if heads.contains(';') && !heads.contains(',') {
        b';'
    } else {
        b','
    };
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    headings(&mut reader).with_context(|| format!("{shown}, line 1: nothing was created"))?;
    let mut desks = Vec::new();
    for (number, line) in reader.deserialize::<Line>().enumerate() {
        // The headings are line 1.
        let place = || format!("{shown}, line {}: nothing was created", number + 2);
        let line = line.map_err(told).with_context(place)?;
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

fn list(settings: &Settings, open: bool, json: bool) -> anyhow::Result<()> {
    let now = Timestamp::now();
    let all: Vec<Listed> = enrolment::list(&settings.data_dir)?
        .into_iter()
        .filter(|one| !open || one.standing(now) == Standing::Open)
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
