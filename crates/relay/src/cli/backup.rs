//! `backup` and `restore`

use std::path::{Path, PathBuf};

use anyhow::bail;
use centrex_relay::lock::DataLock;
use centrex_relay::secret::{callback, rotation};
use centrex_relay::settings::Settings;
use centrex_relay::store::{self, Facts};
use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::output;

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct What {
    /// The file to make; it must not exist yet.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// A backup that was made: read it from end to end, and say what it holds.
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Arguments {
    #[command(flatten)]
    what: What,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub struct RestoreArguments {
    /// The backup.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Don't ask.
    #[arg(long)]
    yes: bool,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    match (&arguments.what.to, &arguments.what.verify) {
        (Some(to), _) => make(settings, to, arguments.json),
        (None, Some(file)) => {
            let facts = store::verify(file)?;
            if arguments.json {
                return output::json(&json!({ "file": file, "integrity": "ok", "holds": facts }));
            }
            output::line(&format!("{} is sound: {}", file.display(), words(&facts)));
            Ok(())
        }
        (None, None) => bail!("--to FILE makes a backup, --verify FILE looks at one"),
    }
}

fn make(settings: &Settings, to: &Path, json: bool) -> anyhow::Result<()> {
    let bytes = store::backup(&settings.data_dir, to)?;
    let there = |name: &str| {
        let file = settings.data_dir.join(name);
        file.exists().then_some(file)
    };
    let secret = there(callback::FILE);
    // Of a rotation that is under way.
    let previous = there(rotation::PREVIOUS);
    if json {
        return output::json(&json!({
            "file": to, "bytes": bytes, "integrity": "ok", "callback_secret_file": secret,
            "previous_callback_secret_file": previous,
        }));
    }
    output::line(&format!("{}: {bytes} bytes, checked", to.display()));
    for secret in [secret, previous].into_iter().flatten() {
        output::line(&format!(
            "Keep {} as well: the callback address depends on it, and it isn't in the copy.",
            secret.display()
        ));
    }
    Ok(())
}

pub fn restore(settings: &Settings, arguments: &RestoreArguments) -> anyhow::Result<()> {
    // Held to the end: no relay may start in between.
    let lock = DataLock::take(&settings.data_dir)?;
    let facts = store::verify(&arguments.from)?;
    let file = settings.data_dir.join(store::FILE);
    if file.exists() && !arguments.yes {
        let question = format!(
            "{} holds {}. Put it in the place of {}, which is set aside under another name?",
            arguments.from.display(),
            words(&facts),
            file.display()
        );
        if !output::confirm(&question)? {
            bail!("nothing was changed");
        }
    }
    let restored = store::restore(&lock, &settings.data_dir, &arguments.from, Timestamp::now())?;
    if arguments.json {
        return output::json(&json!({
            "file": file, "integrity": "ok", "holds": restored.facts, "set_aside": restored.aside,
        }));
    }
    output::line(&format!(
        "{} is restored and sound: {}",
        file.display(),
        words(&restored.facts)
    ));
    if let Some(aside) = restored.aside {
        output::line(&format!(
            "What was there is now {}; remove it (and what is named like it) once all is well.",
            aside.display()
        ));
    }
    output::line("Desktops that know more than the backup does are told so, and fetch what there is.");
    output::line(
        "Tokens and codes are those of the backup: revoke again what you revoked since it was made (token list, enrol list); \
         desktops that were enrolled, or whose token was renewed, since then have to be enrolled again.",
    );
    Ok(())
}

fn words(facts: &Facts) -> String {
    let until = facts.last_written_at.map_or_else(
        || "no event yet".to_owned(),
        |at| format!("the last event is of {}", output::time(at)),
    );
    format!(
        "{until}; {} desktops, {} calls, {} events (layout {})",
        facts.tokens, facts.calls, facts.events, facts.schema_version
    )
}
