//! Entries of a file become contacts, and those that are one contact are taken together.

use std::collections::HashMap;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use super::packed::Packed;
use super::{
    Duplicate, MOST_ENTRIES, MOST_NUMBERS_OF_FILE, MOST_ODD_NUMBERS, OddNumber, Rejected, Shortened,
    Unreadable, Watch, Why,
};
use crate::draft::{Cut, Draft};
use crate::model::{Card, Number};
use crate::numbering::Numbering;

/// Entries whose numbers are read at once. Reading them is most of an import's work, and each stands for itself.
const PIECE: usize = 2_000;
/// More processors than that aren't taken from whoever else works.
const MOST_THREADS: usize = 4;

/// What a file gives.
#[derive(Default)]
pub(crate) struct Gathered {
    pub entries: Packed,
    pub rejected: Vec<Rejected>,
    pub duplicates: Vec<Duplicate>,
    pub shortened: Vec<Shortened>,
    pub odd_numbers: Vec<OddNumber>,
    pub odd_number_count: usize,
}

impl Gathered {
    /// Remembers what of a card isn't taken as the file says it.
    fn note(&mut self, line: u64, card: &Card, cut: Vec<Cut>) {
        let contact = || card.display_name().to_owned();
        if !cut.is_empty() {
            self.shortened.push(Shortened {
                line,
                contact: contact(),
                what: cut,
            });
        }
        for number in card.numbers.iter().filter(|number| number.party.is_none()) {
            self.odd_number_count += 1;
            if self.odd_numbers.len() < MOST_ODD_NUMBERS {
                self.odd_numbers.push(OddNumber {
                    line,
                    contact: contact(),
                    number: number.text.clone(),
                });
            }
        }
    }
}

/// What was read so far.
pub(crate) struct Gathering<'a, 'w> {
    numbering: &'a Numbering,
    watch: &'a mut Watch<'w>,
    /// Entries and numbers taken so far, as they stand in the file.
    entries: usize,
    numbers: usize,
    /// Nothing more is taken, and nothing given.
    stopped: Option<Unreadable>,
    /// Read, and their numbers not yet.
    waiting: Vec<(u64, Draft)>,
    /// Entries by what makes two cards one contact.
    known: HashMap<String, usize>,
    gathered: Gathered,
}

impl<'a, 'w> Gathering<'a, 'w> {
    pub fn new(numbering: &'a Numbering, watch: &'a mut Watch<'w>) -> Self {
        Self {
            numbering,
            watch,
            entries: 0,
            numbers: 0,
            stopped: None,
            waiting: Vec::new(),
            known: HashMap::new(),
            gathered: Gathered::default(),
        }
    }

    pub fn reject(&mut self, line: u64, why: Why) {
        self.gathered.rejected.push(Rejected { line, why });
    }

    /// The file is read so far, in bytes. Breaks when it isn't to be read on.
    pub fn reach(&mut self, byte: usize) -> ControlFlow<()> {
        self.watch.reach(byte);
        if self.stopped.is_none() && self.watch.is_cancelled() {
            self.stopped = Some(Unreadable::Cancelled);
        }
        match self.stopped {
            Some(_) => ControlFlow::Break(()),
            None => ControlFlow::Continue(()),
        }
    }

    pub fn take(&mut self, line: u64, read: Result<Draft, Why>) {
        self.entries += 1;
        self.numbers += read.as_ref().map_or(0, |draft| draft.numbers.len());
        if self.entries > MOST_ENTRIES || self.numbers > MOST_NUMBERS_OF_FILE {
            self.stopped.get_or_insert(Unreadable::TooMany);
            return;
        }
        match read {
            Ok(draft) => self.waiting.push((line, draft)),
            Err(why) => self.reject(line, why),
        }
        if self.waiting.len() >= PIECE {
            self.settle();
            self.watch.tell();
        }
    }

    /// All of it, in the order of lines.
    ///
    /// # Errors
    /// [`Unreadable::TooMany`], [`Unreadable::Cancelled`]
    pub fn end(mut self) -> Result<Gathered, Unreadable> {
        if self.stopped.is_none() {
            self.settle();
        }
        if self.watch.is_cancelled() {
            return Err(Unreadable::Cancelled);
        }
        if let Some(stopped) = self.stopped {
            return Err(stopped);
        }
        self.watch.end();
        // Those that turn out blank are found later than those that can't be read.
        self.gathered.rejected.sort_by_key(|rejected| rejected.line);
        Ok(self.gathered)
    }

    fn settle(&mut self) {
        let waiting = std::mem::take(&mut self.waiting);
        for (line, (card, cut)) in finish(waiting, self.numbering, self.watch.cancel()) {
            self.settle_one(line, card, cut);
        }
    }

    fn settle_one(&mut self, line: u64, card: Card, cut: Vec<Cut>) {
        if card.is_blank() {
            return self.reject(line, Why::Blank);
        }
        let gathered = &mut self.gathered;
        gathered.note(line, &card, cut);
        let keys = keys(&card);
        let known = keys
            .iter()
            .find_map(|key| Some((self.known.get(key).copied()?, key.as_str())));
        let entry = match known.and_then(|(entry, key)| Some((entry, key, gathered.entries.get(entry)?))) {
            None => gathered.entries.push(line, &card),
            Some((entry, key, earlier)) => {
                gathered.duplicates.push(Duplicate { line, entry });
                // The same UID: the later card is the newer state of it.
                let newer = earlier.updated_by(card, key.starts_with("u:"));
                gathered.entries.replace(entry, &newer);
                entry
            }
        };
        for key in keys {
            self.known.entry(key).or_insert(entry);
        }
    }
}

/// Reads the numbers of drafts, on several threads when there are many; the order stays. Once cancelled, the rest is left out.
fn finish(
    drafts: Vec<(u64, Draft)>,
    numbering: &Numbering,
    cancel: &AtomicBool,
) -> Vec<(u64, (Card, Vec<Cut>))> {
    let read = |drafts: Vec<(u64, Draft)>| -> Vec<_> {
        let finished = drafts
            .into_iter()
            .take_while(|_| !cancel.load(Ordering::Relaxed))
            .map(|(line, draft)| (line, draft.finish(numbering)));
        finished.collect()
    };
    let threads = thread::available_parallelism()
        .map_or(1, NonZero::get)
        .min(MOST_THREADS);
    if threads < 2 || drafts.len() < PIECE {
        return read(drafts);
    }
    let size = drafts.len().div_ceil(threads);
    let mut parts: Vec<Vec<(u64, Draft)>> = Vec::new();
    let mut rest = drafts;
    while rest.len() > size {
        let after = rest.split_off(size);
        parts.push(std::mem::replace(&mut rest, after));
    }
    thread::scope(|scope| {
        let working: Vec<_> = parts.into_iter().map(|part| scope.spawn(|| read(part))).collect();
        let last = read(rest);
        let mut all = Vec::new();
        for thread in working {
            // A panic of the thread is one of ours.
            all.extend(
                thread
                    .join()
                    .unwrap_or_else(|panic| std::panic::resume_unwind(panic)),
            );
        }
        all.extend(last);
        all
    })
}

/// What makes two cards one contact: the UID, else name and a number; without a number, the name.
fn keys(card: &Card) -> Vec<String> {
    let name = card.name_key();
    let mut keys: Vec<String> = card.uid.iter().map(|uid| format!("u:{uid}")).collect();
    let number = |number: &Number| format!("n:{name}\u{1f}{}", number.same());
    keys.extend(card.numbers.iter().map(number));
    if card.numbers.is_empty() {
        keys.push(format!("x:{name}"));
    }
    keys
}
