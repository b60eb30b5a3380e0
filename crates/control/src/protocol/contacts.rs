//! What may be asked of the contacts, and its answers.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Message;

/// Requests about contacts; inside [`super::Request::Contacts`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ContactsRequest {
    /// Answered by [`super::Answer::Contacts`].
    Search {
        /// Words (the beginning of each suffices, accents don't matter), or digits of a number; empty: all.
        text: String,
        /// Favourites only.
        favourites: bool,
        /// At most so many; 0 and what is above 200 count as 200.
        limit: u32,
    },
    /// Adds a contact of one's own, or changes one. Answered by [`super::Answer::Contacts`] with it alone.
    Save {
        /// How it shall be.
        contact: ContactDraft,
    },
    /// Deletes a contact of one's own. Answered by [`super::Answer::Done`].
    Delete {
        /// [`Contact::id`]
        id: String,
    },
    /// Makes it a favourite, or no longer. Answered by [`super::Answer::Done`].
    Favourite {
        /// [`Contact::id`]
        id: String,
        /// Whether it is one.
        favourite: bool,
    },
    /// Everyone who has this number, and why: contacts, else several people of the directory. Answered by [`super::Answer::Contacts`].
    WhoHas {
        /// `+33142685300`
        number: String,
    },
    /// Of several contacts with one number, this one is meant from now on; somebody of the directory becomes a contact of one's
    /// own. Answered by [`super::Answer::Done`].
    Choose {
        /// `+33142685300`
        number: String,
        /// [`Contact::id`]
        id: String,
    },
    /// Deletes every contact of one's own, typed and imported; those of folders and servers stay, for they would come back.
    /// Can't be taken back. Answered by [`super::Answer::Deleted`].
    DeleteAll,
    /// Reads a vCard or CSV file and shows what would come of it; writes nothing. How far it is comes as
    /// [`super::Change::PreviewProgress`]; answered by [`super::Answer::Preview`]. It is this client's own, and forgotten when
    /// it goes. Not for the page: it names a file.
    Preview {
        /// An absolute path.
        path: String,
    },
    /// Writes what this client's last preview showed. Progress comes as [`super::Change::ImportProgress`]; answered by
    /// [`super::Answer::Taken`]. Stops when the client goes, and nothing of it stays.
    Import,
    /// Stops this client's reading or import under way (nothing of it stays), or forgets its preview. Answered by
    /// [`super::Answer::Done`].
    CancelImport,
    /// Takes an import back; not one of another client that is still here. Answered by [`super::Answer::Undone`].
    UndoImport {
        /// [`Taken::batch`]
        batch: String,
    },
    /// Takes back the last import that wasn't yet, whoever made it; of the last ten. Answered by [`super::Answer::Undone`].
    UndoLastImport,
    /// Writes contacts to a file. Answered by [`super::Answer::Written`]. Not for the page: it names a file.
    Export {
        /// An absolute path; an existing file is replaced.
        path: String,
        /// As what.
        format: ContactFormat,
        /// CSV only: begin with a byte order mark, as Excel wants it.
        bom: bool,
    },
    /// Where contacts come from, and how that goes. Answered by [`super::Answer::Sources`].
    Sources,
    /// Reads the watched folder and the address books now, and tries the directory. Answered by [`super::Answer::Sources`] as they
    /// are before; what comes of it is told by the next snapshot's revision.
    Sync,
}

/// A contact as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Contact {
    /// Opaque.
    pub id: String,
    /// Person, else company, else number.
    pub name: String,
    /// The company, when `name` is a person.
    pub company: Option<String>,
    /// All of them.
    pub numbers: Vec<ContactNumber>,
    /// Its own words about it.
    pub note: Option<String>,
    /// A favourite.
    pub favourite: bool,
    /// One's own: may be changed and deleted here.
    pub own: bool,
    /// Where it comes from, and since when: "why this name?"
    pub why: Message,
    /// For [`ContactsRequest::WhoHas`]: the one that is shown for that number.
    pub chosen: bool,
}

