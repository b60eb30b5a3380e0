//! Words of the trade, pure: E.164 numbers, what may be dialled, call ids, calls and their states.
//!
//! No I/O, no clock, no randomness. Everything else in the workspace depends on this crate, and it depends on none.
//!
//! From what a person typed to a verdict:
//!
//! ```
//! use telephony::{Language, Meaning, Rules, Verdict, display_destination, may_dial, understand};
//!
//! let understanding = understand("Tél. : 01.42.68.53.00", &Rules::default());
//! let Meaning::One(one) = understanding.meaning else { unreachable!() };
//! assert_eq!(one.number().map(|number| number.as_str()), Some("+33142685300"));
//! assert_eq!(display_destination(&one.destination, Language::Fr), "01\u{a0}42\u{a0}68\u{a0}53\u{a0}00");
//! assert_eq!(may_dial(&one), Verdict::Dial);
//! ```
//!
//! - [`understand`] reads a text: [`Meaning`] is empty, incomplete (with what to say to who dials it now), one destination,
//!   several to choose from, or refused.
//! - [`may_dial`] judges what was understood, [`may_dial_number`] a bare number: dial, confirm ([`Caution`]) or refuse
//!   ([`Refusal`]). Every reason has a stable kebab-case `code()` and stands in `ALL`, so that a test can hold the words to it.
//! - [`class`] and [`about`] tell what kind of number it is, and what of that is worth a line.
//! - [`display_number`], [`display`] and [`copy_form`] write it for the eye and the clipboard.
//!
//! - [`neutralise`] makes a text from outside harmless to show, [`guarded_cell`] harmless in a table's cell.
//!
//! A [`Destination`] may be a short number or an extension, which the platform can't dial: only [`Destination::Number`] ever
//! gets a verdict other than a refusal.

pub mod call;
mod cell;
pub mod class;
pub mod format;
pub mod neutral;
pub mod number;
mod plans;
pub mod rules;
pub mod understand;
pub mod verdict;

pub use call::{AccountId, Call, CallId, CallState, Direction};
pub use cell::{guarded_cell, unguarded_cell};
pub use class::{About, Class, Region, Territory, about, class, is_emergency};
pub use format::{Language, copy_form, display, display_destination, display_number};
pub use neutral::neutralise;
pub use number::{Destination, E164, NotE164, Party};
pub use rules::{ExtensionRange, Extensions, NotARange, Rules};
pub use understand::{Choice, Meaning, Note, One, Understanding, understand};
pub use verdict::{Caution, Refusal, Verdict, may_dial, may_dial_destination, may_dial_number};
