use std::fs;

use jiff::tz::TimeZone;
use rstest::rstest;
use telephony::{Direction, Language};

use super::{Desk, call, key, missed, talked, text};
use crate::journal::{
    Csv, Exporter, Format, Hearing, ImportError, Item, Journal, Keeping, Name, Taken, Written, read_export,
};
use crate::testing::at;

const PARTY: &str = "+33142685300";

impl Desk {
    fn exported(&self, format: &Format) -> String {
        let mut out = Vec::new();
        Exporter::open(&self.file())
            .unwrap()
            .write_to(&mut out, format, at(5000))
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    fn imported(&mut self, json: &str) -> Taken {
        let items = items(json).unwrap();
        self.journal.take(&items).unwrap()
    }

    fn rows(&self) -> Vec<crate::journal::Row> {
        self.journal.recent(1000).unwrap()
    }
}

fn items(json: &str) -> Result<Vec<Item>, ImportError> {
    let mut items = Vec::new();
    read_export(json.as_bytes(), &mut |item| {
        items.push(item);
        true
    })?;
    Ok(items)
}

fn csv(separator: u8, bom: bool, language: Language) -> Format {
    Format::Csv(Csv {
        separator,
        bom,
        language,
        zone: TimeZone::get("Europe/Paris").unwrap_or(TimeZone::fixed(jiff::tz::offset(1))),
    })
}

/// A journal with one of everything.
fn full() -> Desk {
    let mut desk = Desk::new();
    desk.journal.coverage(Hearing::Live(at(0))).unwrap();
    desk.journal.coverage(Hearing::Filled).unwrap();
    desk.journal.coverage(Hearing::Lost(at(100))).unwrap();
    desk.journal.coverage(Hearing::Live(at(200))).unwrap();
    desk.journal.coverage(Hearing::Gap).unwrap();
    desk.journal.coverage(Hearing::Lost(at(300))).unwrap();
    desk.journal.fill_with_samples(50, at(0)).unwrap();
    desk.record(missed("wanted", "+33142685301", 10), true);
    desk.record(missed("settled", PARTY, 20), true);
    desk.record(
        talked(call("out", Direction::Outgoing, Some(PARTY), 30), 35),
        false,
    );
    desk.record(call("withheld", Direction::Incoming, None, 40), true);
    desk.journal.set_call_back(&key("out"), true, at(50)).unwrap();
    desk.journal
        .set_note(&key("out"), "Devis; \"été\"\nligne 2")
        .unwrap();
    desk.named(PARTY, "Aurélie Lecœur", "Société");
    desk
}

#[test]
fn everything_comes_back_from_json_and_only_once() {
    let from = full();
    let json = from.exported(&Format::Json);
    let mut to = Desk::new();
    let count = u64::try_from(from.rows().len()).unwrap();
    let added = Taken {
        added: count,
        ..Taken::default()
    };
    assert_eq!(to.imported(&json), added);
    assert_eq!(to.rows(), from.rows());
    let stretches = |desk: &Desk| desk.journal.coverage_between(at(0), at(400)).unwrap();
    assert_eq!(stretches(&to), stretches(&from));
    assert_eq!(to.found(&text("lecoeur devis")), ["out"]);
    let again = Taken {
        skipped: count,
        ..Taken::default()
    };
    assert_eq!(to.imported(&json), again);
    assert_eq!(to.rows(), from.rows());
    assert_eq!(stretches(&to), stretches(&from));
    assert_eq!(to.exported(&Format::Json), json);
}

#[test]
fn what_is_here_already_stays_and_what_was_deleted_comes_back() {
    let mut desk = full();
    let json = desk.exported(&Format::Json);
    desk.journal.delete(&key("wanted"), at(60)).unwrap();
    desk.journal.set_note(&key("out"), "mine").unwrap();
    desk.journal.set_note(&key("settled"), "").unwrap();
    let taken = desk.imported(&json);
    assert_eq!((taken.added, taken.changed), (1, 0));
    assert_eq!(desk.row("out").note, "mine");
    assert!(desk.row("wanted").call_back.is_wanted());
    desk.record(missed("wanted", "+33142685301", 10), true);
    assert!(desk.row("wanted").unread);
    // A call that went on in the export.
    let mut ringing = missed("later", PARTY, 90);
    ringing.state = telephony::CallState::Ringing;
    desk.record(ringing, false);
    let mut other = Desk::new();
    other.record(talked(missed("later", PARTY, 90), 95), false);
    assert_eq!(desk.imported(&other.exported(&Format::Json)).changed, 1);
    assert_eq!(desk.row("later").outcome, crate::view::Outcome::Answered);
    desk.journal.keep(Keeping::days(0, false, at(0)));
    desk.journal.delete(&key("withheld"), at(60)).unwrap();
    assert_eq!(
        desk.imported(&json).added,
        0,
        "withheld numbers aren't to be kept"
    );
}

#[rstest]
#[case::empty("", None)]
#[case::other(r#"{"format":"other","version":1,"calls":[]}"#, None)]
#[case::no_header(r#"{"calls":[]}"#, None)]
#[case::no_calls(r#"{"format":"centrex-tray-journal","version":1}"#, None)]
#[case::wrong_call(
    r#"{"format":"centrex-tray-journal","version":1,"calls":[{"call":{"secret +33142685300":1}}]}"#,
    None
)]
#[case::cut(r#"{"format":"centrex-tray-journal","version":1,"calls":["#, None)]
#[case::more_after(r#"{"format":"centrex-tray-journal","version":1,"calls":[]} x"#, None)]
#[case::newer(r#"{"format":"centrex-tray-journal","version":2,"calls":{}}"#, Some(2))]
fn what_is_no_export_is_refused_without_quoting_it(#[case] json: &str, #[case] newer: Option<u32>) {
    let error = items(json).unwrap_err();
    match (&error, newer) {
        (ImportError::NotAnExport { .. }, None) => {}
        (ImportError::Newer { found }, Some(version)) => assert_eq!(*found, version),
        _ => panic!("{error:?}"),
    }
    assert!(!error.to_string().contains("33142685300"), "{error}");
    assert!(error.message().id.starts_with("journal-import-"));
}

