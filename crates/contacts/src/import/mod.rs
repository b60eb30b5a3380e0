//! Contacts from a file, in two steps: a preview that writes nothing, and the import of what it showed.
//!
//! Every card of a vCard file and every row of a CSV file comes out as an entry, as a part of an entry before it (it says the
//! same contact: [`Preview::duplicates`]) or as rejected, with its line.

pub mod columns;
mod commit;
mod csv;
mod encoding;
mod gather;
mod packed;
mod vcard;
mod watch;

pub use commit::{Compared, Imported, Undone};
pub(crate) use vcard::read as read_vcards;
pub use watch::{Progress, Watch};

pub use self::columns::{Column, Field};
use self::gather::Gathering;
use self::packed::Packed;
use crate::draft::Cut;
use crate::model::Card;
use crate::numbering::Numbering;

/// Largest file that is read, in bytes.
pub const LARGEST_FILE: usize = 64 * 1024 * 1024;
/// Largest card or row, its photo included, in bytes.
pub const LARGEST_CARD: usize = 1024 * 1024;
/// Most cards or rows of a file, those that can't be read included.
pub const MOST_ENTRIES: usize = 200_000;
/// Most numbers of a file, as they stand in it: understanding them is most of the work.
pub const MOST_NUMBERS_OF_FILE: usize = 1_000_000;
/// Most columns of a table; address books write about a hundred.
pub const MOST_COLUMNS: usize = 500;

/// Numbers that can't be read as one, and are named; those beyond are counted.
pub const MOST_ODD_NUMBERS: usize = 100;

/// What the person knows about the file.
#[derive(Clone, Debug, Default)]
pub struct Hint {
    /// Its name, without its folder.
    pub file: String,
    /// The encoding by its label (`windows-1252`, `macintosh`), when it was recognised wrongly.
    pub encoding: Option<String>,
    /// CSV: the separator, when it was recognised wrongly.
    pub separator: Option<u8>,
    /// CSV: what each column is, when that was recognised wrongly. The first line is taken for headings all the same.
    pub columns: Option<Vec<Option<Field>>>,
}

/// The file's format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Format {
    /// Cards, of this version (that of the first card).
    VCard(Option<String>),
    /// A table with this separator.
    Csv(u8),
}

/// What an import would read. It is kept packed: entries are unpacked one by one.
#[derive(Clone, Debug)]
pub struct Preview {
    /// The file's name.
    pub file: String,
    /// Its format.
    pub format: Format,
    /// Its encoding: `UTF-8`, `windows-1252`, `UTF-16LE`, `UTF-16BE`.
    pub encoding: &'static str,
    /// CSV: the columns and what they were taken for.
    pub columns: Vec<Column>,
    /// What couldn't be read, in the order of lines.
    pub rejected: Vec<Rejected>,
    /// What says again a contact of an earlier line, and was joined with it.
    pub duplicates: Vec<Duplicate>,
    /// Where a text was too long and was cut.
    pub shortened: Vec<Shortened>,
    /// Numbers that nothing is found by, at most [`MOST_ODD_NUMBERS`], in the order of lines.
    pub odd_numbers: Vec<OddNumber>,
    /// How many there are.
    pub odd_number_count: usize,
    entries: Packed,
}

/// A card or row that can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// Why.
    pub why: Why,
}

/// A card or row that says again what an earlier one says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// The entry with which it was joined, from 0.
    pub entry: usize,
}

/// A card or row with texts that had to be cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortened {
    /// Where it begins in the file, from 1.
    pub line: u64,
    /// Whose: the name that is shown.
    pub contact: String,
    /// What was cut.
    pub what: Vec<Cut>,
}

/// A number that can't be read as one for sure: the contact keeps it as a text, and is found by nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddNumber {
    /// Where its card or row begins in the file, from 1.
    pub line: u64,
    /// Whose: the name that is shown.
    pub contact: String,
    /// As written.
    pub number: String,
}

/// Why a card or row can't be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Neither a name nor a company, number or e-mail address.
    Blank,
    /// Larger than [`LARGEST_CARD`].
    TooLarge,
    /// The card has no end.
    Unterminated,
    /// Two cards without a border between them.
    RunTogether,
    /// Text that belongs to no card.
    OutsideCard,
    /// A list of contacts, not one.
    Group,
    /// Not a card although it begins like one, or a file that can't be read.
    Unreadable,
    /// A quotation mark that isn't closed.
    OpenQuote,
    /// More cells than headings: a separator stands inside a cell.
    TooManyCells,
}

