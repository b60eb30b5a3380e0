//! The command line.

mod backup;
mod callback;
mod dials;
mod doctor;
mod enrol;
mod forward;
mod manager;
mod output;
mod serve;
mod tail;
mod token;
mod unmatched;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

use centrex_relay::settings::{self, Problems, Settings, Sources};
use centrex_relay::store::StoreError;
use clap::{Args, Parser, Subcommand};

use output::Unasked;

/// Receives the platform's callbacks and passes each to the right desktops.
#[derive(Debug, Parser)]
#[command(name = "centrex-relay", version, arg_required_else_help = true, after_help = EXITS)]
struct Cli {
    #[command(flatten)]
    common: Common,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
struct Common {
    /// The TOML file, /etc/centrex-relay/relay.toml when it is there and no other is named (on Windows: relay.toml in
    /// ProgramData\\centrex-relay). Each key is also an environment variable (CENTREX_RELAY_…).
    #[arg(long, global = true, value_name = "FILE", env = "CENTREX_RELAY_CONFIG")]
    config: Option<PathBuf>,
    /// Where callbacks and desktops come in.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// Where metrics and health are.
    #[arg(long, global = true, value_name = "ADDRESS:PORT")]
    admin_listen: Option<String>,
    /// The database's folder.
    #[arg(long, global = true, value_name = "DIR")]
    data_dir: Option<String>,
    /// How the relay is reached from outside.
    #[arg(long, global = true, value_name = "URL")]
    public_url: Option<String>,
    /// text or json.
    #[arg(long, global = true, value_name = "FORMAT")]
    log_format: Option<String>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run the relay.
    Serve,
    /// The callback URL: show it, tell it to the operator, or turn it off there.
    #[command(subcommand)]
    Callback(callback::Command),
    /// Enrolment codes for desktops.
    #[command(subcommand)]
    Enrol(enrol::Command),
    /// The desktops that may listen.
    #[command(subcommand)]
    Token(token::Command),
    /// Calls that desktops placed through this relay, or wanted to.
    #[command(subcommand)]
    Dials(dials::Command),
    /// The programs that callbacks are passed on to.
    #[command(subcommand)]
    Forward(forward::Command),
    /// The calls that ring or talk now.
    Tail(tail::Arguments),
    /// Callbacks that could not be used.
    #[command(subcommand)]
    Unmatched(unmatched::Command),
    /// Copy the database into a file and check the copy, while the relay runs or not; or look at such a file.
    Backup(backup::Arguments),
    /// Put a backup in the database's place, which is set aside. The relay must be stopped.
    Restore(backup::RestoreArguments),
    /// Check configuration, store, listener and platform.
    Doctor {
        /// One JSON document.
        #[arg(long)]
        json: bool,
    },
    /// Ask the relay that runs here whether it is ready (/readyz at admin_listen): 0 when it is, 1 and why when not. For
    /// containers and scripts.
    Health,
}

/// The arguments don't say what they must, as clap has it too.
const USAGE: u8 = 2;
/// The database is damaged (`EX_DATAERR` of sysexits).
const DAMAGED: u8 = 65;
/// The configuration can't be used (`EX_CONFIG` of sysexits).
const CONFIG: u8 = 78;

/// What the exit codes mean, for the help.
const EXITS: &str = "Exit codes: 0 done; 1 it failed, standard error says why; 2 the arguments can't be understood, or --yes is missing where nobody can be asked; \
                     65 the database is damaged; 78 the configuration can't be used";

/// Reads the arguments and does what they say.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let settings = match load(&cli.common) {
        Ok(settings) => settings,
        Err(problems) => {
            output::complain(&problems.to_string());
            return ExitCode::from(CONFIG);
        }
    };
    let done = match cli.command {
        Command::Serve => return serve::run(&settings),
        Command::Callback(command) => callback::run(&settings, command),
        Command::Enrol(command) => enrol::run(&settings, command),
        Command::Token(command) => token::run(&settings, command),
        Command::Dials(command) => dials::run(&settings, command),
        Command::Forward(command) => forward::run(&settings, command),
        Command::Unmatched(command) => unmatched::run(&settings, command),
        Command::Tail(arguments) => tail::run(&settings, &arguments),
        Command::Backup(arguments) => backup::run(&settings, &arguments),
        Command::Restore(arguments) => backup::restore(&settings, &arguments),
        Command::Doctor { json } => doctor::run(&settings, json),
        Command::Health => doctor::health(&settings),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            let is_damage = error
                .downcast_ref::<StoreError>()
                .is_some_and(StoreError::is_damage);
            ExitCode::from(match error.downcast_ref::<Unasked>() {
                _ if is_damage => DAMAGED,
                Some(Unasked) => USAGE,
                None => 1,
            })
        }
    }
}

fn load(common: &Common) -> Result<Settings, Problems> {
    let flags = [
        ("listen", &common.listen),
        ("admin_listen", &common.admin_listen),
        ("data_dir", &common.data_dir),
        ("public_url", &common.public_url),
        ("log_format", &common.log_format),
    ];
    let flags = flags
        .into_iter()
        .filter_map(|(key, value)| Some((key, value.clone()?)))
        .collect();
    let text = |part: OsString| part.into_string().ok();
    let environment = std::env::vars_os()
        .filter_map(|(name, value)| Some((text(name)?, text(value)?)))
        .filter(|(name, _)| name.starts_with("CENTREX_RELAY_"))
        .collect();
    settings::load(&Sources {
        file: settings::file_in_use(common.config.clone(), settings::default_file()),
        environment,
        credentials: std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from),
        flags,
    })
}

/// A small runtime, for commands that ask over the network.
fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}