#[test]
fn what_a_later_version_adds_is_passed_over() {
    let json = full().exported(&Format::Json);
    let json = json.replacen("\"calls\"", "\"more\":{\"a\":[1]},\"calls\"", 1);
    let json = json.replace("\"unread\"", "\"more\":null,\"unread\"");
    assert_eq!(items(&json).unwrap().len(), 56);
}

#[test]
fn the_file_is_private_and_replaced_as_a_whole() {
    let desk = full();
    let file = desk.folder.path().join("calls.json");
    fs::write(&file, "an older one").unwrap();
    let mut exporter = Exporter::open(&desk.file()).unwrap();
    let written = exporter.write(&file, &Format::Json, at(5000)).unwrap();
    assert_eq!(written, Written { calls: 54 });
    assert_eq!(fs::read_to_string(&file).unwrap(), desk.exported(&Format::Json));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let folder = desk.folder.path().join("no such folder/calls.json");
    let error = exporter.write(&folder, &Format::Json, at(5000)).unwrap_err();
    assert_eq!(error.export_message().id, "journal-export-failed");
    // What fails at the end leaves nothing.
    let held = desk.folder.path().join("a folder");
    fs::create_dir(&held).unwrap();
    let names = || {
        let mut names: Vec<_> = fs::read_dir(desk.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .collect();
        names.sort();
        names
    };
    let before = names();
    assert!(exporter.write(&held, &Format::Json, at(5000)).is_err());
    assert_eq!(names(), before);
}

#[cfg(unix)]
#[test]
fn an_export_touches_no_other_file_and_follows_no_link() {
    let desk = full();
    let path = |name: &str| desk.folder.path().join(name);
    fs::write(path("mine"), "mine").unwrap();
    fs::write(path("calls.csv.partial"), "mine too").unwrap();
    std::os::unix::fs::symlink(path("mine"), path("other.csv.partial")).unwrap();
    std::os::unix::fs::symlink(path("mine"), path("linked.csv")).unwrap();
    let mut exporter = Exporter::open(&desk.file()).unwrap();
    for name in ["calls.csv", "other.csv", "linked.csv"] {
        exporter.write(&path(name), &Format::Json, at(5000)).unwrap();
        assert!(fs::symlink_metadata(path(name)).unwrap().is_file(), "{name}");
    }
    assert_eq!(fs::read_to_string(path("mine")).unwrap(), "mine");
    assert_eq!(fs::read_to_string(path("calls.csv.partial")).unwrap(), "mine too");
}

/// Text that programs have stumbled over.
const HOSTILE: [&str; 15] = [
    "=1+1",
    "+33142685300",
    "-2+3",
    "@SUM(A1)",
    " =cmd|' /C calc'!A0",
    "＝1+1",
    "a\u{202e}gnp.exe",
    "a\0b\u{7}c\u{1b}[31m",
    "say \"hi\", you; me",
    "line\r\nBEGIN:VEVENT\rATTENDEE:x\nX-EVIL:1",
    "back\\slash\\n",
    "<b>&amp;</b>",
    "ligne\u{2028}deux\u{85}trois",
    "\tTAB",
    "a;=cmd|' /C calc'!A0;b,=1+1\t=1|=1",
];

fn hostile() -> Desk {
    let mut desk = Desk::new();
    let long = "é".repeat(10_000);
    for (n, text) in HOSTILE.into_iter().chain([long.as_str()]).enumerate() {
        let id = format!("{n}{text}");
        let number = format!("+331426853{n:02}");
        desk.record(missed(&id, &number, i64::try_from(n).unwrap()), true);
        desk.named(&number, text, text);
        desk.journal.set_note(&key(&id), text).unwrap();
        let second = 100 + i64::try_from(n).unwrap();
        desk.record(
            call(&format!("o{n}"), Direction::Incoming, Some(text), second),
            true,
        );
    }
    // As an older program, or somebody else, may have left it.
    let raw = "UPDATE call SET name = '=1+1' || char(13) || 'x', note = '=1+1' || char(13, 10, 0) || 'x' WHERE call = 'o0'";
    desk.journal.db.execute_batch(raw).unwrap();
    desk
}

#[rstest]
#[case(b';', true, Language::Fr)]
#[case(b',', false, Language::En)]
fn a_spreadsheet_shows_hostile_text_as_text(
    #[case] separator: u8,
    #[case] bom: bool,
    #[case] language: Language,
) {
    let desk = hostile();
    let text = desk.exported(&csv(separator, bom, language));
    assert_eq!(text.starts_with('\u{feff}'), bom);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(records.len(), 1 + desk.rows().len());
    assert!(
        !records[0].iter().any(|cell| cell.starts_with("export-")),
        "{:?}",
        records[0]
    );
    for any in *b",;\t|" {
        let mut split = csv::ReaderBuilder::new()
            .delimiter(any)
            .has_headers(false)
            .flexible(true)
            .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        for cell in split.records().map(Result::unwrap).flat_map(|row| {
            let cells: Vec<String> = row.iter().map(str::to_owned).collect();
            cells
        }) {
            let first = cell.trim_start_matches([' ', '"']).chars().next();
            assert!(
                !first.is_some_and(|c| "=+-@\t\r\n＝＋－＠".contains(c)),
                "{cell:?}"
            );
        }
    }
    for cell in records.iter().flatten() {
        assert!(cell.chars().count() <= crate::journal::LONGEST_NOTE + 1);
        // Line breaks in notes apart, nothing that can't be seen.
        assert!(
            !cell
                .chars()
                .any(|c| c == '\u{202e}' || (c.is_control() && !matches!(c, '\n' | '\t'))),
            "{cell:?}"
        );
    }
    assert!(text.contains("'=1+1") && text.contains("say \"\"hi\"\", you; me"));
}

#[test]
fn a_spreadsheet_has_local_times_and_words() {
    let mut desk = Desk::new();
    let mut talk = talked(call("out", Direction::Outgoing, Some(PARTY), 30), 35);
    talk.status = Some("=NORMAL\u{202e} CLEARING".to_owned());
    desk.record(talk, false);
    desk.named(PARTY, "Aurélie Lecœur", "Société");
    let text = desk.exported(&csv(b';', true, Language::Fr));
    let lines: Vec<&str> = text.lines().collect();
    assert!(
        lines[0].contains("\"Début\";\"Conversation depuis\";\"Fin\""),
        "{}",
        lines[0]
    );
    // A call to a group has a row for each account, with the number of the group as the line of all of them.
    assert!(lines[0].ends_with(";\"Compte\""), "{}", lines[0]);
    // 2027-01-15 08:00:00 UTC is an hour later in Paris.
    assert_eq!(
        lines[1],
        "\"2027-01-15 09:00:30\";\"2027-01-15 09:00:35\";\"2027-01-15 09:01:35\";\"60\";\"sortant\";\"pris\";\
         \"01 42 68 53 00\";\"'+33142685300\";\"Aurélie Lecœur\";\"Société\";\"01 99 00 00 99\";\"\";\"\";\"'=NORMAL CLEARING\";\"1001\""
    );
}

/// RFC 5545 unfolded: name and value of each line.
fn content_lines(calendar: &str) -> Vec<(String, String)> {
    assert!(calendar.ends_with("\r\n"));
    for line in calendar.split("\r\n") {
        assert!(line.len() <= 75 && !line.contains(['\r', '\n']), "{line:?}");
        assert!(!line.chars().any(|c| c.is_control() && c != '\t'), "{line:?}");
    }
    let unfolded = calendar.replace("\r\n ", "");
    unfolded
        .trim_end()
        .split("\r\n")
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap_or_else(|| panic!("{line:?}"));
            (name.to_owned(), value.to_owned())
        })
        .collect()
}

