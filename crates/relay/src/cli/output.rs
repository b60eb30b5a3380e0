//! The one place that writes to the terminal.

use std::io::{IsTerminal as _, Write as _};

use centrex_relay::time::to_the_second;
use jiff::Timestamp;
use relay_api::wire::Scope;
use serde::Serialize;

/// A line on standard output. A reader that went away is no reason to fail.
pub fn line(text: &str) {
    heard(text);
}

/// A line on standard output; false when nobody reads it any more.
pub fn heard(text: &str) -> bool {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{text}").and_then(|()| out.flush()).is_ok()
}

/// A JSON document on a line of standard output.
pub fn json(value: &impl Serialize) -> anyhow::Result<()> {
    line(&serde_json::to_string(value)?);
    Ok(())
}

/// A complaint on standard error.
pub fn complain(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "centrex-relay: {text}");
}

/// A question, and nobody who could answer it.
#[derive(Debug, thiserror::Error)]
#[error(
    "nobody can be asked here (standard input is no terminal and holds no answer), so nothing was changed: add --yes to go ahead without the question"
)]
pub struct Unasked;

/// Asks on standard error, reads a line of standard input: yes only for an explicit yes.
///
/// # Errors
/// [`Unasked`] where standard input is no terminal and holds no answer either.
pub fn confirm(question: &str) -> anyhow::Result<bool> {
    let mut err = std::io::stderr().lock();
    write!(err, "{question} [y/N] ")?;
    err.flush()?;
    let mut answer = String::new();
    if std::io::stdin().read_line(&mut answer)? == 0 && !std::io::stdin().is_terminal() {
        writeln!(err)?;
        return Err(Unasked.into());
    }
    Ok(matches!(
        answer.trim().to_lowercase().as_str(),
        "y" | "yes" | "o" | "oui"
    ))
}

/// Rows under headings, in columns as wide as they need.
pub fn table(headings: &[&str], rows: &[Vec<String>]) {
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells
            .chain(headings.get(column).map(|heading| heading.len()))
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let show = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        line(padded.join("  ").trim_end());
    };
    show(&headings.iter().map(ToString::to_string).collect::<Vec<_>>());
    for row in rows {
        show(row);
    }
}

/// A time for people.
pub fn time(at: Timestamp) -> String {
    to_the_second(at).to_string()
}

/// A list of accounts for a column.
pub fn accounts<'a>(accounts: impl IntoIterator<Item = &'a telephony::AccountId>) -> String {
    accounts
        .into_iter()
        .map(|account| account.0.as_str())
        .collect::<Vec<_>>()
        .join(";")
}

/// The last two characters of a number; nothing of what is hardly longer.
pub fn masked(number: &str) -> String {
    let length = number.chars().count();
    let end: String = number.chars().skip(length.saturating_sub(2)).collect();
    if length > 6 {
        format!("…{end}")
    } else {
        "…".to_owned()
    }
}

/// A text in which whatever may be a phone number is masked: digits in a row, as many as a short number has or more.
pub fn masked_within(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = part.trim_end_matches(|c: char| !c.is_ascii_digit());
        let masked = if digits.len() >= 6 {
            masked(digits)
        } else {
            digits.to_owned()
        };
        out.push_str(&masked);
        out.push_str(&part[digits.len()..]);
    }
    out
}

/// What came from outside must not steer the terminal.
pub fn safe(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// What a token or code is for.
pub fn scope(may_dial: bool) -> Scope {
    if may_dial {
        Scope::WatchAndDial
    } else {
        Scope::Watch
    }
}

/// For a column.
pub fn scope_word(scope: Scope) -> &'static str {
    match scope {
        Scope::Watch => "watch",
        Scope::WatchAndDial => "watch-and-dial",
    }
}
