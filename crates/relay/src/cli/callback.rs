//! `callback url|set|clear|rotate`

use anyhow::{Context as _, bail};
use centrex_relay::secret::rotation;
use centrex_relay::settings::{Settings, duration};
use centrex_relay::store::kinds::told::Told;
use centrex_relay::{server, told};
use clap::Subcommand;
use jiff::{SignedDuration, Timestamp};
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
    /// Make a new secret for the address. The old one stays good for a while, so that nothing is lost until the operator
    /// has been told the new address.
    Rotate {
        /// How long the old address is still good, like 24h.
        #[arg(long, value_name = "DURATION", value_parser = duration, default_value = "24h")]
        keep_old: SignedDuration,
        /// Tell the operator the new address at once.
        #[arg(long)]
        set: bool,
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
        Command::Rotate { keep_old, set, yes } => rotate(settings, keep_old, set, yes),
    }
}

fn address(settings: &Settings) -> anyhow::Result<String> {
    let public = settings.public_url.as_ref().context(
        "how the relay is reached from outside isn't known: set public_url, or give --public-url https://relay.example.org",
    )?;
    let secret = server::callback_secret(settings)?;
    Ok(format!("{public}callback/{}", secret.reveal()))
}

/// The address to tell the operator: whatever has the callbacks now loses them, so one that can't work is refused.
fn address_to_set(settings: &Settings) -> anyhow::Result<String> {
    match settings.public_url_is_an_example() {
        Some(trouble) => bail!("the operator wasn't told anything: {trouble}"),
        None => address(settings),
    }
}

fn key(settings: &Settings) -> anyhow::Result<&SecretString> {
    settings.platform.api_key.as_ref().context(
        "the platform's key isn't known: set platform.api_key_file, or the variable CENTREX_RELAY_PLATFORM_API_KEY",
    )
}

fn set(settings: &Settings, yes: bool) -> anyhow::Result<()> {
    let (address, key) = (address_to_set(settings)?, key(settings)?);
    if !yes && !output::confirm(&replaces(settings, &address))? {
        bail!("nothing was changed");
    }
    tell(settings, &address, key)
}

/// What setting our address replaces, as far as it can be known, and the question.
fn replaces(settings: &Settings, address: &str) -> String {
    let told = told::last(&settings.data_dir).ok().flatten();
    match told {
        Some(told) if told::is(&told, address) => format!(
            "This very address was set by this relay at {}. If somebody has set another one since, that one hears nothing \
             any more. Set ours again?",
            output::time(told.at)
        ),
        Some(Told { at, address: Some(_) }) => format!(
            "The operator keeps one callback address for everybody. This replaces another address of this relay, set at {}. \
             Set the present one?",
            output::time(at)
        ),
        _ => format!(
            "The operator keeps one callback address for everybody, and there is no way to read the one that is set: whatever \
             used the callbacks until now (a CRM?) hears nothing any more.\n{}\nSet ours, at {}?",
            offer(settings),
            settings
                .public_url
                .as_ref()
                .map_or_else(String::new, ToString::to_string)
        ),
    }
}

/// How what had the callbacks before goes on hearing them.
fn offer(settings: &Settings) -> String {
    if settings.forwards.is_empty() {
        return format!(
            "This relay can pass every callback on to it, as it came: put its address into {} first, and restart the relay:\n\n\
             \x20   [[forward]]\n\x20   url = \"https://crm.example.org/callback?key=…\"\n",
            settings
                .file
                .clone()
                .unwrap_or_else(centrex_relay::settings::default_file)
                .display()
        );
    }
    let names: Vec<&str> = settings.forwards.iter().map(|one| one.name.as_str()).collect();
    format!("This relay passes every callback on to: {}.", names.join(", "))
}

fn tell(settings: &Settings, address: &str, key: &SecretString) -> anyhow::Result<()> {
    let client = server::platform_client(settings)?;
    let secret = SecretString::from(address.to_owned());
    let answer = block_on(async { Ok(client.set_callback(key, &secret).await) })?;
    answered(settings, key, &answer);
    answer.with_context(|| {
        format!(
            "the operator didn't take the address; it was asked at {} (platform.url) with the key of platform.api_key_file or \
             CENTREX_RELAY_PLATFORM_API_KEY",
            settings.platform.url
        )
    })?;
    note(settings, Some(address));
    output::line("The operator now sends its callbacks to this relay.");
    Ok(())
}

/// It is done; that it can't be written down changes nothing.
fn note(settings: &Settings, address: Option<&str>) {
    if let Err(error) = told::note(&settings.data_dir, address, Timestamp::now()) {
        output::complain(&format!(
            "warning: it can't be written down what the operator was told: {error}"
        ));
    }
}

