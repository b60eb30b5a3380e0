//! The words of the command line.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use centrex_sim::{HangUpBy, InternalCalls, StartCallback, seconds};
use clap::{Parser, Subcommand, ValueEnum};

/// Something in the arguments can't be used; the program ends with code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Usage(pub(crate) String);

/// The Centrex platform, simulated: phones that ring, callbacks that fire, and everything that can go wrong with them.
#[derive(Debug, Parser)]
#[command(name = "centrex-sim", version)]
pub(crate) struct Args {
    /// The running simulator that the other words talk to.
    #[arg(
        long,
        global = true,
        env = "CENTREX_SIM_URL",
        default_value = "http://127.0.0.1:8480",
        value_name = "URL"
    )]
    pub(crate) sim: String,
    /// Print JSON instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Be the platform, until Ctrl-C.
    Serve(Box<ServeArgs>),
    /// Call an account from outside, or several at once.
    Ring(RingArgs),
    /// Dial by hand on an account's phone.
    Dial(DialArgs),
    /// Pick up the account's ringing phone.
    PickUp(PhoneArgs),
    /// Answer what rings next in the account's call: its own phone, or the other party's.
    Answer(PhoneArgs),
    /// Hang up, refuse, or give up.
    HangUp(HangUpArgs),
    /// Show what each phone is doing.
    Phones,
    /// Show, replace or clear the faults.
    Faults(FaultsArgs),
    /// Show everything that happened.
    Record(RecordArgs),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 takes a free one. The platform's base address is then http://ADDRESS/api. The control
    /// surface under /sim asks for no password: keep it on this machine.
    #[arg(long, default_value = "127.0.0.1:8480", value_name = "ADDRESS")]
    pub(crate) listen: SocketAddr,
    /// The seed of every decision by chance; the same seed repeats a run. Without it, one is drawn and printed.
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// The customer's API key that requests must bring. Better given in the environment, where `ps` does not show it.
    #[arg(long, env = "CENTREX_SIM_API_KEY", hide_env_values = true, value_name = "KEY")]
    pub(crate) api_key: Option<String>,
    /// An account: its id, its SIP password and its number in E.164. Repeat it for more.
    #[arg(long = "account", value_name = "ID:PASSWORD:NUMBER")]
    // Read later: clap would repeat a value that it can't read, with the password in it.
    pub(crate) accounts: Vec<String>,
    /// A file with one ID:PASSWORD:NUMBER a line; empty lines and lines that begin with # are skipped.
    #[arg(long, value_name = "FILE")]
    pub(crate) accounts_file: Option<PathBuf>,
    /// When own phone is picked up on a click-to-call, in seconds, or `never`.
    #[arg(long, default_value = "2", value_name = "S", value_parser = wait)]
    pub(crate) pickup_after: Wait,
    /// When the other party answers an outgoing call, in seconds, or `never`.
    #[arg(long, default_value = "3", value_name = "S", value_parser = wait)]
    pub(crate) answer_after: Wait,
    /// How long they talk, in seconds, or `never` to talk until somebody hangs up.
    #[arg(long, default_value = "10", value_name = "S", value_parser = wait)]
    pub(crate) talk: Wait,
    /// How long a phone rings before the call is given up, in seconds, or `never`.
    #[arg(long, default_value = "30", value_name = "S", value_parser = wait)]
    pub(crate) ring_for: Wait,
    /// When outgoing_call_start is sent for a click-to-call.
    #[arg(long, value_enum, default_value = "at-pickup")]
    pub(crate) start_callback: StartWord,
    /// Whether a call between two accounts has one call_id or two.
    #[arg(long, value_enum, default_value = "one-id")]
    pub(crate) internal_calls: InternalWord,
    /// How many calls one phone takes at once; more are busy. Without it, no limit.
    #[arg(long)]
    pub(crate) lines: Option<usize>,
    /// How long to wait for the answer to a callback, in seconds.
    #[arg(long, default_value = "5", value_name = "S", value_parser = seconds_arg)]
    pub(crate) callback_timeout: f64,
    /// Let time pass only by POST /sim/advance, for exact repetition.
    #[arg(long)]
    pub(crate) manual_time: bool,
    /// The faults to begin with: a file, or JSON itself.
    #[arg(long, value_name = "FILE|JSON")]
    pub(crate) faults: Option<String>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RingArgs {
    /// The account that is called. Repeat it for a ring group: one call that rings on all of these phones, and stops on the
    /// others once one of them is picked up.
    #[arg(long, value_name = "ACCOUNT", required = true)]
    pub(crate) to: Vec<String>,
    /// The number that was dialled, such as the group's. Without it, the number of the first account.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) called: Option<String>,
    /// The caller's number; without it, the caller is withheld.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) from: Option<String>,
    /// When the call is answered, in seconds. Without it, not by itself: `pick-up` does it.
    #[arg(long, value_name = "S", value_parser = seconds_arg, conflicts_with = "no_answer")]
    pub(crate) answer_after: Option<f64>,
    /// Nobody answers by themselves (the same as leaving --answer-after out).
    #[arg(long)]
    pub(crate) no_answer: bool,
    /// How long they talk, in seconds. Without it, as `serve` was told.
    #[arg(long, value_name = "S", value_parser = seconds_arg)]
    pub(crate) talk: Option<f64>,
    /// How long it rings before the caller gives up, in seconds. Without it, as `serve` was told.
    #[arg(long, value_name = "S", value_parser = seconds_arg)]
    pub(crate) ring_for: Option<f64>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DialArgs {
    /// The account whose phone is used.
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) from: String,
    /// The number dialled, in E.164.
    #[arg(long, value_name = "NUMBER")]
    pub(crate) to: String,
    /// When it is answered, in seconds. Without it, as `serve` was told.
    #[arg(long, value_name = "S", value_parser = seconds_arg)]
    pub(crate) answer_after: Option<f64>,
    /// How long they talk, in seconds. Without it, as `serve` was told.
    #[arg(long, value_name = "S", value_parser = seconds_arg)]
    pub(crate) talk: Option<f64>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct PhoneArgs {
    /// The phone's account.
    pub(crate) account: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct HangUpArgs {
    /// The phone's account.
    pub(crate) account: String,
    /// Who hangs up.
    #[arg(long, value_enum, default_value = "account")]
    pub(crate) by: ByWord,
}

#[derive(Debug, clap::Args)]
pub(crate) struct FaultsArgs {
    /// The faults from now on: a file, or JSON itself, such as '{"callbacks":{"duplicate":0.2}}' or
    /// '{"next":[{"event":"call_end","do":"drop"}]}'. Without it, those in force are shown.
    #[arg(value_name = "FILE|JSON", conflicts_with = "clear")]
    pub(crate) faults: Option<String>,
    /// Behave well from now on.
    #[arg(long)]
    pub(crate) clear: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RecordArgs {
    /// Only what came after this place in the record.
    #[arg(long, default_value_t = 0, value_name = "SEQ")]
    pub(crate) after: u64,
    /// Go on showing what happens, until Ctrl-C.
    #[arg(long)]
    pub(crate) follow: bool,
}

/// A time, or never.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wait(pub(crate) Option<Duration>);

fn wait(text: &str) -> Result<Wait, String> {
    if text == "never" {
        return Ok(Wait(None));
    }
    let s = text
        .parse()
        .map_err(|_| "give seconds, such as 2.5, or `never`".to_owned())?;
    seconds::duration(s).map(|time| Wait(Some(time)))
}

fn seconds_arg(text: &str) -> Result<f64, String> {
    let s = text.parse().map_err(|_| "give seconds, such as 2.5".to_owned())?;
    seconds::duration(s).map(|_| s)
}

/// When `outgoing_call_start` is sent.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum StartWord {
    /// As soon as the request is accepted.
    AtRequest,
    /// When own phone is picked up.
    AtPickup,
}

impl From<StartWord> for StartCallback {
    fn from(word: StartWord) -> Self {
        match word {
            StartWord::AtRequest => Self::AtRequest,
            StartWord::AtPickup => Self::AtPickup,
        }
    }
}

/// How a call between two accounts is identified.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum InternalWord {
    /// One call_id for both.
    OneId,
    /// One for each.
    TwoIds,
}

impl From<InternalWord> for InternalCalls {
    fn from(word: InternalWord) -> Self {
        match word {
            InternalWord::OneId => Self::OneId,
            InternalWord::TwoIds => Self::TwoIds,
        }
    }
}

/// Who hangs up.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ByWord {
    /// Whoever sits at the account's phone.
    Account,
    /// The other side.
    OtherParty,
}

impl From<ByWord> for HangUpBy {
    fn from(word: ByWord) -> Self {
        match word {
            ByWord::Account => Self::Account,
            ByWord::OtherParty => Self::OtherParty,
        }
    }
}
