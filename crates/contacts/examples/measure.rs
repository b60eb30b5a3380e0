//! Times the book with made-up contacts: `cargo run --release -p contacts --example measure -- 50000`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a tool for the terminal")]

use std::time::Instant;

use contacts::import::{Hint, Watch, preview};
use contacts::{Numbering, Store, synthetic};
use telephony::E164;

fn main() {
    let count: usize = std::env::args()
        .nth(1)
        .and_then(|count| count.parse().ok())
        .unwrap_or(50_000);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.db");
    let numbering = Numbering::default();
    let file = synthetic::vcards(count);
    let now = jiff::Timestamp::UNIX_EPOCH;
    let (mut store, _) = Store::open(&path, numbering.clone(), now).unwrap();

    let start = Instant::now();
    let cards = preview(file.as_bytes(), &Hint::default(), &numbering, &mut Watch::none()).unwrap();
    println!("preview   {:>9.1?}  {} contacts", start.elapsed(), cards.len());
    let start = Instant::now();
    let imported = store.import(&cards, now, &mut Watch::none()).unwrap();
    println!("import    {:>9.1?}  {:?}", start.elapsed(), imported.count);
    let start = Instant::now();
    let compared = store.read().compare(&cards, &mut Watch::none()).unwrap();
    println!("compare   {:>9.1?}  {compared:?}", start.elapsed());
    drop((cards, file, store));
    let start = Instant::now();
    let (store, _) = Store::open(&path, numbering, now).unwrap();
    println!(
        "open      {:>9.1?}  {} bytes",
        start.elapsed(),
        std::fs::metadata(&path).unwrap().len()
    );

    let reader = store.reader().unwrap();
    let mut times = Vec::new();
    for index in (0..count).step_by((count / 1000).max(1)) {
        let number = E164::parse(&format!("336{}", 10_000_000 + index)).unwrap();
        let start = Instant::now();
        assert!(!reader.lookup(&number).unwrap().is_empty());
        times.push(start.elapsed());
    }
    times.sort();
    let at = |part: usize| times[(times.len() - 1) * part / 100];
    println!(
        "lookup    {:>9.1?}  median of {}; 99 of 100 within {:?}",
        at(50),
        times.len(),
        at(99)
    );
    for text in [
        "",
        "e",
        "el",
        "elodie",
        "elodie lefe",
        "lefevre 12",
        "garage",
        "0",
        "06",
        "06 10 0",
        "4999",
        "0610049999",
        "123456",
        "99999999",
        "marie 0610",
        "contact49999",
        "zzz",
        "example",
    ] {
        let mut found = 0;
        let mut times = [(); 5].map(|()| {
            let start = Instant::now();
            found = reader.search(text, 50).unwrap().contacts.len();
            start.elapsed()
        });
        times.sort();
        println!(
            "search    {:>9.1?}  {text:?}: {found}, slowest {:.1?}",
            times[2], times[4]
        );
    }
    // Linux only: pages of 4 KiB.
    if let Ok(memory) = std::fs::read_to_string("/proc/self/statm") {
        let resident: Option<u64> = memory.split(' ').nth(1).and_then(|pages| pages.parse().ok());
        println!(
            "resident  {:>6} KiB  two connections, after the import",
            resident.unwrap_or_default() * 4
        );
    }
}
