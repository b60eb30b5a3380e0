//! Reading the TOML file: which keys stand there, and what is wrong with it as a file.

use std::path::Path;

use toml::de::DeTable;

use super::load::{Loader, Value};
use super::{KEYS, LISTS, SECRETS, forwards};

impl Loader {
    pub(super) fn file(&mut self, path: &Path) {
        let place = path.display().to_string();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                return self.problem("--config", &place, format!("the file can't be read: {error}"));
            }
        };
        let (_, mut errors) = DeTable::parse_recoverable(&text);
        match text.parse::<toml::Table>() {
            Ok(table) => return self.table("", &table, path),
            Err(error) if errors.is_empty() => errors.push(error),
            // Each of them; what else a broken file says can't be told from what was meant.
            Err(_) => {}
        }
        for error in &errors {
            // Never the error's own display: it quotes the line, and somebody may have put a secret there.
            let at = position(&text, error.span());
            self.problem(
                "--config",
                &place,
                format!("this is no TOML{at}: {}", error.message()),
            );
        }
    }

    fn table(&mut self, prefix: &str, table: &toml::Table, path: &Path) {
        let place = path.display().to_string();
        for (name, value) in table {
            let key = if prefix.is_empty() {
                name.clone()
            } else {
                format!("{prefix}.{name}")
            };
            if let Some((_, variable, file)) = SECRETS.iter().find(|(secret, _, _)| *secret == key) {
                self.problem(
                    &key,
                    &place,
                    format!("secrets don't stand in this file; use {file} or the variable {variable}"),
                );
                continue;
            }
            if key == forwards::KEY {
                self.forwards(value, path);
                continue;
            }
            let known = KEYS.iter().find(|known| **known == key).copied();
            let is_section = KEYS.iter().any(|known| known.starts_with(&format!("{key}.")));
            match (known, value) {
                (None, toml::Value::Table(inner)) if is_section => self.table(&key, inner, path),
                (None, _) => {
                    let what = match nearest(&key) {
                        Some(near) => format!("there is no such key; did you mean {near}?"),
                        None => format!("there is no such key; the keys are {}", KEYS.join(", ")),
                    };
                    self.problem(&key, &place, what);
                }
                (Some(known), value) => match one_or_list(known, value) {
                    Some(text) => {
                        let folder = path.parent().map(Path::to_owned);
                        self.values.insert(
                            known,
                            Value {
                                text,
                                place: place.clone(),
                                folder,
                            },
                        );
                    }
                    None if LISTS.contains(&known) => {
                        self.problem(known, &place, "this takes a list, like [\"one\", \"two\"]");
                    }
                    None => self.problem(known, &place, "this takes one value, not a list or a table"),
                },
            }
        }
    }
}

/// Where an error stands in a text: ` at line 3 column 7`, counted from 1; nothing when it isn't known.
fn position(text: &str, span: Option<std::ops::Range<usize>>) -> String {
    let Some(before) = span.and_then(|span| text.get(..span.start)) else {
        return String::new();
    };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!(" at line {line} column {column}")
}

/// The known key that is nearest to a mistyped one, if any is near.
fn nearest(key: &str) -> Option<&'static str> {
    let last = |key: &'static str| key.rsplit('.').next().unwrap_or(key);
    KEYS.into_iter()
        .map(|known| {
            let whole = strsim::jaro_winkler(known, key);
            let part = strsim::jaro_winkler(last(known), key.rsplit('.').next().unwrap_or(key));
            // Of two with the same name, the one in the right section.
            (whole.max(part), whole, known)
        })
        .filter(|(likeness, _, _)| *likeness > 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .map(|(_, _, known)| known)
}

fn scalar(value: &toml::Value) -> Option<String> {
    match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Integer(number) => Some(number.to_string()),
        toml::Value::Boolean(flag) => Some(flag.to_string()),
        toml::Value::Float(number) => Some(number.to_string()),
        toml::Value::Datetime(_) | toml::Value::Array(_) | toml::Value::Table(_) => None,
    }
}

/// The text of a value; a list's items are joined by commas.
fn one_or_list(key: &str, value: &toml::Value) -> Option<String> {
    let toml::Value::Array(items) = value else {
        return scalar(value).filter(|_| !LISTS.contains(&key));
    };
    if !LISTS.contains(&key) {
        return None;
    }
    let items: Option<Vec<String>> = items.iter().map(scalar).collect();
    items.map(|items| items.join(","))
}
