//! Sentences: which one is said ([`Message`]) and how it sounds in a language ([`say`]).
//!
//! The companion decides in message ids; the strings live in `strings/{fr,en}/*.ftl` of the workspace, shared with the window.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

use fluent_templates::{LanguageIdentifier, Loader, fluent_bundle::FluentValue, langid};
pub use telephony::Language;

fluent_templates::static_loader! {
    // Bidi isolation marks show as boxes in trays and notifications. Numbers are the only arguments that could need them,
    // and those are shown in one direction.
    static STRINGS = {
        locales: "../../strings",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

const FR: LanguageIdentifier = langid!("fr");
const EN: LanguageIdentifier = langid!("en");

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

/// The sentence in that language. An argument that is a whole number also chooses the plural form.
/// An id that is in no file gives the id itself: visible, and caught by the tests that hold code and files together.
pub fn say(lang: Language, message: &Message) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'_>> = message
        .args
        .iter()
        .map(|(name, value)| (Cow::Owned(name.clone()), argument(value)))
        .collect();
    let lang = match lang {
        Language::Fr => &FR,
        Language::En => &EN,
    };
    STRINGS
        .try_lookup_with_args(lang, &message.id, &args)
        .unwrap_or_else(|| message.id.clone())
}

/// Whether the strings hold this id.
pub(crate) fn knows(id: &str) -> bool {
    STRINGS.try_lookup(&EN, id).is_some()
}

/// Text stays text; only short whole numbers become numbers, so that `0033…` or an account id keeps its digits.
fn argument(value: &str) -> FluentValue<'_> {
    match value.parse::<u16>() {
        Ok(number) if number.to_string() == value => FluentValue::from(number),
        _ => FluentValue::from(value),
    }
}
