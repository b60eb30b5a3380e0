//! vCard 4.0.

use calcard::vcard::{
    VCard, VCardEntry, VCardParameter, VCardParameterName, VCardParameterValue, VCardProperty, VCardValue,
    VCardValueType, VCardVersion,
};

use crate::label::Label;
use crate::model::{Card, Number};

/// The card's lines, `BEGIN` to `END`.
pub(super) fn write(card: &Card) -> String {
    let mut entries = Vec::new();
    let text = |text: &str| vec![VCardValue::Text(text.to_owned())];
    if let Some(uid) = &card.uid {
        entries.push(entry(VCardProperty::Uid, text(uid)));
    }
    entries.push(entry(VCardProperty::Fn, text(card.display_name())));
    let name = &card.name;
    if !name.is_empty() {
        let parts = [
            &name.family,
            &name.given,
            &name.additional,
            &name.prefix,
            &name.suffix,
        ];
        let parts = parts.into_iter().map(|part| VCardValue::Text(part.clone()));
        entries.push(entry(VCardProperty::N, parts.collect()));
    } else if card.company.is_some() {
        let mut kind = entry(VCardProperty::Kind, text("org"));
        kind.values = vec![VCardValue::Kind(calcard::vcard::VCardKind::Org)];
        entries.push(kind);
    }
    if let Some(company) = &card.company {
        entries.push(entry(VCardProperty::Org, text(company)));
    }
    for (count, one) in (1..).zip(&card.numbers) {
        number(one, count, &mut entries);
    }
    entries.extend(
        card.emails
            .iter()
            .map(|email| entry(VCardProperty::Email, text(email))),
    );
    if let Some(note) = &card.note {
        entries.push(entry(VCardProperty::Note, text(note)));
    }
    if let Some(url) = &card.url {
        entries.push(entry(VCardProperty::Url, text(url)));
    }
    let mut written = String::new();
    // Writing to a string can't fail.
    let _ = VCard { entries }.write_to(&mut written, VCardVersion::V4_0);
    written
}

fn entry(name: VCardProperty, values: Vec<VCardValue>) -> VCardEntry {
    VCardEntry {
        group: None,
        name,
        params: Vec::new(),
        values,
    }
}

fn number(number: &Number, count: usize, entries: &mut Vec<VCardEntry>) {
    let mut params = Vec::new();
    let mut param = |name, value| params.push(VCardParameter { name, value });
    let text = match (number.e164(), &number.extension) {
        (Some(e164), Some(extension)) => {
            param(
                VCardParameterName::Value,
                VCardParameterValue::ValueType(VCardValueType::Uri),
            );
            format!("tel:{e164};ext={extension}")
        }
        (Some(e164), None) => e164.to_string(),
        (None, _) => number.text.clone(),
    };
    for kind in types(number.label) {
        param(
            VCardParameterName::Type,
            VCardParameterValue::Text((*kind).to_owned()),
        );
    }
    let group = number.written.as_ref().map(|_| format!("item{count}"));
    entries.push(VCardEntry {
        group: group.clone(),
        name: VCardProperty::Tel,
        params,
        values: vec![VCardValue::Text(text)],
    });
    if let Some(written) = &number.written {
        entries.push(VCardEntry {
            group,
            name: VCardProperty::Other("X-ABLabel".to_owned()),
            params: Vec::new(),
            values: vec![VCardValue::Text(written.clone())],
        });
    }
}

fn types(label: Label) -> &'static [&'static str] {
    match label {
        Label::Mobile => &["cell"],
        Label::Work => &["work", "voice"],
        Label::Home => &["home", "voice"],
        // RFC 7852 names it for numbers.
        Label::Main => &["main-number"],
        Label::Fax => &["fax"],
        Label::Pager => &["pager"],
        Label::Other => &[],
    }
}
