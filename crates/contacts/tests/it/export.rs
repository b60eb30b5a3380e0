//! Out, and in again.

use contacts::export::{TableOptions, Whose};
use contacts::{Card, Label};
use telephony::Language;

use super::{Book, cards, person, preview};

fn book() -> Book {
    let mut book = Book::new();
    let mut draft = person(
        "=HYPERLINK(\"http://x\")",
        &[
            (Label::Mobile, "06 39 98 00 11"),
            (Label::Work, "01 99 00 00 20 poste 204"),
        ],
    );
    draft.name.given = "+Marie".to_owned();
    draft.company = "-2+3; \"Chêne, fils\"".to_owned();
    draft.emails = vec!["@a@example.com".to_owned(), "b@example.com".to_owned()];
    draft.note = "@SUM(A1)\n'=deux\nun;=cmd|'/C calc'!A0;trois,\"=4\"\t=5|=6".to_owned();
    draft.url = "https://example.com/a;b,c".to_owned();
    draft.numbers[1].label = Label::Other;
    draft.numbers[1].written = "Ligne du labo".to_owned();
    book.save(draft);
    let mut company = person("", &[(Label::Main, "3639")]);
    company.company = "'=Société".to_owned();
    book.save(company);
    book
}

/// Without what a file writes another way: the numbers' own text.
fn essence(mut cards: Vec<Card>) -> Vec<Card> {
    for card in &mut cards {
        for number in &mut card.numbers {
            number.text.clear();
        }
    }
    cards.sort_by_key(|card| card.uid.clone());
    cards
}

fn all(book: &Book) -> Vec<Card> {
    let contacts = book.store.read().search("", 100).unwrap().contacts;
    contacts.into_iter().map(|contact| contact.card).collect()
}

#[test]
fn cards_come_back_as_they_went() {
    let book = book();
    let mut file = Vec::new();
    assert_eq!(book.store.read().export_vcard(Whose::Own, &mut file).unwrap(), 2);
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.starts_with("BEGIN:VCARD\r\nVERSION:4.0\r\n"));
    let read = preview(&file);
    assert!(read.rejected.is_empty());
    assert_eq!(essence(cards(&read)), essence(all(&book)));
}

#[test]
fn tables_come_back_as_they_went_and_hold_no_formula() {
    let book = book();
    for (language, separator, bom) in [(Language::Fr, b';', true), (Language::En, b',', false)] {
        let options = TableOptions {
            language,
            separator,
            bom,
        };
        let mut file = Vec::new();
        assert_eq!(book.store.read().export_csv(true, options, &mut file).unwrap(), 2);
        assert_eq!(file.starts_with("\u{feff}".as_bytes()), bom);
        // Every cell is quoted: most programs that split at another separator begin no cell within one.
        let mut quoted = csv::WriterBuilder::new()
            .delimiter(separator)
            .terminator(csv::Terminator::CRLF)
            .quote_style(csv::QuoteStyle::Always)
            .from_writer(Vec::new());
        let mut again = csv::ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .from_reader(file.as_slice());
        for row in again.byte_records() {
            quoted.write_byte_record(&row.unwrap()).unwrap();
        }
        let text = file.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&file);
        assert_eq!(quoted.into_inner().unwrap(), text);
        for any in *b",;\t|" {
            let mut table = csv::ReaderBuilder::new()
                .delimiter(any)
                .flexible(true)
                .from_reader(text);
            let mut rows = 0;
            for row in table.records() {
                rows += 1;
                for cell in &row.unwrap() {
                    let begin = cell.trim_start_matches([' ', '"']);
                    assert!(!begin.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
                }
            }
            assert!(rows >= 2);
        }
        let read = preview(&file);
        assert!(read.rejected.is_empty());
        assert_eq!(essence(cards(&read)), essence(all(&book)));
    }
}
