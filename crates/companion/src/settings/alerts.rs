//! The values that say when to be told, and what opens with a call.

use std::collections::BTreeSet;
use std::path::PathBuf;

use telephony::E164;
use toml_edit::{Array, InlineTable, Item, TableLike, Value};

use super::values::Unusable;
use crate::pop::{self, Directions, Template, TemplateError, When};
use crate::quiet::QuietHours;

/// Most numbers that can be silenced.
pub(super) const MOST_SILENCED: usize = 1_000;

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

/// A scheme as a person types it: `crm`, also `crm:` or `CRM://`.
fn typed_scheme(text: &str) -> Option<String> {
    pop::scheme(text.trim().trim_end_matches('/').trim_end_matches(':'))
}

/// The value for what a person typed as schemes, each once.
pub(super) fn write_schemes(typed: &[String]) -> Option<Value> {
    let schemes: Option<BTreeSet<_>> = typed.iter().map(|text| typed_scheme(text)).collect();
    Some(schemes?.into_iter().collect::<Array>().into())
}

/// The first of them that can't be used.
pub(super) fn bad_scheme(typed: &[String]) -> Option<String> {
    let bad = typed.iter().find(|text| typed_scheme(text).is_none())?;
    Some(crate::numbers::neutralise(bad, 40))
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

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::{Change, Key, Settings, Store};
    use super::*;

    fn changed(changes: &[Change]) -> Result<(Settings, String), String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        fs::write(&file, "[pop]\nschemes = [\"CRM\"]\n").unwrap();
        match Store::new(file.clone(), None).change(changes) {
            Ok(loaded) => {
                assert_eq!(loaded.files.problem, None);
                Ok((loaded.settings, fs::read_to_string(file).unwrap()))
            }
            Err(error) => Err(error.0.id),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let program = if cfg!(windows) {
            r"C:\Windows\true.exe"
        } else {
            "/usr/bin/true"
        };
        let number = E164::parse("+33199000001").unwrap();
        let (settings, file) = changed(&[
            Change::new(Key::Quiet, " 20:00-08:00 mon,fri "),
            Change::new(Key::Silenced, &BTreeSet::from([number.clone()])),
            Change::new(Key::PopWhen, "answered"),
            Change::new(Key::PopUrl, "crm://open/{e164}"),
            Change::new(Key::PopProgram, program),
        ])
        .unwrap();
        assert_eq!(settings.quiet.unwrap().to_string(), "20:00-08:00 mon,fri");
        assert_eq!(settings.silenced, [number].into());
        assert_eq!(settings.pop_when, When::Answered);
        assert_eq!(settings.pop_url.unwrap().as_str(), "crm://open/{e164}");
        assert_eq!(settings.pop_program, Some(program.into()));
        assert!(
            file.contains("quiet = { from = \"20:00\", to = \"08:00\", days = [\"mon\", \"fri\"] }"),
            "{file}"
        );
        let cleared = [Change::new(Key::Quiet, ""), Change::new(Key::PopUrl, " ")];
        let (settings, _) = changed(&cleared).unwrap();
        assert_eq!((settings.quiet, settings.pop_url), (None, None));
    }

    #[test]
    fn directions_schemes_and_the_windows_patience_are_written_too() {
        let (settings, file) = changed(&[
            Change::new(Key::PopDirections, &["outgoing"][..]),
            Change::new(Key::PopSchemes, &[" Tel-CRM: ", "app://"][..]),
            Change::new(Key::WindowLinger, 0),
        ])
        .unwrap();
        let directions: Vec<_> = settings.pop_directions.names().collect();
        assert_eq!(directions, ["outgoing"]);
        assert_eq!(
            settings.pop_schemes,
            ["app".to_owned(), "tel-crm".to_owned()].into()
        );
        assert_eq!(settings.window_linger_s, 0);
        assert!(file.contains("schemes = [\"app\", \"tel-crm\"]"), "{file}");
        for (change, id) in [
            (
                Change::new(Key::PopDirections, &["sideways"][..]),
                "settings-change-value",
            ),
            (
                Change::new(Key::PopSchemes, &["javascript:"][..]),
                "settings-pop-scheme-bad",
            ),
            (
                Change::new(Key::PopSchemes, &["a b"][..]),
                "settings-pop-scheme-bad",
            ),
            (Change::new(Key::WindowLinger, 86_401), "settings-change-value"),
        ] {
            assert_eq!(
                changed(std::slice::from_ref(&change)).unwrap_err(),
                id,
                "{change:?}"
            );
        }
    }

    #[test]
    fn what_cannot_be_used_is_refused_with_its_own_sentence() {
        for (change, id) in [
            (Change::new(Key::Quiet, "20h-8h"), "settings-change-value"),
            (Change::new(Key::PopWhen, "always"), "settings-change-value"),
            (Change::new(Key::PopProgram, "true"), "settings-pop-program"),
            (
                Change::new(Key::PopUrl, "https://{name}/"),
                "settings-pop-before-path",
            ),
            (
                Change::new(Key::PopUrl, "https://crm.example/{nom}"),
                "settings-pop-placeholder",
            ),
            (Change::new(Key::PopUrl, "crm.example"), "settings-pop-address"),
            (
                Change::new(Key::PopUrl, "http://crm.example/{e164}"),
                "settings-pop-scheme",
            ),
            (Change::new(Key::PopUrl, "other:{e164}"), "settings-pop-scheme"),
        ] {
            assert_eq!(
                changed(std::slice::from_ref(&change)).unwrap_err(),
                id,
                "{change:?}"
            );
        }
    }

    #[test]
    fn an_address_that_may_not_be_opened_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("settings.toml");
        fs::write(&file, "pop.url = \"other:{e164}\"\n").unwrap();
        let problem = Store::new(file, None).load().files.problem.unwrap().message();
        assert_eq!(
            (problem.id.as_str(), problem.args["scheme"].as_str()),
            ("settings-pop-scheme", "other")
        );
    }
}
