//! How a callback's content may be written.

use serde::{Deserialize, Serialize};

/// How numbers are written in callbacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NumberForm {
    /// `33199000001`, the operator's usual form.
    #[default]
    Digits,
    /// `%2B33199000001`.
    Plus,
    /// `+33199000001` with the plus unescaped: a space, for whoever decodes it as a form.
    UnescapedPlus,
    /// One of these by chance.
    Any,
}

/// How a withheld caller is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithheldForm {
    /// `calling_number=`
    #[default]
    Empty,
    /// `calling_number=anonymous`
    Anonymous,
    /// No `calling_number` at all.
    Absent,
    /// One of these by chance.
    Any,
}

/// How `call_end`'s status is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusForm {
    /// `ANSWERED`, `NO_ANSWER`, `BUSY`, `CANCELLED`, `REJECTED`, `UNREACHABLE`.
    #[default]
    Usual,
    /// The same in small letters, words apart: `no answer`.
    LowerCase,
    /// French words, with accents.
    French,
    /// The SIP response code: `200`, `480`, `486`, `487`, `603`, `404`.
    SipCode,
    /// `status=`
    Empty,
    /// No `status` at all.
    Absent,
    /// This text, whatever happened.
    Text(String),
    /// One of these by chance.
    Any,
}

/// How `call_end`'s billable duration is written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DurationForm {
    /// Whole seconds.
    #[default]
    Usual,
    /// `billable_duration=`
    Empty,
    /// No `billable_duration` at all.
    Absent,
    /// `-1`
    Negative,
    /// `12.5`
    Decimal,
    /// `00:00:12`
    Clock,
    /// More than 64 bits hold.
    Huge,
    /// One of these by chance.
    Any,
}

/// What call ids look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallIdForm {
    /// 32 hexadecimal digits.
    #[default]
    Hex,
    /// As a SIP Call-ID may be: `…@192.0.2.10`, with characters that a URL must escape.
    Sip,
    /// Short decimal numbers.
    Decimal,
}

/// The HTTP method of callbacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallbackMethod {
    /// The parameters in the query.
    #[default]
    Get,
    /// The parameters as a form body.
    Post,
    /// The parameters in the query.
    Head,
}