impl Why {
    /// All of them, so that a test can hold the words to them.
    pub const ALL: [Self; 9] = [
        Self::Blank,
        Self::TooLarge,
        Self::Unterminated,
        Self::RunTogether,
        Self::OutsideCard,
        Self::Group,
        Self::Unreadable,
        Self::OpenQuote,
        Self::TooManyCells,
    ];

    /// Stable, for words.
    pub fn code(self) -> &'static str {
        match self {
            Self::Blank => "blank",
            Self::TooLarge => "too-large",
            Self::Unterminated => "unterminated",
            Self::RunTogether => "run-together",
            Self::OutsideCard => "outside-card",
            Self::Group => "group",
            Self::Unreadable => "unreadable",
            Self::OpenQuote => "open-quote",
            Self::TooManyCells => "too-many-cells",
        }
    }
}

/// Why a file can't be read at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// Larger than [`LARGEST_FILE`].
    #[error("the file is too large")]
    TooLarge,
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// Neither cards nor a table of text.
    #[error("the file holds neither cards nor a table")]
    NotContacts,
    /// More than [`MOST_ENTRIES`] cards or rows, or [`MOST_NUMBERS_OF_FILE`] numbers.
    #[error("the file holds too many contacts")]
    TooMany,
    /// More than [`MOST_COLUMNS`] columns.
    #[error("the table has too many columns")]
    TooWide,
    /// No heading tells a number or a name. [`Hint::columns`] may.
    #[error("no column is recognised")]
    UnknownColumns(Vec<Column>),
    /// It was to stop.
    #[error("the reading was cancelled")]
    Cancelled,
}

impl Unreadable {
    /// Stable, for words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::Empty => "empty",
            Self::NotContacts => "not-contacts",
            Self::TooMany => "too-many",
            Self::TooWide => "too-wide",
            Self::UnknownColumns(_) => "unknown-columns",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Reads a vCard file (2.1, 3.0, 4.0) or a CSV file; writes nothing. The watch is told how many bytes of it are read.
///
/// # Errors
/// [`Unreadable`] when not even a part of it can be read, or it was to stop.
pub fn preview(
    bytes: &[u8],
    hint: &Hint,
    numbering: &Numbering,
    watch: &mut Watch<'_>,
) -> Result<Preview, Unreadable> {
    if bytes.len() > LARGEST_FILE {
        return Err(Unreadable::TooLarge);
    }
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Unreadable::Empty);
    }
    let bytes = encoding::without_utf16(bytes, hint);
    watch.begin(bytes.text.len());
    let mut gathering = Gathering::new(numbering, watch);
    let (format, encoding, columns) = if vcard::looks_like(&bytes.text) {
        let read = vcard::read_all(&bytes.text, hint, &mut gathering);
        let encoding = bytes.encoding.unwrap_or(read.encoding);
        (Format::VCard(read.version), encoding, Vec::new())
    } else if bytes.text.contains(&0) {
        return Err(Unreadable::NotContacts);
    } else {
        let (text, found) = encoding::decode(&bytes.text, hint);
        let (separator, columns) = csv::read_all(&text, hint, &mut gathering)?;
        (Format::Csv(separator), bytes.encoding.unwrap_or(found), columns)
    };
    let gathered = gathering.end()?;
    Ok(Preview {
        file: telephony::neutralise(&hint.file, crate::draft::LONGEST_NAME),
        format,
        encoding,
        columns,
        rejected: gathered.rejected,
        duplicates: gathered.duplicates,
        shortened: gathered.shortened,
        odd_numbers: gathered.odd_numbers,
        odd_number_count: gathered.odd_number_count,
        entries: gathered.entries,
    })
}

impl Preview {
    /// How many contacts it holds.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// It holds no contact.
    pub fn is_empty(&self) -> bool {
        self.entries.len() == 0
    }

    /// Its contacts, in the order of the file, with the line where each begins.
    pub fn entries(&self) -> impl Iterator<Item = (u64, Card)> {
        self.entries.iter()
    }
}
