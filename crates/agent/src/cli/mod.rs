//! The command line: talks to the running agent, or becomes it.

mod args;
mod ask;
mod calls;
mod contacts;
mod files;
mod hand_over;
mod importing;
mod print;
mod start;

use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};
use companion::settings::{LanguageChoice, Store};
use companion::words::{Language, Message, say};
use control::profile::Profile;

use crate::controller::Start;
use crate::desktop::hotkey::{self, SelectionError};
use crate::desktop::{self, locale};
use crate::paths::Paths;
use args::{Args, Command};

/// Done.
const DONE: u8 = 0;
/// Failed; the reason was told on standard error.
const FAILED: u8 = 1;
/// The command line can't be meant; what is wrong with it was told on standard error. As clap ends for what it finds.
const USAGE: u8 = 2;

/// Runs the command that the program's arguments ask for. To be called first in `main`, on the main thread.
pub fn main() -> ExitCode {
    let system = system_language();
    let command = args::in_words(Args::command(), system);
    // Prints help, version or the usage error itself, and exits with 0 or 2.
    let args = match Args::from_arg_matches(&command.get_matches()) {
        Ok(args) => args,
        Err(error) => error.exit(),
    };
    let lang = language(&args.profile, system);
    let code = match desktop::run(move || run(args, system, lang)) {
        Ok(code) => code,
        Err(error) => fail(
            lang,
            &Message::new("cli-desktop-failed").with("why", error.to_string()),
        ),
    };
    ExitCode::from(code)
}

fn run(args: Args, system: Language, lang: Language) -> u8 {
    let Args {
        profile,
        hidden,
        command,
    } = args;
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            return fail(
                lang,
                &Message::new("cli-desktop-failed").with("why", error.to_string()),
            );
        }
    };
    let result = runtime.block_on(async {
        match command {
            None => start::start(profile, system, lang, !hidden).await,
            Some(Command::Dial {
                number, selection, ..
            }) => {
                let text = match selection {
                    true => selected(lang)?,
                    false => number.join(" "),
                };
                if text.trim().is_empty() {
                    start::start(profile, system, lang, true).await
                } else {
                    hand_over::to_agent(&profile, lang, Start::of(text)).await
                }
            }
            Some(Command::Status { json }) => ask::status(&profile, lang, json).await,
            Some(Command::Doctor { json }) => ask::doctor(&profile, lang, json).await,
            Some(Command::Calls(args)) => calls::calls(&profile, lang, args).await,
            Some(Command::Contacts(args)) => contacts::contacts(&profile, lang, args).await,
            Some(Command::Quit) => ask::quit(&profile).await,
            Some(Command::Unregister) => unregister(&profile),
        }
    });
    // Whatever still blocks (a name being resolved) ends with the process.
    runtime.shutdown_background();
    match result {
        Ok(code) => code,
        Err(message) => fail(lang, &message),
    }
}

/// What is selected on the screen. Without anything the pad comes all the same, and why it is empty is said.
fn selected(lang: Language) -> Result<String, Message> {
    match hotkey::selected() {
        Ok(Some(text)) => Ok(text.expose().to_owned()),
        Ok(None) => {
            print::error(&say(lang, &Message::new("cli-nothing-selected")));
            Ok(String::new())
        }
        Err(SelectionError::Display(why)) => Err(Message::new("cli-selection-failed").with("why", why)),
        Err(SelectionError::NotHere) => Err(Message::new("cli-selection-not-here")),
    }
}

/// `unregister`: nothing in the system starts this program any more.
fn unregister(profile: &Profile) -> Result<u8, Message> {
    let failed = |why: String| Message::new("cli-unregister-failed").with("why", why);
    desktop::autostart::set(profile.name(), false).map_err(|error| failed(error.to_string()))?;
    if profile.is_default() {
        desktop::links::unregister().map_err(|error| failed(error.to_string()))?;
    }
    Ok(DONE)
}

fn fail(lang: Language, message: &Message) -> u8 {
    print::error(&say(lang, message));
    FAILED
}

/// The same for what stands on the command line.
fn misused(lang: Language, message: &Message) -> u8 {
    print::error(&say(lang, message));
    USAGE
}

/// How a search of `calls` or `contacts` ends that found nothing. A mistyped subcommand is one too: it is named, and what
/// further words show to have been one (`imprt FILE`) was no search.
fn nothing_found(profile: &Profile, lang: Language, command: &str, words: &[String]) -> u8 {
    let Some(meant) = args::meant(command, words) else {
        return DONE;
    };
    let meant = format!("{} {meant}", ask::start_command(profile));
    let message = Message::new("cli-command-meant").with("command", meant);
    if words.len() > 1 {
        return misused(lang, &message);
    }
    print::note(&say(lang, &message));
    DONE
}

fn system_language() -> Language {
    Language::of_locale(&locale::language().unwrap_or_default())
}

/// The person's language: what the settings say, else the system's.
fn language(profile: &Profile, system: Language) -> Language {
    let Ok(paths) = Paths::of(profile) else {
        return system;
    };
    match Store::new(paths.settings, paths.company_settings)
        .load()
        .settings
        .language
    {
        LanguageChoice::Always(lang) => lang,
        LanguageChoice::System => system,
    }
}
