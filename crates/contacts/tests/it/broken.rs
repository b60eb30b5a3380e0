//! A thousand cards, each broken somewhere: none is lost silently and none makes the reader fall.

use contacts::synthetic;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

/// One way to break a card between its first and its last line.
fn broken() -> impl Strategy<Value = (usize, usize, u8)> {
    (0..usize::MAX, 0..usize::MAX, any::<u8>())
}

fn break_it(card: &str, (place, kind, byte): (usize, usize, u8)) -> Vec<u8> {
    let first = "BEGIN:VCARD\r\n".len();
    let inside = card.len() - "END:VCARD\r\n".len() - first;
    let at = first + place % inside;
    let mut bytes = card.as_bytes().to_vec();
    match kind % 8 {
        0 => bytes[at] = byte,
        1 => drop(bytes.remove(at)),
        2 => bytes.splice(at..at, [byte; 7]).for_each(drop),
        3 => bytes.splice(at..at, *b"\\").for_each(drop),
        4 => bytes
            .splice(at..at, *b";ENCODING=QUOTED-PRINTABLE:=")
            .for_each(drop),
        5 => bytes.splice(at..at, *b";CHARSET=nonsense;TYPE=\"").for_each(drop),
        6 => bytes
            .splice(at..at, "\u{202e}\u{0}\u{feff}".bytes())
            .for_each(drop),
        _ => drop(bytes.drain(first..first + place % inside)),
    }
    bytes
}

#[test]
fn a_thousand_broken_cards_are_accounted_for_one_by_one() {
    const COUNT: usize = 1_000;
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]),
    );
    let whole = synthetic::vcards(COUNT);
    let mut file = Vec::new();
    let mut lines = Vec::new();
    for card in whole.split_inclusive("END:VCARD\r\n") {
        lines.push(file.iter().filter(|byte| **byte == b'\n').count() as u64 + 1);
        let how = broken().new_tree(&mut runner).unwrap().current();
        let mut bytes = break_it(card, how);
        // A break that takes the border away is the next test's.
        if !bytes.ends_with(b"\nEND:VCARD\r\n") {
            bytes
                .splice(bytes.len() - 11.., *b"\r\nEND:VCARD\r\n")
                .for_each(drop);
        }
        file.extend(bytes);
    }
    let preview = super::try_preview(&file).unwrap();
    let mut accounted: Vec<u64> = preview.entries().map(|(line, _)| line).collect();
    accounted.extend(preview.rejected.iter().map(|one| one.line));
    accounted.extend(preview.duplicates.iter().map(|one| one.line));
    accounted.sort_unstable();
    assert_eq!(accounted, lines);
    assert!(preview.len() > COUNT / 2, "{} of {COUNT}", preview.len());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    /// Breaks anywhere, borders included: nothing falls, and all lines are told within the file.
    #[test]
    fn no_bytes_make_the_reader_fall(
        cards in 1usize..8,
        cuts in prop::collection::vec((any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 0..6)), 0..12),
    ) {
        let mut bytes = synthetic::vcards(cards).into_bytes();
        for (at, with) in cuts {
            let at = at.index(bytes.len());
            let end = (at + with.len() / 2).min(bytes.len());
            bytes.splice(at..end, with);
        }
        let last = bytes.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
        if let Ok(preview) = super::try_preview(&bytes) {
            prop_assert!(preview.rejected.iter().all(|one| (1..=last).contains(&one.line)));
            prop_assert!(preview.entries().all(|(line, card)| (1..=last).contains(&line) && !card.display_name().is_empty()));
        }
    }
}
