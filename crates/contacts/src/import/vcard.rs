//! vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350). The borders of cards are found here, so that a broken card costs no other;
//! what stands between them is `calcard`'s to read.

use std::ops::ControlFlow;

use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardProperty, VCardValue};
use calcard::{Entry, Parser};

use super::{Gathering, Hint, LARGEST_CARD, Why, encoding};
use crate::draft::{Draft, DraftNumber};
use crate::label::Label;
use crate::model::Name;

/// What was seen beside the cards.
pub(super) struct Read {
    pub version: Option<String>,
    pub encoding: &'static str,
}

/// Whether a text is cards rather than a table.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r'));
    lines
        .take(1000)
        .any(|line| line.trim_ascii().eq_ignore_ascii_case(b"BEGIN:VCARD"))
}

pub(super) fn read_all(bytes: &[u8], hint: &Hint, gathering: &mut Gathering<'_, '_>) -> Read {
    let mut seen = Read {
        version: None,
        encoding: "UTF-8",
    };
    split(bytes, |line, at, card| {
        let draft = card.and_then(|card| {
            let (text, encoding) = encoding::decode_card(card, hint);
            if encoding != "UTF-8" {
                seen.encoding = encoding;
            }
            if seen.version.is_none() {
                seen.version = version(&text);
            }
            draft(&text)
        });
        gathering.take(line, draft);
        gathering.reach(at)
    });
    seen
}

/// The cards of one resource of a synchronised source, and what can't be read of it.
pub(crate) fn read(bytes: &[u8]) -> (Vec<Draft>, Vec<(u64, Why)>) {
    let mut drafts = Vec::new();
    let mut rejected = Vec::new();
    let hint = Hint::default();
    let bytes = encoding::without_utf16(bytes, &hint);
    split(&bytes.text, |line, _, card| {
        match card.and_then(|card| draft(&encoding::decode_card(card, &hint).0)) {
            Ok(draft) => drafts.push(draft),
            Err(why) => rejected.push((line, why)),
        }
        ControlFlow::Continue(())
    });
    (drafts, rejected)
}

fn version(text: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix("VERSION:"))?;
    Some(telephony::neutralise(line, 8))
}

/// A card that is being read.
struct Open {
    line: u64,
    start: usize,
    /// Its lines without photos and cards in the card.
    text: Vec<u8>,
    /// Cards in this card (`AGENT` of vCard 2.1).
    depth: usize,
    versions: usize,
    dropping: bool,
    agent: bool,
}

/// Calls `each` with every card (its first line, from 1; where it ends, in bytes) or what is wrong with it, until that breaks.
fn split(bytes: &[u8], mut each: impl FnMut(u64, usize, Result<&[u8], Why>) -> ControlFlow<()>) {
    let mut open: Option<Open> = None;
    let mut outside = false;
    let mut start = 0;
    for (count, line) in (1..).zip(bytes.split_inclusive(|byte| *byte == b'\n')) {
        let end = start + line.len();
        let content = line.trim_ascii_end();
        let mut told = ControlFlow::Continue(());
        if content.eq_ignore_ascii_case(b"BEGIN:VCARD") {
            match &mut open {
                Some(card) if card.agent => card.depth += 1,
                _ => {
                    if let Some(card) = open.take() {
                        told = each(card.line, start, Err(Why::Unterminated));
                    }
                    outside = false;
                    open = Some(Open::begin(count, start, line));
                }
            }
        } else if let Some(card) = &mut open {
            if card.add(line, content).is_break() {
                let read = match end - card.start {
                    size if size > LARGEST_CARD => Err(Why::TooLarge),
                    _ if card.versions > 1 => Err(Why::RunTogether),
                    _ => Ok(card.text.as_slice()),
                };
                told = each(card.line, end, read);
                open = None;
            }
        } else if !content.is_empty() && !outside {
            outside = true;
            told = each(count, end, Err(Why::OutsideCard));
        }
        if told.is_break() {
            return;
        }
        start = end;
    }
    if let Some(card) = open {
        // It was the last one in any case.
        let _ = each(card.line, bytes.len(), Err(Why::Unterminated));
    }
}

impl Open {
    fn begin(line: u64, start: usize, content: &[u8]) -> Self {
        Self {
            line,
            start,
            text: content.to_vec(),
            depth: 0,
            versions: 0,
            dropping: false,
            agent: false,
        }
    }

