//! The address template: read once, filled for each call.

use std::collections::BTreeSet;
use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::Url;

use super::{Placeholder, Subject};
use crate::words::Message;

/// All but RFC 3986's unreserved characters: what is left has no meaning of its own in a path, a query or a fragment.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// Longest template, in bytes.
const LONGEST: usize = 2_000;
/// Schemes that run or read something on this computer: never, whatever the settings say.
const NEVER: [&str; 7] = [
    "javascript",
    "data",
    "vbscript",
    "file",
    "about",
    "blob",
    "view-source",
];

/// An address with placeholders, such as `https://crm.example/search?tel={e164}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Template {
    text: String,
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Hole(Placeholder),
}

/// Why a template can't be used. Each has its own sentence.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// It isn't a whole address.
    #[error("not an address")]
    NotAnAddress,
    /// No such placeholder: its name.
    #[error("unknown placeholder {0:?}")]
    Unknown(String),
    /// A placeholder stands where scheme, user, host or port are said.
    #[error("a placeholder stands before the path")]
    BeforePath,
    /// This scheme isn't allowed.
    #[error("the scheme {0:?} isn't allowed")]
    Scheme(String),
}

impl TemplateError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::NotAnAddress => Message::new("settings-pop-address"),
            Self::Unknown(name) => Message::new("settings-pop-placeholder")
                .with("name", crate::numbers::neutralise(name, 40))
                .with(
                    "known",
                    Placeholder::ALL
                        .map(|known| format!("{{{}}}", known.name()))
                        .join(" "),
                ),
            Self::BeforePath => Message::new("settings-pop-before-path"),
            Self::Scheme(scheme) => Message::new("settings-pop-scheme").with("scheme", scheme),
        }
    }
}

impl Template {
    /// Reads a template. Which schemes are allowed is asked apart, see [`Self::check_scheme`].
    ///
    /// # Errors
    /// [`TemplateError`]
    pub fn parse(text: &str) -> Result<Self, TemplateError> {
        if text.len() > LONGEST || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
            return Err(TemplateError::NotAnAddress);
        }
        let template = Self {
            text: text.to_owned(),
            pieces: pieces(text)?,
        };
        // Two fillings that differ in every placeholder must agree in all but path, query and fragment.
        let one = template
            .assemble(|_| "a".to_owned())
            .ok_or(TemplateError::NotAnAddress)?;
        let other = template
            .assemble(|_| "b-0".to_owned())
            .ok_or(TemplateError::BeforePath)?;
        if Shape::of(&one) != Shape::of(&other) {
            return Err(TemplateError::BeforePath);
        }
        let web = ["http", "https"].contains(&one.scheme());
        if (web && !one.has_host()) || !one.username().is_empty() || one.password().is_some() {
            return Err(TemplateError::NotAnAddress);
        }
        Ok(template)
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Its scheme, in lower case, as `https`.
    pub fn scheme(&self) -> String {
        let url = self.assemble(|_| "a".to_owned());
        url.map_or_else(String::new, |url| url.scheme().to_owned())
    }

    /// Whether its scheme may be opened: `https`, `http` on this computer alone, and those that the settings allow.
    ///
    /// # Errors
    /// [`TemplateError::Scheme`]
    pub fn check_scheme(&self, allowed: &BTreeSet<String>) -> Result<(), TemplateError> {
        let Some(url) = self.assemble(|_| "a".to_owned()) else {
            return Err(TemplateError::NotAnAddress);
        };
        let good = match url.scheme() {
            "https" => true,
            "http" => loopback::is_loopback(&url) || allowed.contains("http"),
            other => scheme(other).is_some() && allowed.contains(other),
        };
        if good {
            Ok(())
        } else {
            Err(TemplateError::Scheme(url.scheme().to_owned()))
        }
    }

    /// Whether it asks for this.
    pub(crate) fn asks(&self, placeholder: Placeholder) -> bool {
        self.pieces.contains(&Piece::Hole(placeholder))
    }

    /// The address of this call's record. `None`: there is none, for the template asks for a number and it isn't told, or what
    /// would come out is another address than the template's (a name that consists of dots, in a path).
    pub(crate) fn fill(&self, subject: &Subject) -> Option<Url> {
        let numbered = self.asks(Placeholder::E164) || self.asks(Placeholder::National);
        if numbered && subject.get(Placeholder::E164).is_empty() {
            return None;
        }
        let filled = self.assemble(|hole| utf8_percent_encode(subject.get(hole), ENCODED).to_string())?;
        let meant = self.assemble(|_| "a".to_owned())?;
        (Shape::of(&filled) == Shape::of(&meant)).then_some(filled)
    }

    fn assemble(&self, value: impl Fn(Placeholder) -> String) -> Option<Url> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(literal) => text.push_str(literal),
                Piece::Hole(placeholder) => text.push_str(&value(*placeholder)),
            }
        }
        Url::parse(&text).ok()
    }
}

impl fmt::Debug for Template {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// What no value may change.
#[derive(PartialEq, Eq)]
struct Shape {
    origin: String,
    segments: Option<usize>,
    has_query: bool,
    has_fragment: bool,
    parameters: usize,
}

impl Shape {
    fn of(url: &Url) -> Self {
        Self {
            origin: format!("{}//{}", url.scheme(), url.authority()),
            segments: url.path_segments().map(Iterator::count),
            has_query: url.query().is_some(),
            has_fragment: url.fragment().is_some(),
            parameters: url.query().map_or(0, |query| query.split(['&', ';']).count()),
        }
    }
}

/// The text cut at its placeholders.
fn pieces(text: &str) -> Result<Vec<Piece>, TemplateError> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after.split_once('}').ok_or(TemplateError::NotAnAddress)?;
        let known = Placeholder::ALL.into_iter().find(|known| known.name() == name);
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Hole(
            known.ok_or_else(|| TemplateError::Unknown(name.to_owned()))?,
        ));
        rest = after;
    }
    if rest.contains('}') {
        return Err(TemplateError::NotAnAddress);
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}

/// A scheme that the settings may allow, in lower case.
pub(crate) fn scheme(text: &str) -> Option<String> {
    let text = text.to_ascii_lowercase();
    let shaped = text.starts_with(|c: char| c.is_ascii_lowercase())
        && text
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"+-.".contains(&b));
    (shaped && !NEVER.contains(&text.as_str())).then_some(text)
}
