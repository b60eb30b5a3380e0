//! What stands on the command line.

use std::path::PathBuf;

use clap::{CommandFactory, Parser, Subcommand};
use companion::words::{Language, Message, say};
use control::profile::Profile;

/// The program's arguments. Their help texts are in the strings, see [`in_words`].
#[derive(Debug, Parser)]
#[command(name = "centrex-tray", version, disable_help_subcommand = true)]
pub(super) struct Args {
    #[arg(
        long,
        global = true,
        value_name = "NAME",
        default_value = "default",
        hide_default_value = true
    )]
    pub(super) profile: Profile,
    #[arg(long)]
    pub(super) hidden: bool,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Dial {
        /// Several words are one number written with spaces.
        #[arg(value_name = "NUMBER", required_unless_present_any = ["selection", "menu"])]
        number: Vec<String>,
        #[arg(long, conflicts_with = "number")]
        selection: bool,
        /// From the system's menu of applications, which passes the link that was opened, or none.
        #[arg(long, hide = true, conflicts_with = "selection")]
        menu: bool,
    },
    Status {
        #[arg(long)]
        json: bool,
    },
    Doctor {
        #[arg(long)]
        json: bool,
    },
    Calls(CallsArgs),
    Contacts(ContactsArgs),
    Quit,
    Unregister,
}

/// `calls`: which ones, or what to do with them.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct CallsArgs {
    #[command(subcommand)]
    pub(super) command: Option<CallsCommand>,
    #[arg(value_name = "TEXT")]
    pub(super) text: Vec<String>,
    #[arg(long, group = "kind")]
    pub(super) missed: bool,
    #[arg(long, group = "kind")]
    pub(super) incoming: bool,
    #[arg(long, group = "kind")]
    pub(super) outgoing: bool,
    #[arg(long, group = "kind")]
    pub(super) to_call_back: bool,
    #[arg(long, value_name = "ACCOUNT")]
    pub(super) account: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<String>,
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) limit: u32,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum CallsCommand {
    Export {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        bom: bool,
        #[arg(long)]
        replace: bool,
    },
}

/// Most contacts of one answer.
const MOST_CONTACTS: u32 = 200;

/// `contacts`: which ones, or what to do with them.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct ContactsArgs {
    #[command(subcommand)]
    pub(super) command: Option<ContactsCommand>,
    #[arg(value_name = "TEXT")]
    pub(super) text: Vec<String>,
    #[arg(long)]
    pub(super) favourites: bool,
    /// As many as the agent gives at once, at most.
    #[arg(long, value_name = "N", default_value_t = MOST_CONTACTS, value_parser = clap::value_parser!(u32).range(1..=i64::from(MOST_CONTACTS)))]
    pub(super) limit: u32,
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum ContactsCommand {
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        yes: bool,
    },
    Undo,
    Export {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[arg(long)]
        csv: bool,
        #[arg(long)]
        bom: bool,
        #[arg(long)]
        replace: bool,
    },
    Delete {
        /// Required: a word that deletes everything is to be read twice.
        #[arg(long, required = true)]
        all: bool,
        #[arg(long)]
        yes: bool,
    },
}

/// The subcommand of `calls` or `contacts` that a search's first word may have been meant for: that name with one slip of the
/// keyboard, or with an ending. To clap it is a word like any other.
pub(super) fn meant(command: &str, words: &[String]) -> Option<String> {
    let first = words.first()?.to_lowercase();
    let whole = Args::command();
    let mut names = whole
        .find_subcommand(command)?
        .get_subcommands()
        .map(clap::Command::get_name);
    let near =
        names.find(|&name| first.starts_with(name) || strsim::damerau_levenshtein(&first, name) <= 1)?;
    Some(format!("{command} {near}"))
}

/// The same with its help in a language.
pub(super) fn in_words(command: clap::Command, lang: Language) -> clap::Command {
    let words = |id: &str| say(lang, &Message::new(id));
    command
        .about(words("cli-about"))
        .mut_arg("profile", |arg| arg.help(words("cli-help-profile")))
        .mut_arg("hidden", |arg| arg.help(words("cli-help-hidden")))
        .mut_subcommand("dial", |dial| {
            dial.about(words("cli-help-dial"))
                .mut_arg("number", |arg| arg.help(words("cli-help-number")))
                .mut_arg("selection", |arg| arg.help(words("cli-help-selection")))
        })
        .mut_subcommand("status", |status| {
            status
                .about(words("cli-help-status"))
                .mut_arg("json", |arg| arg.help(words("cli-help-json")))
        })
        .mut_subcommand("doctor", |doctor| {
            doctor
                .about(words("cli-help-doctor"))
                .mut_arg("json", |arg| arg.help(words("cli-help-json")))
        })
        .mut_subcommand("calls", |calls| calls_in_words(calls, words))
        .mut_subcommand("contacts", |contacts| contacts_in_words(contacts, words))
        .mut_subcommand("quit", |quit| quit.about(words("cli-help-quit")))
        .mut_subcommand("unregister", |unregister| {
            unregister.about(words("cli-help-unregister"))
        })
}

