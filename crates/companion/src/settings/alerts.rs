//! The values that say when to be told, and what opens with a call.

use std::collections::BTreeSet;
use std::path::PathBuf;

use telephony::E164;
use toml_edit::{Array, InlineTable, Item, TableLike, Value};

use super::values::Unusable;
use crate::pop::{self, Directions, Template, TemplateError, When};
use crate::quiet::QuietHours;

/// Most numbers that can be silenced.
const MOST_SILENCED: usize = 1_000;

/// `{ from = "20:00", to = "08:00", days = ["mon"] }`; empty text or an empty table: none.
pub(super) fn quiet(item: &Item) -> Result<Option<QuietHours>, Unusable> {
    if let Some(text) = item.as_str() {
        return if text.is_empty() { Ok(None) } else { Err(Unusable) };
    }
    let table: &dyn TableLike = item.as_table_like().ok_or(Unusable)?;
    if table.is_empty() {
        return Ok(None);
    }
    let known = |(name, _): (&str, _)| ["from", "to", "days"].contains(&name);
    if !table.iter().all(known) {
        return Err(Unusable);
    }
    let word = |name| table.get(name).and_then(Item::as_str).ok_or(Unusable);
    let days = table.get("days").map_or(Ok(Vec::new()), texts)?;
    QuietHours::of_words(word("from")?, word("to")?, days)
        .map(Some)
        .map_err(|_| Unusable)
}

/// The value for what a person typed: `20:00-08:00 mon,tue`, or nothing.
pub(super) fn write_quiet(text: &str) -> Option<Value> {
    if text.is_empty() {
        return Some(Value::from(""));
    }
    let hours: QuietHours = text.parse().ok()?;
    let mut table = InlineTable::new();
    table.insert("from", hours.from().into());
    table.insert("to", hours.to().into());
    let days = hours.days();
    if !days.is_empty() {
        table.insert("days", days.into_iter().collect::<Array>().into());
    }
    Some(Value::from(table))
}

pub(super) fn silenced(item: &Item) -> Result<BTreeSet<E164>, Unusable> {
    let texts = texts(item)?;
    if texts.len() > MOST_SILENCED {
        return Err(Unusable);
    }
    let number = |text| E164::parse(text).map_err(|_| Unusable);
    texts.into_iter().map(number).collect()
}

pub(super) fn pop_when(text: &str) -> Option<When> {
    if text.is_empty() {
        Some(When::Never)
    } else {
        When::of_name(text)
    }
}

pub(super) fn directions(item: &Item) -> Result<Directions, Unusable> {
    let texts = texts(item)?;
    let known = texts.iter().all(|text| ["incoming", "outgoing"].contains(text));
    known
        .then(|| Directions {
            incoming: texts.contains(&"incoming"),
            outgoing: texts.contains(&"outgoing"),
        })
        .ok_or(Unusable)
}

pub(super) fn schemes(item: &Item) -> Result<BTreeSet<String>, Unusable> {
    texts(item)?
        .into_iter()
        .map(|text| pop::scheme(text).ok_or(Unusable))
        .collect()
}

pub(super) fn pop_url(text: &str) -> Result<Option<Template>, TemplateError> {
    if text.is_empty() {
        Ok(None)
    } else {
        Template::parse(text).map(Some)
    }
}

pub(super) fn pop_program(text: &str) -> Option<Option<PathBuf>> {
    if text.is_empty() {
        Some(None)
    } else {
        pop::program(text).map(Some)
    }
}

fn texts(item: &Item) -> Result<Vec<&str>, Unusable> {
    let array = item.as_array().ok_or(Unusable)?;
    array.iter().map(|value| value.as_str().ok_or(Unusable)).collect()
}
