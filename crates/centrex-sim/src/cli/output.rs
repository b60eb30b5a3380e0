//! All that the program prints.

use std::io::{self, Write};

use centrex_sim::{Dialled, Entry, Faults, PhoneState, PhoneStatus};
use serde::Serialize;
use serde_json::Value;

/// An error, as a sentence on standard error.
pub(crate) fn complain(error: &anyhow::Error) {
    // Nothing is left to do when standard error is gone too.
    let _ = writeln!(io::stderr(), "centrex-sim: {error:#}");
}

/// That the platform is ready.
pub(crate) fn listening(base: &str, seed: u64) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "listening on {base}")?;
    writeln!(out, "platform: {base}/api   control: {base}/sim/   seed: {seed}")?;
    Ok(out.flush()?)
}

/// A call that was started.
pub(crate) fn dialled(call: &Dialled, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        json(call)
    } else {
        line(&format!("call {}", call.call_id))
    }
}

/// What each phone is doing.
pub(crate) fn phones(phones: &[PhoneStatus], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return json(&phones);
    }
    let width = phones
        .iter()
        .map(|phone| phone.account.chars().count())
        .max()
        .unwrap_or(0);
    for phone in phones {
        line(&format!(
            "{:width$}  {:16}  {}",
            phone.account,
            phone.number.to_string(),
            state(phone.state)
        ))?;
        for call in &phone.calls {
            let other = call.number.as_deref().unwrap_or("withheld");
            let way = if call.direction == "incoming" {
                "from"
            } else {
                "to"
            };
            line(&format!(
                "{:width$}    {} {way} {other}  (call {})",
                "",
                state(call.state),
                call.call_id
            ))?;
        }
    }
    Ok(())
}

fn state(state: PhoneState) -> &'static str {
    match state {
        PhoneState::Idle => "idle",
        PhoneState::Ringing => "ringing",
        PhoneState::Calling => "calling",
        PhoneState::Talking => "talking",
    }
}

/// The faults in force.
pub(crate) fn faults(faults: &Faults, as_json: bool) -> anyhow::Result<()> {
    if as_json {
        return json(faults);
    }
    if *faults == Faults::default() {
        return line("no faults: the platform behaves well");
    }
    // Only what differs from good behaviour is worth reading.
    let (mut now, usual) = (
        serde_json::to_value(faults)?,
        serde_json::to_value(Faults::default())?,
    );
    keep_differences(&mut now, &usual);
    line(&serde_json::to_string_pretty(&now)?)
}

fn keep_differences(now: &mut Value, usual: &Value) {
    if let (Value::Object(now), Value::Object(usual)) = (now, usual) {
        now.retain(|name, value| usual.get(name) != Some(value));
        for (name, value) in now {
            keep_differences(value, usual.get(name).unwrap_or(&Value::Null));
        }
    }
}

/// Entries of the record, one a line.
pub(crate) fn entries(entries: &[Entry], as_json: bool) -> anyhow::Result<()> {
    for entry in entries {
        if as_json {
            json(entry)?;
            continue;
        }
        let seconds = format!("{}.{:03}", entry.at_ms / 1000, entry.at_ms % 1000);
        let kind = serde_json::to_value(entry.kind)?;
        let mut text = format!(
            "{:>5} {seconds:>9}  {:22}",
            entry.seq,
            kind.as_str().unwrap_or_default()
        );
        for (name, value) in [("account", &entry.account), ("call", &entry.call_id)] {
            if let Some(value) = value {
                text.push_str(&format!(" {name}={value}"));
            }
        }
        for (name, value) in &entry.detail {
            let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.push_str(&format!(" {name}={shown}"));
        }
        line(&text)?;
    }
    Ok(())
}

fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?)
}

fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(io::stdout().lock(), "{text}")?)
}
