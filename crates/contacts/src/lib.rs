//! The address book, without network and without a desktop: store, import, index, lookup, search, export.
//!
//! [`Store`] owns the book on one thread; [`Reader`]s ask it from others. All of it blocks.
//!
//! - A number: [`Reader::lookup`] gives everyone who has exactly it, with source and date; [`Store::choose`] remembers who of
//!   several is meant ([`is_ambiguous`]).
//! - A word or a part of a number: [`Reader::search`].
//! - A file: [`import::preview`], [`Reader::compare`], [`Store::import`], [`Store::undo`].
//! - A source that is synchronised: [`Store::replace_source`], [`Store::apply_changes`]; a folder through [`folder::scan`].
//! - Out again: [`Reader::export_vcard`], [`Reader::export_csv`]; favourites and choices by [`Reader::export_marks`], and back
//!   by [`Store::take_marks`].
//!
//! Whatever comes from outside passes [`Draft::finish`]: made harmless, bounded, its numbers read. Nothing else makes cards.

pub mod draft;
pub mod error;
pub mod export;
pub mod folder;
pub mod import;
pub mod label;
pub mod marks;
pub mod model;
pub mod numbering;
pub mod store;
pub mod sync;
pub mod synthetic;
mod text;

pub use draft::{Cut, Draft, DraftNumber};
pub use error::ContactsError;
pub use label::Label;
pub use model::{BatchId, Card, Contact, ContactId, Name, Number, Source};
pub use numbering::Numbering;
pub use store::{Found, Match, Opened, Reader, Store, is_ambiguous, is_shared};
