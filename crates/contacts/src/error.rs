//! What can go wrong with the book.

/// Why the book can't do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum ContactsError {
    /// It was written by a newer version of the program; it is left as it is.
    #[error("the contacts were written by a newer version (layout {found}, this one knows {known})")]
    Newer {
        /// Its layout.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The disk or the folder refuses.
    #[error("the contacts' file can't be used: {0}")]
    Io(#[from] std::io::Error),
    /// SQLite refuses.
    #[error("the contacts can't be used: {0}")]
    Sql(#[from] rusqlite::Error),
    /// A stored contact isn't what this version writes.
    #[error("a contact can't be read or written")]
    Body,
    /// There is no such contact (any more).
    #[error("there is no such contact")]
    NoSuchContact,
    /// The contact comes from elsewhere and is changed there.
    #[error("the contact isn't one's own")]
    NotOwn,
    /// Nothing is left to show the contact by: neither person nor company, number or e-mail address.
    #[error("the contact is empty")]
    Blank,
    /// The chosen contact doesn't have the number.
    #[error("the contact doesn't have that number")]
    NotItsNumber,
    /// The import was cancelled; nothing of it stays.
    #[error("the import was cancelled")]
    Cancelled,
    /// There is no such import (any more), or it was taken back already.
    #[error("there is no such import")]
    NoSuchImport,
    /// No import can be taken back: there was none, each was already, or all contacts were deleted.
    #[error("there is no import to take back")]
    NothingToUndo,
    /// The last import had changed nothing.
    #[error("the last import changed nothing")]
    ChangedNothing,
    /// Such a source isn't read by synchronisation.
    #[error("one's own contacts can't be synchronised")]
    NotASource,
}

impl ContactsError {
    /// Stable, for words: `contacts-error-CODE`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Newer { .. } => "newer",
            Self::Io(_) | Self::Sql(_) | Self::Body => "unusable",
            Self::NoSuchContact => "no-such-contact",
            Self::NotOwn => "not-own",
            Self::Blank => "blank",
            Self::NotItsNumber => "not-its-number",
            Self::Cancelled => "cancelled",
            Self::NoSuchImport => "no-such-import",
            Self::NothingToUndo => "nothing-to-undo",
            Self::ChangedNothing => "changed-nothing",
            Self::NotASource => "not-a-source",
        }
    }

    /// The file is damaged: opening the book again sets it aside.
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Sql(error) if crate::store::is_damage(error))
    }
}

impl From<serde_json::Error> for ContactsError {
    /// Without the error's own words: they may quote a name.
    fn from(_: serde_json::Error) -> Self {
        Self::Body
    }
}
