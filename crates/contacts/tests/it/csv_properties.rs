//! Tables of any content come back as they went out.

use contacts::{Draft, Name, Numbering};
use proptest::prelude::*;

fn write(rows: &[(String, String, String)], separator: u8, crlf: bool) -> Vec<u8> {
    let mut table = csv::WriterBuilder::new()
        .delimiter(separator)
        .terminator(if crlf {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        })
        .from_writer(Vec::new());
    table.write_record(["Nom complet", "Société", "Note"]).unwrap();
    for (name, company, note) in rows {
        table.write_record([name, company, note]).unwrap();
    }
    table.into_inner().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_row_is_an_entry_a_duplicate_or_rejected(
        rows in prop::collection::vec(("[a-z=+@' \",;\n]{0,12}", "[A-Zé\";,|\t]{0,8}", "[a-z\n\"]{0,10}"), 1..20),
        separator in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        crlf: bool,
    ) {
        let bytes = write(&rows, separator, crlf);
        let preview = super::try_preview(&bytes).unwrap();
        let blank = |row: &(String, String, String)| [&row.0, &row.1, &row.2].iter().all(|cell| cell.trim().is_empty());
        let told = preview.len() + preview.duplicates.len() + preview.rejected.len();
        prop_assert_eq!(told, rows.iter().filter(|row| !blank(row)).count());
    }

    #[test]
    fn what_is_read_is_what_was_written(
        rows in prop::collection::vec(("[A-Z][a-zé\";,]{1,12}", "[A-Zé\";,|]{0,8}", "[a-z\"; ]{0,10}"), 1..20),
        separator in prop::sample::select(vec![b',', b';', b'\t', b'|']),
        crlf: bool,
    ) {
        // Names of their own, so that no two rows say the same contact.
        let rows: Vec<_> = (0..).zip(rows).map(|(count, (name, company, note))| (format!("{name}{count}"), company, note)).collect();
        let bytes = write(&rows, separator, crlf);
        let preview = super::try_preview(&bytes).unwrap();
        prop_assert!(preview.rejected.is_empty() && preview.duplicates.is_empty());
        let read: Vec<_> = preview.entries().map(|(_, card)| card).collect();
        let wanted = rows.into_iter().map(|(full, company, note)| {
            let name = Name { full, ..Name::default() };
            Draft { name, company, note, ..Draft::default() }.finish(&Numbering::default()).0
        });
        prop_assert_eq!(read, wanted.collect::<Vec<_>>());
    }

    #[test]
    fn no_text_makes_the_reader_fall(text in "(\"|;|,|\n|\r|[a-z]|=|tel|nom){0,60}") {
        let text = format!("nom;tel\n{text}");
        let read = super::try_preview(text.as_bytes());
        let lines = text.matches('\n').count() as u64 + 1;
        if let Ok(preview) = read {
            prop_assert!(preview.rejected.iter().all(|one| one.line <= lines));
        }
    }
}