#[test]
fn a_calendar_holds_one_event_a_call_whatever_the_text() {
    for desk in [hostile(), full()] {
        let lines = content_lines(&desk.exported(&Format::Calendar(Language::Fr)));
        let count = |name: &str, value: &str| {
            lines
                .iter()
                .filter(|line| line.0 == name && line.1 == value)
                .count()
        };
        let calls = desk.rows().len();
        assert_eq!((count("BEGIN", "VEVENT"), count("END", "VEVENT")), (calls, calls));
        let known = [
            "BEGIN",
            "END",
            "VERSION",
            "PRODID",
            "CALSCALE",
            "METHOD",
            "UID",
            "DTSTAMP",
            "DTSTART",
            "DTEND",
            "SUMMARY",
            "DESCRIPTION",
            "TRANSP",
            "CLASS",
        ];
        assert!(
            lines.iter().all(|line| known.contains(&line.0.as_str())),
            "{lines:?}"
        );
        let mut ids: Vec<_> = lines.iter().filter(|line| line.0 == "UID").collect();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), calls);
    }
}

#[test]
fn an_event_says_who_when_and_what_was_noted() {
    let mut desk = Desk::new();
    desk.record(missed("a,b", PARTY, 30), true);
    desk.named(PARTY, "Lecœur; Aurélie", "");
    desk.journal.set_note(&key("a,b"), "Devis\nété").unwrap();
    let calendar = desk.exported(&Format::Calendar(Language::Fr));
    for wanted in [
        "UID:1001.a\\,b@centrex-tray\r\n",
        "DTSTAMP:20270115T092320Z\r\n",
        "DTSTART:20270115T080030Z\r\nDTEND:20270115T080050Z\r\n",
        "SUMMARY:Appel manqué\u{a0}: Lecœur\\; Aurélie\r\n",
        "DESCRIPTION:01 42 68 53 00\\n01 99 00 00 99\\nDevis\\nété\r\n",
    ] {
        assert!(calendar.contains(wanted), "{wanted} in {calendar}");
    }
}