/// A number of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactNumber {
    /// `mobile`, `work`, `home`, `fax`, `other`: worded by `contact-label-…`.
    pub label: String,
    /// `06 12 34 56 78`, in the language of the moment.
    pub display: String,
    /// What the pad takes when it is chosen.
    pub dial: String,
}

/// A contact of one's own, as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ContactDraft {
    /// Absent: a new one.
    pub id: Option<String>,
    /// A person's name.
    pub name: String,
    /// A company.
    pub company: String,
    /// Numbers as typed, with their labels.
    pub numbers: Vec<DraftNumber>,
    /// Plain text.
    pub note: String,
    /// A favourite.
    pub favourite: bool,
}

/// A number as typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftNumber {
    /// As [`ContactNumber::label`].
    pub label: String,
    /// As typed.
    pub number: String,
}

/// What an import would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportPreview {
    /// The file's name without its folder.
    pub file: String,
    /// `vCard 3.0`, `CSV · ; · Windows-1252`.
    pub format: String,
    /// CSV: what each column was taken for, `None` when it isn't read.
    pub columns: Vec<ImportColumn>,
    /// How many contacts it would add.
    pub added: u32,
    /// How many it would change.
    pub updated: u32,
    /// The first ones, at most 20.
    pub sample: Vec<Contact>,
    /// What can't be read, at most 100.
    pub rejected: Vec<Rejected>,
    /// How many can't be read.
    pub rejected_count: u32,
    /// What is taken otherwise than the file says it, in the order of lines, at most 100.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// How many such things there are.
    #[serde(default)]
    pub remark_count: u32,
}

/// A column of a CSV file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportColumn {
    /// As in the file's first line.
    pub header: String,
    /// What it was taken for, worded by `contact-column-…`; absent: it isn't read.
    pub field: Option<String>,
}

/// An entry that can't be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Rejected {
    /// Where in the file, from 1.
    pub line: u32,
    /// Why.
    pub why: Message,
}

/// Something of a contact that is taken otherwise than the file says it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Remark {
    /// Where its entry begins in the file, from 1.
    pub line: u32,
    /// Whose, as [`Contact::name`].
    pub contact: String,
    /// What it is, and what becomes of it.
    pub what: Message,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Taken {
    /// To take it back; absent when that can't be.
    pub batch: Option<String>,
    /// New ones.
    pub added: u32,
    /// Changed ones.
    pub updated: u32,
    /// What couldn't be read.
    pub rejected: u32,
    /// An export of everything: favourites, and choices among several contacts, that hold here now.
    #[serde(default)]
    pub marks: u32,
    /// The same: settings that were taken over.
    #[serde(default)]
    pub settings: u32,
    /// The same: settings that stay, as the company fixes them.
    #[serde(default)]
    pub settings_locked: u32,
}

/// What taking an import back did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Undone {
    /// The file's name without its folder.
    pub file: String,
    /// When it was imported, RFC 3339.
    pub at: String,
    /// Contacts that it had added, now deleted.
    pub removed: u32,
    /// Contacts that it had changed, now as before.
    pub restored: u32,
    /// Contacts left as they are, as they were changed or deleted since.
    pub kept: u32,
}

/// Forms in which contacts are written to a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ContactFormat {
    /// vCard 4.0 (RFC 6350).
    Vcard,
    /// For spreadsheets; nothing in it can be taken for a formula.
    Csv,
}

/// Where contacts come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Source {
    /// `own`, `import`, `folder`, `carddav`, `ldap`.
    pub kind: String,
    /// The file, folder, address; empty for one's own.
    pub name: String,
    /// How many contacts came from it; absent where they aren't kept (LDAP).
    pub contacts: Option<u32>,
    /// When it was last read in full, RFC 3339.
    pub read_at: Option<String>,
    /// What is wrong with it.
    pub trouble: Option<Message>,
}
