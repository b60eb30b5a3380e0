//! Calls for spreadsheets.

use std::io::Write;

use ::csv::{ByteRecord, QuoteStyle, Terminator, Writer, WriterBuilder};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use telephony::{Direction, Language, guarded_cell};

use super::{Form, line, number, one_line, raw_party};
use crate::journal::coverage::Heard;
use crate::journal::row::{CallBack, Row, tidy_note};
use crate::view::Outcome;
use crate::words::{Message, say};

/// How a CSV file is written: UTF-8, lines ended by CR LF, every cell in quotes (RFC 4180), the first line with the columns'
/// names in words; what a later version adds stands behind the others. Nothing can be taken for a formula, whatever separator
/// a program splits by: where one would begin stands an apostrophe ([`telephony::guarded_cell`]), also before the `+` of a
/// number.
#[derive(Clone, Debug)]
pub struct Csv {
    /// Between cells: `;` as Excel wants it in French, or `,`.
    pub separator: u8,
    /// Begin with a byte order mark, by which Excel knows UTF-8.
    pub bom: bool,
    /// Of the column names and words.
    pub language: Language,
    /// Times are written in this zone, `2026-11-23 10:20:30`.
    pub zone: TimeZone,
}

const COLUMNS: [&str; 15] = [
    "export-started",
    "export-talked-from",
    "export-ended",
    "export-talked-seconds",
    "export-direction",
    "export-outcome",
    "export-number",
    "export-number-international",
    "export-name",
    "export-company",
    "export-line",
    "export-note",
    "export-call-back",
    "export-status",
    "export-account",
];

pub(super) struct Spreadsheet {
    csv: Csv,
    record: ByteRecord,
}

pub(super) fn begin(out: &mut dyn Write, csv: &Csv) -> std::io::Result<Spreadsheet> {
    if csv.bom {
        out.write_all("\u{feff}".as_bytes())?;
    }
    let mut sheet = Spreadsheet {
        csv: csv.clone(),
        record: ByteRecord::new(),
    };
    let names: Vec<String> = COLUMNS
        .into_iter()
        .map(|id| say(csv.language, &Message::new(id)))
        .collect();
    sheet.line(out, &names)?;
    Ok(sheet)
}

impl Spreadsheet {
    fn line(&mut self, out: &mut dyn Write, cells: &[String]) -> std::io::Result<()> {
        self.record.clear();
        for cell in cells {
            self.record.push_field(guarded_cell(cell).as_bytes());
        }
        let mut writer: Writer<&mut dyn Write> = WriterBuilder::new()
            .delimiter(self.csv.separator)
            .quote_style(QuoteStyle::Always)
            .terminator(Terminator::CRLF)
            .buffer_capacity(1024)
            .from_writer(out);
        writer.write_byte_record(&self.record)?;
        writer.flush()
    }

    fn time(&self, at: Option<Timestamp>) -> String {
        at.map(|at| {
            let local = at.to_zoned(self.csv.zone.clone());
            local.strftime("%Y-%m-%d %H:%M:%S").to_string()
        })
        .unwrap_or_default()
    }
}

impl Form for Spreadsheet {
    fn call(&mut self, out: &mut dyn Write, row: &Row) -> std::io::Result<()> {
        let language = self.csv.language;
        let call = &row.call;
        let word = |id: &str| say(language, &Message::new(id));
        let talked = call.connected_at.zip(call.ended_at).map(|(from, until)| {
            let seconds = until.duration_since(from).as_secs().max(0);
            seconds.to_string()
        });
        let name = row.name.clone().unwrap_or_default();
        let cells = [
            self.time(Some(call.started_at)),
            self.time(call.connected_at),
            self.time(call.ended_at),
            talked.unwrap_or_default(),
            word(match call.direction {
                Direction::Incoming => "export-incoming",
                Direction::Outgoing => "export-outgoing",
            }),
            word(outcome_id(row.outcome)),
            number(row, language),
            raw_party(row),
            one_line(&name.display.unwrap_or_default()),
            one_line(&name.company.unwrap_or_default()),
            line(row, language),
            tidy_note(&row.note),
            match row.call_back {
                CallBack::None => String::new(),
                CallBack::Wanted { .. } => word("export-call-back-wanted"),
                CallBack::Settled { .. } => word("export-call-back-settled"),
            },
            one_line(call.status.as_deref().unwrap_or_default()),
            one_line(&call.account_id.0),
        ];
        self.line(out, &cells)
    }

    fn end(&mut self, _out: &mut dyn Write, _coverage: &[Heard]) -> std::io::Result<()> {
        Ok(())
    }
}

pub(super) fn outcome_id(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Ringing => "export-ringing",
        Outcome::Talking => "export-talking",
        Outcome::Answered => "export-answered",
        Outcome::Missed => "export-missed",
        Outcome::NoAnswer => "export-no-answer",
        Outcome::Unknown => "export-unknown",
    }
}