fn calls_in_words(calls: clap::Command, words: impl Fn(&str) -> String) -> clap::Command {
    calls
        .about(words("cli-help-calls"))
        .mut_arg("text", |arg| arg.help(words("cli-help-calls-text")))
        .mut_arg("missed", |arg| arg.help(words("cli-help-calls-missed")))
        .mut_arg("incoming", |arg| arg.help(words("cli-help-calls-incoming")))
        .mut_arg("outgoing", |arg| arg.help(words("cli-help-calls-outgoing")))
        .mut_arg("to_call_back", |arg| {
            arg.help(words("cli-help-calls-to-call-back"))
        })
        .mut_arg("account", |arg| arg.help(words("cli-help-calls-account")))
        .mut_arg("from", |arg| arg.help(words("cli-help-calls-from")))
        .mut_arg("until", |arg| arg.help(words("cli-help-calls-until")))
        .mut_arg("limit", |arg| arg.help(words("cli-help-calls-limit")))
        .mut_arg("json", |arg| arg.help(words("cli-help-json")))
        .mut_subcommand("export", |export| {
            export
                .about(words("cli-help-calls-export"))
                .mut_arg("file", |arg| arg.help(words("cli-help-calls-file")))
                .mut_arg("bom", |arg| arg.help(words("cli-help-bom")))
                .mut_arg("replace", |arg| arg.help(words("cli-help-replace")))
        })
}

fn contacts_in_words(contacts: clap::Command, words: impl Fn(&str) -> String) -> clap::Command {
    contacts
        .about(words("cli-help-contacts"))
        .mut_arg("text", |arg| arg.help(words("cli-help-contacts-text")))
        .mut_arg("favourites", |arg| {
            arg.help(words("cli-help-contacts-favourites"))
        })
        .mut_arg("limit", |arg| arg.help(words("cli-help-contacts-limit")))
        .mut_arg("json", |arg| arg.help(words("cli-help-json")))
        .mut_subcommand("import", |import| {
            import
                .about(words("cli-help-contacts-import"))
                .mut_arg("file", |arg| arg.help(words("cli-help-contacts-from")))
                .mut_arg("yes", |arg| arg.help(words("cli-help-contacts-yes")))
        })
        .mut_subcommand("undo", |undo| undo.about(words("cli-help-contacts-undo")))
        .mut_subcommand("export", |export| {
            export
                .about(words("cli-help-contacts-export"))
                .mut_arg("file", |arg| arg.help(words("cli-help-contacts-to")))
                .mut_arg("csv", |arg| arg.help(words("cli-help-contacts-csv")))
                .mut_arg("bom", |arg| arg.help(words("cli-help-bom")))
                .mut_arg("replace", |arg| arg.help(words("cli-help-replace")))
        })
        .mut_subcommand("delete", |delete| {
            delete
                .about(words("cli-help-contacts-delete"))
                .mut_arg("all", |arg| arg.help(words("cli-help-contacts-all")))
                .mut_arg("yes", |arg| arg.help(words("cli-help-contacts-delete-yes")))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_holds_together_in_both_languages() {
        for lang in [Language::Fr, Language::En] {
            let mut command = in_words(Args::command(), lang);
            command.clone().debug_assert();
            let help = command.render_long_help().to_string();
            assert!(!help.contains("cli-"), "{help}");
        }
    }

    #[test]
    fn a_subcommand_with_a_slip_is_known_and_a_name_is_not_taken_for_one() {
        let near = |command, word: &str| meant(command, &[word.to_owned()]);
        for word in ["imprt", "improt", "Import", "importer", "imports"] {
            assert_eq!(
                near("contacts", word).as_deref(),
                Some("contacts import"),
                "{word}"
            );
        }
        assert_eq!(near("contacts", "undoo").as_deref(), Some("contacts undo"));
        assert_eq!(near("calls", "exprt").as_deref(), Some("calls export"));
        for word in ["Imbert", "Durand", "0199000042", "élan", ""] {
            assert_eq!(near("contacts", word), None, "{word}");
        }
        // It has no such command.
        assert_eq!(near("calls", "imprt"), None);
        assert_eq!(meant("calls", &[]), None);
    }
}