#[test]
fn hostile_text_comes_back_from_json_as_it_was() {
    let from = hostile();
    let mut to = Desk::new();
    to.imported(&from.exported(&Format::Json));
    let (mut kept, mut rows) = (to.rows(), from.rows());
    // The row that no program of ours would have written is tidied.
    kept.retain(|row| row.call.call_id.0 != "o0");
    rows.retain(|row| row.call.call_id.0 != "o0");
    assert_eq!(kept, rows);
}

#[test]
fn an_import_tidies_what_it_takes() {
    let mut desk = full();
    let json = desk
        .exported(&Format::Json)
        .replace("Aurélie Lecœur", "A\\u202eB\\n");
    desk.journal.delete_all(at(0)).unwrap();
    desk.imported(&json);
    let name = Name {
        display: Some("AB".into()),
        ..desk.row("out").name.unwrap()
    };
    assert_eq!(desk.row("out").name, Some(name));
}

#[test]
fn an_export_reads_while_the_owner_writes() {
    let mut desk = full();
    let mut exporter = Exporter::open(&desk.file()).unwrap();
    desk.record(missed("during", PARTY, 500), true);
    let mut out = Vec::new();
    let written = exporter.write_to(&mut out, &Format::Json, at(0)).unwrap();
    assert_eq!(written.calls, 55);
    let nowhere = desk.folder.path().join("none.db");
    assert!(Exporter::open(&nowhere).is_err());
    assert!(!nowhere.exists());
    let _: &Journal = &desk.journal;
}