    /// Breaks at the card's end.
    fn add(&mut self, line: &[u8], content: &[u8]) -> ControlFlow<()> {
        if content.eq_ignore_ascii_case(b"END:VCARD") {
            match self.depth {
                0 => {
                    self.text.extend_from_slice(line);
                    return ControlFlow::Break(());
                }
                _ => self.depth -= 1,
            }
            return ControlFlow::Continue(());
        }
        // Folded lines begin with white space; the lines of an old photo have no colon.
        let goes_on = line.starts_with(b" ") || line.starts_with(b"\t") || !content.contains(&b':');
        if self.dropping && goes_on {
            return ControlFlow::Continue(());
        }
        let name = property(content);
        let is = |names: &[&[u8]]| names.iter().any(|one| name.eq_ignore_ascii_case(one));
        self.dropping = is(&[b"PHOTO", b"LOGO", b"SOUND", b"KEY"]);
        if !content.is_empty() {
            self.agent = is(&[b"AGENT"]) && content.ends_with(b":");
        }
        if self.depth > 0 || self.dropping {
            return ControlFlow::Continue(());
        }
        self.versions += usize::from(is(&[b"VERSION"]));
        if self.text.len() <= LARGEST_CARD {
            self.text.extend_from_slice(line);
        }
        ControlFlow::Continue(())
    }
}

/// `item1.TEL;TYPE=cell:…` → `TEL`.
fn property(line: &[u8]) -> &[u8] {
    let end = line.iter().position(|byte| b":;".contains(byte)).unwrap_or(0);
    let name = &line[..end];
    match name.iter().rposition(|byte| *byte == b'.') {
        Some(dot) => &name[dot + 1..],
        None => name,
    }
}

fn draft(text: &str) -> Result<Draft, Why> {
    let Entry::VCard(card) = Parser::new(text).entry() else {
        return Err(Why::Unreadable);
    };
    let is_group = card.entries.iter().any(|entry| {
        let kind = entry.name == VCardProperty::Kind
            || matches!(&entry.name, VCardProperty::Other(name) if name.eq_ignore_ascii_case("X-ADDRESSBOOKSERVER-KIND"));
        kind && first(entry).eq_ignore_ascii_case("group")
    });
    if is_group {
        return Err(Why::Group);
    }
    let all = |property: VCardProperty| -> Vec<String> {
        let texts = card
            .properties(&property)
            .map(first)
            .filter(|text| !text.is_empty());
        texts.collect()
    };
    let one = |property| all(property).into_iter().next().unwrap_or_default();
    Ok(Draft {
        uid: all(VCardProperty::Uid).into_iter().next(),
        name: name(&card, one(VCardProperty::Fn)),
        company: one(VCardProperty::Org),
        numbers: card
            .properties(&VCardProperty::Tel)
            .map(|tel| number(&card, tel))
            .collect(),
        emails: all(VCardProperty::Email),
        note: all(VCardProperty::Note).join("\n"),
        url: one(VCardProperty::Url),
    })
}

fn text(value: &VCardValue) -> String {
    match value {
        VCardValue::Component(parts) => parts.join(" "),
        value => value.as_text().unwrap_or_default().to_owned(),
    }
}

fn first(entry: &VCardEntry) -> String {
    entry.values.first().map(text).unwrap_or_default()
}

fn name(card: &VCard, full: String) -> Name {
    let parts: Vec<String> = match card.property(&VCardProperty::N) {
        Some(entry) => entry.values.iter().map(text).collect(),
        None => Vec::new(),
    };
    let part = |index: usize| parts.get(index).cloned().unwrap_or_default();
    Name {
        full,
        family: part(0),
        given: part(1),
        additional: part(2),
        prefix: part(3),
        suffix: part(4),
    }
}

fn number(card: &VCard, tel: &VCardEntry) -> DraftNumber {
    let types: Vec<&str> = tel
        .parameters(&VCardParameterName::Type)
        .filter_map(|value| value.as_text())
        .collect();
    let written = tel
        .group
        .as_deref()
        .and_then(|group| own_label(card, group))
        .unwrap_or_default();
    // A label in the person's own words says more than the type beside it, where it can be read.
    let label = match Label::read(&written) {
        Label::Other => Label::read(&types.join(" ")),
        label => label,
    };
    DraftNumber {
        label,
        written,
        text: first(tel),
    }
}

/// `item1.X-ABLabel:_$!<Main>!$_` → `Main`.
fn own_label(card: &VCard, group: &str) -> Option<String> {
    let label = card.entries.iter().find(|entry| {
        matches!(&entry.name, VCardProperty::Other(name) if name.eq_ignore_ascii_case("X-ABLABEL"))
            && entry
                .group
                .as_deref()
                .is_some_and(|own| own.eq_ignore_ascii_case(group))
    })?;
    let label = first(label);
    let inner = label
        .strip_prefix("_$!<")
        .and_then(|rest| rest.strip_suffix(">!$_"));
    Some(inner.unwrap_or(&label).to_owned())
}
