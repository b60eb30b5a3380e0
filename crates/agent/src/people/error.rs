//! Why contacts didn't do what they were asked.

use companion::words::Message;
use contacts::ContactsError;
use contacts::export::ExportError;
use contacts::import::Unreadable;
use contacts::marks::MarksError;

/// See the module.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is no book in this run.
    #[error("contacts can't be used in this run")]
    NotKept,
    /// The book refuses.
    #[error(transparent)]
    Book(#[from] ContactsError),
    /// The file holds nothing that can be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// The file to be read can't be opened.
    #[error("the file can't be read: {0}")]
    Read(std::io::Error),
    /// The file can't be written.
    #[error("the file can't be written: {0}")]
    Write(std::io::Error),
    /// Favourites and choices weren't taken.
    #[error(transparent)]
    Marks(#[from] MarksError),
    /// Nothing was previewed.
    #[error("no file was previewed")]
    NoPreview,
}

impl PeopleError {
    /// The sentence for people.
    pub fn message(&self) -> Message {
        match self {
            Self::NotKept => Message::new("contacts-error-unusable"),
            Self::Book(error) => Message::new(&format!("contacts-error-{}", error.code())),
            Self::Unreadable(error) => Message::new(&format!("contacts-file-{}", error.code())),
            Self::Read(error) => Message::new("contacts-file-unreadable").with("why", error.to_string()),
            Self::Write(error) => Message::new("contacts-file-unwritable").with("why", error.to_string()),
            Self::Marks(MarksError::Newer(_)) => Message::new("journal-import-newer"),
            Self::Marks(MarksError::Unreadable) => Message::new("import-marks-unreadable"),
            Self::Marks(MarksError::Book(error)) => Message::new(&format!("contacts-error-{}", error.code())),
            Self::NoPreview => Message::new("contacts-import-no-preview"),
        }
    }
}

impl From<ExportError> for PeopleError {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Write(error) => Self::Write(error),
            ExportError::Book(error) => Self::Book(error),
        }
    }
}
