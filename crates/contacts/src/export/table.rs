//! A table for spreadsheets.

use std::io::Write;

use telephony::{Language, guarded_cell};

use super::ExportError;
use crate::error::ContactsError;
use crate::model::{Card, Number};
use crate::store::Reader;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableOptions {
    /// Of the headings.
    pub language: Language,
    /// Between cells: French Excel takes `;`, English Excel and most programs `,`.
    pub separator: u8,
    /// Begin with a byte order mark, by which Excel knows UTF-8.
    pub bom: bool,
}

const FRENCH: [&str; 12] = [
    "Nom complet",
    "Prénom",
    "Autres prénoms",
    "Nom",
    "Civilité",
    "Suffixe",
    "Société",
    "Note",
    "Site web",
    "UID",
    "Téléphone",
    "E-mail",
];
const ENGLISH: [&str; 12] = [
    "Full name",
    "First name",
    "Middle name",
    "Last name",
    "Prefix",
    "Suffix",
    "Company",
    "Note",
    "Website",
    "UID",
    "Phone",
    "E-mail",
];

pub(super) fn write(
    reader: &Reader,
    own_only: bool,
    options: TableOptions,
    to: &mut impl Write,
) -> Result<usize, ExportError> {
    // As many columns as the fullest contact needs.
    let (mut numbers, mut emails) = (0, 0);
    reader.for_each(own_only, |contact| {
        numbers = numbers.max(contact.card.numbers.len());
        emails = emails.max(contact.card.emails.len());
        Ok::<_, ContactsError>(())
    })?;
    if options.bom {
        to.write_all("\u{feff}".as_bytes())?;
    }
    let mut table = csv::WriterBuilder::new()
        .delimiter(options.separator)
        .terminator(csv::Terminator::CRLF)
        // A spreadsheet that splits at the other separator is to lose as little as can be.
        .quote_style(csv::QuoteStyle::Always)
        .from_writer(to);
    table
        .write_record(headings(options.language, numbers, emails))
        .map_err(failed)?;
    let mut count = 0;
    reader.for_each(own_only, |contact| {
        count += 1;
        let cells = cells(&contact.card, numbers, emails);
        for cell in &cells {
            table.write_field(guarded_cell(cell).as_ref()).map_err(failed)?;
        }
        table.write_record(None::<&[u8]>).map_err(failed)
    })?;
    table.flush()?;
    Ok(count)
}

fn failed(error: csv::Error) -> ExportError {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => ExportError::Write(error),
        _ => ExportError::Write(std::io::ErrorKind::InvalidData.into()),
    }
}

fn headings(language: Language, numbers: usize, emails: usize) -> Vec<String> {
    let (names, label) = match language {
        Language::Fr => (FRENCH, "libellé"),
        Language::En => (ENGLISH, "label"),
    };
    let [fixed @ .., phone, email] = names;
    let mut headings: Vec<String> = fixed.map(str::to_owned).into();
    for count in 1..=numbers {
        headings.push(format!("{phone} {count} - {label}"));
        headings.push(format!("{phone} {count}"));
    }
    headings.extend((1..=emails).map(|count| format!("{email} {count}")));
    headings
}

fn cells(card: &Card, numbers: usize, emails: usize) -> Vec<String> {
    let name = &card.name;
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut cells = vec![
        name.full.clone(),
        name.given.clone(),
        name.additional.clone(),
        name.family.clone(),
        name.prefix.clone(),
        name.suffix.clone(),
        optional(&card.company),
        optional(&card.note),
        optional(&card.url),
        optional(&card.uid),
    ];
    for index in 0..numbers {
        let number = card.numbers.get(index);
        cells.push(number.map(label).unwrap_or_default());
        cells.push(number.map(text).unwrap_or_default());
    }
    cells.extend((0..emails).map(|index| card.emails.get(index).cloned().unwrap_or_default()));
    cells
}

fn label(number: &Number) -> String {
    let code = number.label.code();
    number.written.clone().unwrap_or_else(|| code.to_owned())
}

fn text(number: &Number) -> String {
    match (number.e164(), &number.extension) {
        (Some(e164), Some(extension)) => format!("{e164} ext. {extension}"),
        (Some(e164), None) => e164.to_string(),
        (None, _) => number.text.clone(),
    }
}
