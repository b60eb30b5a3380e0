//! Tables of text (RFC 4180), as spreadsheets and address books write them.

use std::borrow::Cow;

use super::columns::{Column, Field};
use super::{Gathering, Hint, LARGEST_CARD, MOST_COLUMNS, Unreadable, Why};
use crate::draft::{Draft, DraftNumber, LONGEST_NAME};
use crate::label::Label;
use crate::model::Name;

/// Separators that are looked for.
const SEPARATORS: [u8; 4] = *b",;\t|";
/// Quotation marks without an end after which the rest of the file is given up.
const MOST_OPEN_QUOTES: usize = 100;
/// Between several values in a cell of Google's.
const SEVERAL: &str = " ::: ";

/// Reads a table; gives its separator and columns.
pub(super) fn read_all(
    text: &str,
    hint: &Hint,
    gathering: &mut Gathering<'_, '_>,
) -> Result<(u8, Vec<Column>), Unreadable> {
    let (said, text, before) = said_separator(text);
    let separator = hint.separator.or(said).unwrap_or_else(|| likely_separator(text));
    let pieces = pieces(text, separator, || gathering.reach(0).is_break());
    let mut columns: Option<Vec<Column>> = None;
    let mut rejected: Vec<u64> = pieces.open_quotes.clone();
    let mut rejected_until = |line: u64, gathering: &mut Gathering<'_, '_>| {
        while rejected.first().is_some_and(|first| *first < line) {
            gathering.reject(rejected.remove(0) + before, Why::OpenQuote);
        }
    };
    let mut begins = 0;
    'all: for (first_line, piece) in pieces.whole {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator)
            .from_reader(piece.as_bytes());
        let mut record = ::csv::StringRecord::new();
        // The piece is UTF-8 and may have any number of cells: reading can't fail.
        while reader.read_record(&mut record).unwrap_or(false) {
            let line = first_line + line_of(&record, piece);
            rejected_until(line, gathering);
            let Some(columns) = &columns else {
                columns = Some(headings(&record, hint)?);
                continue;
            };
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            gathering.take(line + before, row(&record, columns));
            let at = record.position().map_or(0, ::csv::Position::byte);
            let at = usize::try_from(at).unwrap_or(usize::MAX);
            if gathering.reach(begins + at).is_break() {
                break 'all;
            }
        }
        begins += piece.len();
    }
    rejected_until(u64::MAX, gathering);
    let columns = match columns {
        Some(columns) => columns,
        None if gathering.reach(0).is_break() => return Err(Unreadable::Cancelled),
        None => return Err(Unreadable::NotContacts),
    };
    Ok((separator, columns))
}

/// Excel's own first line, `sep=;`: the separator, the rest, and how many lines were taken off.
fn said_separator(text: &str) -> (Option<u8>, &str, u64) {
    let first = text.lines().next().unwrap_or_default();
    let said = first.trim_end().strip_prefix("sep=").map(str::as_bytes);
    match said {
        Some([separator]) if separator.is_ascii() => {
            let rest = text.split_once('\n').map_or("", |(_, rest)| rest);
            (Some(*separator), rest, 1)
        }
        _ => (None, text, 0),
    }
}

/// The separator by which most headings are recognised; among equals the one that parts more.
fn likely_separator(text: &str) -> u8 {
    let first = text
        .lines()
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default();
    let worth = |separator: &u8| {
        let headings = first.split(char::from(*separator)).take(MOST_COLUMNS);
        headings.fold((0, 0), |(known, all), heading| {
            let heading = telephony::neutralise(heading.trim_matches(['"', ' ']), LONGEST_NAME);
            (known + usize::from(Field::read(&heading).is_some()), all + 1)
        })
    };
    // The last of equals wins; the comma is the most usual.
    SEPARATORS.into_iter().rev().max_by_key(worth).unwrap_or(b',')
}

/// A table in pieces that end with a record.
struct Pieces<'a> {
    /// With the line on which each begins, from 1.
    whole: Vec<(u64, &'a str)>,
    /// Lines left out: a quotation mark opens there and nothing closes it.
    open_quotes: Vec<u64>,
}

/// Without this, one open quotation mark would swallow the rest of the file. `stops`: it isn't to be read on.
fn pieces(text: &str, separator: u8, mut stops: impl FnMut() -> bool) -> Pieces<'_> {
    let mut pieces = Pieces {
        whole: Vec::new(),
        open_quotes: Vec::new(),
    };
    let (mut start, mut first_line) = (0, 1);
    while let Some(open) = open_quote(&text[start..], separator) {
        let record = start + open;
        let line = first_line + newlines(&text[start..record]);
        pieces.whole.push((first_line, &text[start..record]));
        pieces.open_quotes.push(line);
        if pieces.open_quotes.len() == MOST_OPEN_QUOTES || stops() {
            return pieces;
        }
        start = text[record..]
            .find('\n')
            .map_or(text.len(), |end| record + end + 1);
        first_line = line + 1;
    }
    pieces.whole.push((first_line, &text[start..]));
    pieces
}

