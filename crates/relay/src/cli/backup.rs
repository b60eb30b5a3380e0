//! `backup`

use std::path::PathBuf;

use centrex_relay::secret::callback;
use centrex_relay::settings::Settings;
use centrex_relay::store;
use clap::Args;
use serde_json::json;

use super::output;

#[derive(Debug, Args)]
pub struct Arguments {
    /// The file to make; it must not exist yet.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
    /// One JSON document.
    #[arg(long)]
    json: bool,
}

pub fn run(settings: &Settings, arguments: &Arguments) -> anyhow::Result<()> {
    let bytes = store::backup(&settings.data_dir, &arguments.to)?;
    let secret = settings.data_dir.join(callback::FILE);
    let secret = secret.exists().then_some(secret);
    if arguments.json {
        return output::json(&json!({
            "file": arguments.to, "bytes": bytes, "integrity": "ok", "callback_secret_file": secret,
        }));
    }
    output::line(&format!("{}: {bytes} bytes, checked", arguments.to.display()));
    if let Some(secret) = secret {
        output::line(&format!(
            "Keep {} as well: the callback address depends on it, and it isn't in the copy.",
            secret.display()
        ));
    }
    Ok(())
}
