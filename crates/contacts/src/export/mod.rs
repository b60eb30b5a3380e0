//! Contacts to a file.

mod table;
mod vcard;

pub use table::TableOptions;

use std::io::{self, Write};

use crate::error::ContactsError;
use crate::model::Source;
use crate::store::Reader;

/// Why nothing (or not all) was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The file can't be written.
    #[error("the file can't be written: {0}")]
    Write(#[from] io::Error),
    /// The book can't be read.
    #[error(transparent)]
    Book(#[from] ContactsError),
}

/// Whose cards are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// All contacts.
    All,
    /// One's own.
    Own,
    /// All but those of address books on servers, which come from there again.
    Kept,
}

impl Reader {
    /// Writes contacts as vCard 4.0 (RFC 6350). Gives their number.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn export_vcard(&self, whose: Whose, to: &mut impl Write) -> Result<usize, ExportError> {
        let mut count = 0;
        self.for_each(whose == Whose::Own, |contact| {
            if whose == Whose::Kept && matches!(contact.source, Source::CardDav { .. }) {
                return Ok(());
            }
            count += 1;
            to.write_all(vcard::write(&contact.card).as_bytes())?;
            Ok::<_, ExportError>(())
        })?;
        to.flush()?;
        Ok(count)
    }

    /// Writes all contacts, or one's own only, as a table for spreadsheets, in UTF-8. No cell of it is a formula: what begins
    /// like one has an apostrophe before it, which the import takes off again. Gives the number of contacts.
    ///
    /// # Errors
    /// [`ExportError`]
    pub fn export_csv(
        &self,
        own_only: bool,
        options: TableOptions,
        to: &mut impl Write,
    ) -> Result<usize, ExportError> {
        table::write(self, own_only, options, to)
    }
}
