//! Sentences: which one is said ([`Message`]) and how it sounds in a language ([`say`]).
//!
//! The companion decides in message ids; the strings live in `strings/{fr,en}/*.ftl` of the workspace, shared with the window.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use fluent_templates::fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use fluent_templates::{LanguageIdentifier, langid};
pub use telephony::Language;

/// A language's files, without those that only the window's page speaks (`window*.ftl`): they would take memory all day. Adding
/// one is told to both languages here; a test holds the list against the folders.
macro_rules! files {
    ($lang:literal) => {
        files!($lang, "cli", "contacts", "core", "countries", "directories", "export")
    };
    ($lang:literal, $($name:literal),+) => {
        [$(($name, include_str!(concat!("../../../strings/", $lang, "/", $name, ".ftl")))),+]
    };
}

type Strings = FluentBundle<FluentResource>;

// Each read when it is first spoken: a language takes 600 kB, and hardly anybody switches.
static FR: LazyLock<Strings> = LazyLock::new(|| strings(langid!("fr"), &files!("fr")));
static EN: LazyLock<Strings> = LazyLock::new(|| strings(langid!("en"), &files!("en")));

fn strings(lang: LanguageIdentifier, files: &[(&str, &str)]) -> Strings {
    let mut bundle = FluentBundle::new_concurrent(vec![lang]);
    // Bidi isolation marks show as boxes in trays and notifications. Numbers are the only arguments that could need them,
    // and those are shown in one direction.
    bundle.set_use_isolating(false);
    for (_, text) in files {
        // What the parser refuses and what stands there twice is found by tests; the rest is spoken all the same.
        let resource = FluentResource::try_new((*text).to_owned()).unwrap_or_else(|(read, _)| read);
        let _ = bundle.add_resource(resource);
    }
    bundle
}

fn of(lang: Language) -> &'static Strings {
    match lang {
        Language::Fr => &FR,
        Language::En => &EN,
    }
}

/// A sentence by its id in `strings/*.ftl`, with its arguments as plain text. The language comes later.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Message {
    /// The Fluent message id.
    pub id: String,
    /// Fluent arguments.
    pub args: BTreeMap<String, String>,
}

impl Message {
    /// A sentence without arguments.
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            args: BTreeMap::new(),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.args.insert(name.to_owned(), value.into());
        self
    }
}

impl From<&str> for Message {
    /// A sentence without arguments.
    fn from(id: &str) -> Self {
        Self::new(id)
    }
}

/// The sentence in that language. An argument that is a whole number also chooses the plural form.
/// An id that is in no file gives the id itself: visible, and caught by the tests that hold code and files together.
pub fn say(lang: Language, message: &Message) -> String {
    spoken(of(lang), message).unwrap_or_else(|| message.id.clone())
}

fn spoken(strings: &Strings, message: &Message) -> Option<String> {
    let pattern = strings.get_message(&message.id)?.value()?;
    let args: FluentArgs<'_> = message
        .args
        .iter()
        .map(|(name, value)| (name.as_str(), argument(value)))
        .collect();
    let mut errors = Vec::new();
    let text = strings.format_pattern(pattern, Some(&args), &mut errors);
    errors.is_empty().then(|| text.into_owned())
}

/// Whether the strings hold this id.
pub(crate) fn knows(id: &str) -> bool {
    EN.has_message(id)
}

/// Text stays text; only short whole numbers become numbers, so that `0033…` or an account id keeps its digits.
fn argument(value: &str) -> FluentValue<'_> {
    match value.parse::<u16>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_spoken_and_none_says_anything_twice() {
        for (lang, files) in [("fr", files!("fr")), ("en", files!("en"))] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
                .join("../../strings")
                .join(lang);
            let mut there: Vec<String> = std::fs::read_dir(folder)
                .unwrap()
                .map(|entry| entry.unwrap().file_name().into_string().unwrap())
                .filter(|name| !name.starts_with("window"))
                .collect();
            there.sort();
            assert_eq!(files.map(|(name, _)| format!("{name}.ftl")).to_vec(), there);
            let mut bundle = Strings::new_concurrent(vec![langid!("en")]);
            for (name, text) in files {
                let resource =
                    FluentResource::try_new(text.to_owned()).unwrap_or_else(|(_, e)| panic!("{name}: {e:?}"));
                bundle
                    .add_resource(resource)
                    .unwrap_or_else(|e| panic!("{name}: {e:?}"));
            }
        }
    }
}