/// Where the record begins whose quotation mark isn't closed. A mark opens only at the beginning of a cell.
fn open_quote(text: &str, separator: u8) -> Option<usize> {
    let (mut record, mut quoted, mut at_beginning, mut closed) = (0, false, true, false);
    for (at, byte) in text.bytes().enumerate() {
        let was_quoted = quoted;
        match byte {
            b'"' if quoted => quoted = false,
            // A doubled mark inside a cell, too: it closes and opens again.
            b'"' if at_beginning || closed => quoted = true,
            b'\n' | b'\r' if !quoted => record = at + 1,
            _ => {}
        }
        closed = was_quoted && !quoted;
        at_beginning = !quoted && (byte == separator || matches!(byte, b'\n' | b'\r'));
    }
    quoted.then_some(record)
}

fn newlines(text: &str) -> u64 {
    text.bytes()
        .fold(0, |count, byte| count + u64::from(byte == b'\n'))
}

/// How many lines of the piece lie before the record. The reader counts empty lines before a record to it.
fn line_of(record: &::csv::StringRecord, piece: &str) -> u64 {
    let Some(position) = record.position() else {
        return 0;
    };
    let begins = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = piece.as_bytes().get(begins..).unwrap_or_default();
    let empty = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    let skipped = empty.fold(0, |count, byte| count + u64::from(*byte == b'\n'));
    position.line() - 1 + skipped
}

fn headings(record: &::csv::StringRecord, hint: &Hint) -> Result<Vec<Column>, Unreadable> {
    if record.len() > MOST_COLUMNS {
        return Err(Unreadable::TooWide);
    }
    let column = |(index, heading): (usize, &str)| {
        let heading = telephony::neutralise(heading, LONGEST_NAME);
        let field = match &hint.columns {
            Some(said) => said.get(index).copied().flatten(),
            None => Field::read(&heading),
        };
        Column { heading, field }
    };
    let columns: Vec<Column> = record.iter().enumerate().map(column).collect();
    let tells = |field: Field| {
        matches!(
            field,
            Field::Number(_) | Field::Email | Field::FullName | Field::Given | Field::Family | Field::Company
        )
    };
    match columns.iter().any(|column| column.field.is_some_and(tells)) {
        true => Ok(columns),
        false => Err(Unreadable::UnknownColumns(columns)),
    }
}

fn row(record: &::csv::StringRecord, columns: &[Column]) -> Result<Draft, Why> {
    if record.as_slice().len() > LARGEST_CARD {
        return Err(Why::TooLarge);
    }
    if record
        .iter()
        .skip(columns.len())
        .any(|cell| !cell.trim().is_empty())
    {
        return Err(Why::TooManyCells);
    }
    let mut draft = Draft::default();
    let mut label = String::new();
    for (cell, column) in record.iter().zip(columns) {
        let cell = plain(cell);
        match column.field {
            Some(Field::NumberLabel) => label = cell.into_owned(),
            Some(Field::Number(kind)) => {
                let said = std::mem::take(&mut label);
                let texts = cell.split(SEVERAL).filter(|text| !text.trim().is_empty());
                draft
                    .numbers
                    .extend(texts.map(|text| number(text, kind, &said, column)));
            }
            Some(field) if !cell.is_empty() => fill(&mut draft, field, &cell),
            _ => {}
        }
    }
    Ok(draft)
}

fn number(text: &str, kind: Label, said: &str, column: &Column) -> DraftNumber {
    let (label, written) = match Label::read(said) {
        _ if said.is_empty() => (kind, column.heading.as_str()),
        label => (label, said),
    };
    DraftNumber {
        label,
        // Where the label says it all, the heading's words add nothing.
        written: match label {
            Label::Other if written != Label::Other.code() => written.to_owned(),
            _ => String::new(),
        },
        text: text.to_owned(),
    }
}

fn fill(draft: &mut Draft, field: Field, cell: &str) {
    let Name {
        full,
        given,
        additional,
        family,
        prefix,
        suffix,
    } = &mut draft.name;
    let place = match field {
        Field::FullName => full,
        Field::Given => given,
        Field::Additional => additional,
        Field::Family => family,
        Field::Prefix => prefix,
        Field::Suffix => suffix,
        Field::Company => &mut draft.company,
        Field::Note => &mut draft.note,
        Field::Url => &mut draft.url,
        Field::Uid => return draft.uid = Some(cell.to_owned()),
        Field::Email => return draft.emails.extend(cell.split(SEVERAL).map(str::to_owned)),
        Field::Number(_) | Field::NumberLabel => return,
    };
    // The first of several columns of a kind that says something.
    if place.is_empty() {
        cell.clone_into(place);
    }
}

/// A cell without what spreadsheets wrap it in: `="0142685300"`, and the apostrophes that keep a text a text.
fn plain(cell: &str) -> Cow<'_, str> {
    let cell = cell.trim();
    match cell.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => Cow::Borrowed(text),
        None => telephony::unguarded_cell(cell),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_quotation_mark_costs_its_line_alone() {
        for (text, wanted) in [
            ("a,b\n\"c\nd,e\n", Some(4)),
            ("a,\"b\nc\"\nd\n", None),
            ("a,b\"c\nd\n", None),
            ("\"a\"\"b\",c\n", None),
            ("\"a\"\"\nb", Some(0)),
            ("\"\"\n\"\"\"\"\n", None),
            ("a\"\"b\nc\n", None),
        ] {
            assert_eq!(open_quote(text, b','), wanted, "{text:?}");
        }
        let found = pieces("a,b\n\"c\nd,e\n", b',', || false);
        assert_eq!(found.whole, [(1, "a,b\n"), (3, "d,e\n")]);
        assert_eq!(found.open_quotes, [2]);
    }
}
