//! Calls as events of a calendar, iCalendar (RFC 5545).
//!
//! Written by hand rather than with a library: the one at hand brings a second library for time, and lets carriage returns
//! and control characters pass into its lines.

use std::io::Write;

use jiff::Timestamp;
use telephony::Language;

use super::{Form, line, number, one_line, who};
use crate::journal::coverage::Heard;
use crate::journal::row::{Row, tidy_note};
use crate::view::Outcome;
use crate::words::{Message, say};

/// Octets of a line without its break (RFC 5545, 3.1).
const LINE: usize = 75;

pub(super) struct Calendar {
    language: Language,
    now: Timestamp,
}

pub(super) fn begin(out: &mut dyn Write, language: Language, now: Timestamp) -> std::io::Result<Calendar> {
    for text in [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Centrex Tray//Journal//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
    ] {
        content_line(out, text)?;
    }
    Ok(Calendar { language, now })
}

impl Form for Calendar {
    fn call(&mut self, out: &mut dyn Write, row: &Row) -> std::io::Result<()> {
        let call = &row.call;
        let party = who(row, self.language);
        let summary = say(
            self.language,
            &Message::new(summary_id(row)).with("party", one_line(&party)),
        );
        let mut about: Vec<String> = Vec::new();
        about.extend(row.name.as_ref().and_then(|name| name.company.clone()));
        about.push(number(row, self.language));
        about.push(line(row, self.language));
        let mut about: Vec<String> = about.iter().map(|text| one_line(text)).collect();
        about.push(tidy_note(&row.note));
        about.retain(|text| !text.is_empty());
        content_line(out, "BEGIN:VEVENT")?;
        let uid = format!("{}.{}@centrex-tray", call.account_id, call.call_id);
        content_line(out, &format!("UID:{}", text(&uid)))?;
        content_line(out, &format!("DTSTAMP:{}", time(self.now)))?;
        content_line(out, &format!("DTSTART:{}", time(call.started_at)))?;
        if let Some(ended) = call.ended_at
            && ended.as_second() > call.started_at.as_second()
        {
            content_line(out, &format!("DTEND:{}", time(ended)))?;
        }
        content_line(out, &format!("SUMMARY:{}", text(&summary)))?;
        if !about.is_empty() {
            content_line(out, &format!("DESCRIPTION:{}", text(&about.join("\n"))))?;
        }
        content_line(out, "TRANSP:TRANSPARENT")?;
        content_line(out, "CLASS:PRIVATE")?;
        content_line(out, "END:VEVENT")
    }

    fn end(&mut self, out: &mut dyn Write, _coverage: &[Heard]) -> std::io::Result<()> {
        content_line(out, "END:VCALENDAR")
    }
}

fn summary_id(row: &Row) -> &'static str {
    match (row.outcome, row.call.direction) {
        (Outcome::Missed, _) => "export-summary-missed",
        (_, telephony::Direction::Incoming) => "export-summary-incoming",
        (_, telephony::Direction::Outgoing) => "export-summary-outgoing",
    }
}

fn time(at: Timestamp) -> String {
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A value of type TEXT (RFC 5545, 3.3.11). Of control characters only line breaks and tabs stay.
fn text(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => escaped.extend(['\\', c]),
            '\n' | '\r' => escaped.push_str("\\n"),
            '\t' => escaped.push(c),
            c if c.is_control() => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// One content line, folded between characters.
fn content_line(out: &mut dyn Write, text: &str) -> std::io::Result<()> {
    let mut used = 0;
    for c in text.chars() {
        if used + c.len_utf8() > LINE {
            out.write_all(b"\r\n ")?;
            used = 1;
        }
        out.write_all(c.encode_utf8(&mut [0; 4]).as_bytes())?;
        used += c.len_utf8();
    }
    out.write_all(b"\r\n")
}