/// For `doctor`, which can't try the key by itself.
fn answered<T>(settings: &Settings, key: &SecretString, answer: &Result<T, centrex::Error>) {
    let answer = answer.as_ref().map(|_| ());
    // It changes nothing for whoever is told the answer anyway.
    let _ = told::note_answer(&settings.data_dir, key, answer, Timestamp::now());
}

fn rotate(settings: &Settings, keep_old: SignedDuration, set: bool, yes: bool) -> anyhow::Result<()> {
    if settings.callback_secret.is_some() {
        bail!(
            "the secret is given by callback.secret_file, the variable CENTREX_RELAY_CALLBACK_SECRET or a credential, so it \
             isn't changed here: put the new one there, and the old one into callback.previous_secret_file (or \
             CENTREX_RELAY_CALLBACK_PREVIOUS_SECRET) for as long as it shall be good; restart the relay, then: centrex-relay \
             callback set"
        );
    }
    // Before anything is changed.
    let key = set.then(|| key(settings)).transpose()?;
    let present = if set {
        address_to_set(settings)?
    } else {
        address(settings)?
    };
    if let Some(begun) = begun(settings, &present)? {
        return finish(settings, &present, key, &begun, yes);
    }
    let question = format!(
        "A new secret is made; the address that the operator has now is good for another {keep_old:#}. Until then it must be \
         told the new one. Make it?"
    );
    if !yes && !output::confirm(&question)? {
        bail!("nothing was changed");
    }
    rotation::rotate(&settings.data_dir, keep_old, Timestamp::now(), &mut rand::rng())?;
    match key {
        Some(key) => tell_new(
            settings,
            &address(settings)?,
            key,
            &format!("for another {keep_old:#}"),
        ),
        None => {
            output::line(&format!(
                "There is a new secret. The old address is good for another {keep_old:#}: before that, run: centrex-relay callback set"
            ));
            Ok(())
        }
    }
}

/// A rotation whose new address the operator wasn't told, as far as this relay knows.
struct Begun {
    /// Until when the secret before the present one is good.
    until: Timestamp,
    /// The operator was told another address by this relay: the former one, most likely.
    knows_another: bool,
}

/// The rotation that isn't finished, if there is one. Another one would end the former secret, which the operator may still
/// use, and keep the present one in its place, which nobody uses.
fn begun(settings: &Settings, present: &str) -> anyhow::Result<Option<Begun>> {
    let now = Timestamp::now();
    let former = rotation::former(&settings.data_dir)?;
    let Some(until) = former
        .and_then(|former| former.until)
        .filter(|until| now < *until)
    else {
        return Ok(None);
    };
    let told = told::last(&settings.data_dir)?;
    if told.is_some_and(|told| told::is(&told, present)) {
        return Ok(None);
    }
    Ok(Some(Begun {
        until,
        knows_another: told.is_some_and(|told| told.address.is_some()),
    }))
}

/// No second secret: the operator is told the one that there is.
fn finish(
    settings: &Settings,
    present: &str,
    key: Option<&SecretString>,
    begun: &Begun,
    yes: bool,
) -> anyhow::Result<()> {
    let until = output::time(begun.until);
    let Some(key) = key else {
        let whom = if begun.knows_another {
            "the operator still has another address of this relay"
        } else {
            "this relay hasn't told the operator the present address"
        };
        bail!(
            "a new secret was made before, and {whom}. One more would end the address before it, which is good until {until} \
             and which the operator may still use; nothing was changed. Run: centrex-relay callback set"
        );
    };
    output::complain(&format!(
        "a new secret was made before, and the operator wasn't told of it: it is told that one now, and no other is made (the \
         address before it is good until {until})"
    ));
    if !yes && !output::confirm("Tell the operator the present address?")? {
        bail!("nothing was changed");
    }
    tell_new(settings, present, key, &format!("until {until}"))
}

/// Tells the operator an address that it doesn't know yet; `old` says how long the one before it is good.
fn tell_new(settings: &Settings, address: &str, key: &SecretString, old: &str) -> anyhow::Result<()> {
    tell(settings, address, key).with_context(|| {
        format!(
            "there is a new secret, and it isn't certain that the operator knows the new address (the old one is good {old}); \
             once what follows is mended, run: centrex-relay callback set"
        )
    })
}

fn clear(settings: &Settings, yes: bool) -> anyhow::Result<()> {
    let key = key(settings)?;
    let warning =
        "Without callbacks there are no alerts, and the operator refuses click-to-call. Turn them off?";
    if !yes && !output::confirm(warning)? {
        bail!("nothing was changed");
    }
    let client = server::platform_client(settings)?;
    let answer = block_on(async { Ok(client.clear_callback(key).await) })?;
    answered(settings, key, &answer);
    answer.context("the operator didn't take it")?;
    note(settings, None);
    output::line("The operator sends no callbacks any more.");
    Ok(())
}
