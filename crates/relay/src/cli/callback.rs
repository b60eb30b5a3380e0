//! `callback url|set|clear`

use anyhow::{Context as _, bail};
use centrex_relay::server;
use centrex_relay::settings::Settings;
use clap::Subcommand;
use secrecy::SecretString;

use super::{block_on, output};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print the address to give to the operator. It is a secret: who knows it can forge callbacks.
    Url,
    /// Tell the operator our address, in place of the one set before.
    Set {
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
    /// Turn callbacks off at the operator. Alerts and click-to-call stop working.
    Clear {
        /// Don't ask.
        #[arg(long)]
        yes: bool,
    },
}

pub fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Url => {
            output::line(&address(settings)?);
            Ok(())
        }
        Command::Set { yes } => set(settings, yes),
        Command::Clear { yes } => clear(settings, yes),
    }
}

fn address(settings: &Settings) -> anyhow::Result<String> {
    let public = settings.public_url.as_ref().context(
        "how the relay is reached from outside isn't known: set public_url, or give --public-url https://relay.example.org",
    )?;
    let secret = server::callback_secret(settings)?;
    Ok(format!("{public}callback/{}", secret.reveal()))
}

fn key(settings: &Settings) -> anyhow::Result<&SecretString> {
    settings.platform.api_key.as_ref().context(
        "the platform's key isn't known: set platform.api_key_file, or the variable CENTREX_RELAY_PLATFORM_API_KEY",
    )
}

fn set(settings: &Settings, yes: bool) -> anyhow::Result<()> {
    let (address, key) = (SecretString::from(address(settings)?), key(settings)?);
    let warning = "The operator forgets the callback address set before, and there is no way to read it: \
                   whatever used the callbacks until now (a CRM?) hears nothing any more. Set ours?";
    if !yes && !output::confirm(warning)? {
        bail!("nothing was changed");
    }
    let client = server::platform_client(settings)?;
    block_on(async { Ok(client.set_callback(key, &address).await?) })
        .context("the operator didn't take the address")?;
    output::line("The operator now sends its callbacks to this relay.");
    Ok(())
}

fn clear(settings: &Settings, yes: bool) -> anyhow::Result<()> {
    let key = key(settings)?;
    let warning =
        "Without callbacks there are no alerts, and the operator refuses click-to-call. Turn them off?";
    if !yes && !output::confirm(warning)? {
        bail!("nothing was changed");
    }
    let client = server::platform_client(settings)?;
    block_on(async { Ok(client.clear_callback(key).await?) }).context("the operator didn't take it")?;
    output::line("The operator sends no callbacks any more.");
    Ok(())
}
