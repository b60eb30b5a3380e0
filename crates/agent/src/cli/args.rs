//! What stands on the command line.

use clap::{Parser, Subcommand};
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
        /// Several words are one number written with spaces. None comes from an application menu, which has no link to pass.
        #[arg(value_name = "NUMBER")]
        number: Vec<String>,
    },
    Status {
        #[arg(long)]
        json: bool,
    },
    Doctor {
        #[arg(long)]
        json: bool,
    },
    Quit,
    Unregister,
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
        .mut_subcommand("quit", |quit| quit.about(words("cli-help-quit")))
        .mut_subcommand("unregister", |unregister| {
            unregister.about(words("cli-help-unregister"))
        })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

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
}
