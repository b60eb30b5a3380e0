//! Words and numbers as the search sees them.
//!
//! The full-text index is told finished terms, so that every query is a set of whole terms and the index walks them from the
//! newest call on, stopping at the page's end, however common they are:
//!
//! - a word (folded: no accents, no case, `œ` as `oe`) stands as each of its beginnings up to [`EDGE`] characters;
//! - a number stands as its pieces of one to [`GRAM`] digits, marked with `#`, in each way to write it;
//! - facts that filters ask for are marked with `@`.
//!
//! The index may name a call too many (a long word's end, digits that aren't neighbours), never one too few;
//! [`Search::matches`] has the last word.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use icu_normalizer::DecomposingNormalizerBorrowed;
use icu_normalizer::properties::CanonicalCombiningClassMapBorrowed;
use telephony::{AccountId, Call, Direction, Party};

use super::row::{Row, is_withheld};
use crate::view::Outcome;

/// Beginnings of a word that are terms of their own.
const EDGE: usize = 12;
/// Digits in the longest piece of a number.
const GRAM: usize = 3;
/// Characters of a word that count, in calls and in queries.
const LONGEST_WORD: usize = 64;
/// Words of a query that count.
const MOST_TERMS: usize = 16;
/// Calling codes in whose place a zero is written at home: metropolitan France, Réunion and Mayotte, Guadeloupe, Guyane,
/// Martinique.
const ZERO_INSTEAD: [&str; 5] = ["33", "262", "590", "594", "596"];
/// Saint-Pierre-et-Miquelon: from the rest of France, a zero stands before the whole number.
const ZERO_BEFORE: &str = "508";

/// Without accents and case; compatibility forms as what they stand for.
fn fold(text: &str) -> String {
    let classes = CanonicalCombiningClassMapBorrowed::new();
    let mut folded = String::with_capacity(text.len());
    let plain = DecomposingNormalizerBorrowed::new_nfkd()
        .normalize_iter(text.chars())
        .filter(|c| classes.get_u8(*c) == 0)
        .flat_map(char::to_lowercase);
    for c in plain {
        match c {
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            'ß' => folded.push_str("ss"),
            'ø' => folded.push('o'),
            'ł' => folded.push('l'),
            'đ' => folded.push('d'),
            c => folded.push(c),
        }
    }
    folded
}

fn words(text: &str) -> Vec<String> {
    fold(text)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| word.chars().take(LONGEST_WORD).collect())
        .collect()
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

/// A call's other party in each way to write it, digits only.
fn numbers(call: &Call) -> Vec<String> {
    match call.other_party() {
        None => Vec::new(),
        Some(Party::Other(text)) => vec![digits(text)],
        Some(Party::Number(number)) => {
            let all = number.digits();
            let rest = ZERO_INSTEAD.iter().find_map(|code| all.strip_prefix(code));
            let national = rest.or_else(|| all.starts_with(ZERO_BEFORE).then_some(all));
            let mut forms = vec![all.to_owned()];
            forms.extend(national.map(|rest| format!("0{rest}")));
            forms
        }
    }
}

/// The words that a call can be found by.
fn words_of(row: &Row) -> Vec<String> {
    let mut found = words(&row.note);
    if let Some(name) = &row.name {
        for text in [&name.display, &name.company].into_iter().flatten() {
            found.extend(words(text));
        }
    }
    if let Some(Party::Other(text)) = row.call.other_party() {
        found.extend(words(text));
    }
    found
}

fn beginning(word: &str) -> &str {
    word.char_indices()
        .nth(EDGE)
        .map_or(word, |(end, _)| &word[..end])
}

/// What the index is told of a call. The same row gives the same text: it is needed again to take the row out.
pub(super) fn document(row: &Row) -> String {
    let mut terms = BTreeSet::new();
    for word in words_of(row) {
        for (end, c) in beginning(&word).char_indices() {
            terms.insert(word[..end + c.len_utf8()].to_owned());
        }
    }
    for number in numbers(&row.call) {
        for length in 1..=GRAM {
            // Digits are one byte each.
            for start in 0..(number.len() + 1).saturating_sub(length) {
                terms.insert(format!("#{}", &number[start..start + length]));
            }
        }
    }
    terms.insert(account_term(&row.call.account_id));
    let facts = Fact::ALL.into_iter().filter(|fact| fact.holds(row));
    terms.extend(facts.map(|fact| fact.term().to_owned()));
    let terms: Vec<String> = terms.into_iter().collect();
    terms.join(" ")
}

fn account_term(account: &AccountId) -> String {
    // Account ids are opaque: as hexadecimal they are one term whatever they hold.
    account.0.bytes().fold(String::from("@a"), |mut term, byte| {
        let _ = write!(term, "{byte:02x}");
        term
    })
}

/// What a filter can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fact {
    Incoming,
    Outgoing,
    Missed,
    ToCallBack,
    Withheld,
}

impl Fact {
    const ALL: [Self; 5] = [
        Self::Incoming,
        Self::Outgoing,
        Self::Missed,
        Self::ToCallBack,
        Self::Withheld,
    ];

    fn holds(self, row: &Row) -> bool {
        match self {
            Self::Incoming => row.call.direction == Direction::Incoming,
            Self::Outgoing => row.call.direction == Direction::Outgoing,
            Self::Missed => row.outcome == Outcome::Missed,
            Self::ToCallBack => row.call_back.is_wanted(),
            Self::Withheld => is_withheld(&row.call),
        }
    }

    fn term(self) -> &'static str {
        match self {
            Self::Incoming => "@in",
            Self::Outgoing => "@out",
            Self::Missed => "@missed",
            Self::ToCallBack => "@back",
            Self::Withheld => "@withheld",
        }
    }
}

/// What to look for; every part must hold.
#[derive(Clone, Debug)]
pub(super) struct Search {
    terms: Vec<Term>,
    fact: Option<Fact>,
    account: Option<AccountId>,
}

#[derive(Clone, Debug)]
enum Term {
    /// Begins a word.
    Word(String),
    /// Stands in the number (in one of these ways), or else each of these begins a word: a note may hold digits too.
    Digits { digits: Vec<String>, words: Vec<String> },
}

impl Search {
    pub(super) fn new(text: &str, fact: Option<Fact>, account: Option<&AccountId>) -> Self {
        Self {
            terms: terms(text),
            fact,
            account: account.cloned(),
        }
    }

    /// For the index; `None`: every call may match.
    pub(super) fn expression(&self) -> Option<String> {
        let quoted = |term: &str| format!("\"{term}\"");
        let mut parts: Vec<String> = self.terms.iter().map(Term::expression).collect();
        parts.extend(self.fact.map(|fact| quoted(fact.term())));
        parts.extend(
            self.account
                .as_ref()
                .map(|account| quoted(&account_term(account))),
        );
        (!parts.is_empty()).then(|| parts.join(" AND "))
    }

    pub(super) fn matches(&self, row: &Row) -> bool {
        if self.fact.is_some_and(|fact| !fact.holds(row))
            || self
                .account
                .as_ref()
                .is_some_and(|account| *account != row.call.account_id)
        {
            return false;
        }
        if self.terms.is_empty() {
            return true;
        }
        let (words, numbers) = (words_of(row), numbers(&row.call));
        let begins = |part: &String| words.iter().any(|word| word.starts_with(part.as_str()));
        self.terms.iter().all(|term| match term {
            Term::Word(part) => begins(part),
            Term::Digits { digits, words } => {
                let inside = |part: &String| numbers.iter().any(|number| number.contains(part.as_str()));
                digits.iter().any(inside) || words.iter().all(begins)
            }
        })
    }
}

impl Term {
    fn expression(&self) -> String {
        let all = |terms: Vec<String>| format!("({})", terms.join(" AND "));
        let begins = |word: &String| format!("\"{}\"", beginning(word));
        match self {
            Self::Word(word) => begins(word),
            Self::Digits { digits, words } => {
                let mut ways: Vec<String> = digits.iter().map(|digits| all(pieces(digits))).collect();
                ways.push(all(words.iter().map(begins).collect()));
                format!("({})", ways.join(" OR "))
            }
        }
    }
}

/// The terms that a number holding these digits has for certain.
fn pieces(digits: &str) -> Vec<String> {
    let length = digits.len().min(GRAM);
    let pieces: BTreeSet<String> = (0..=digits.len() - length)
        .map(|start| format!("\"#{}\"", &digits[start..start + length]))
        .collect();
    pieces.into_iter().collect()
}

/// Pieces that may belong to one number: `01 42`, `+33`, `(0)1.42`.
fn is_of_a_number(chunk: &str) -> bool {
    let allowed = |c: char| c.is_ascii_digit() || "+().-/".contains(c);
    chunk.chars().all(allowed) && chunk.contains(|c: char| c.is_ascii_digit())
}

fn terms(text: &str) -> Vec<Term> {
    let mut terms = Vec::new();
    let mut chunks = text.split_whitespace().peekable();
    while let Some(chunk) = chunks.next() {
        if terms.len() >= MOST_TERMS {
            break;
        }
        if !is_of_a_number(chunk) {
            terms.extend(words(chunk).into_iter().map(Term::Word));
            continue;
        }
        let mut run = chunk.to_owned();
        while let Some(next) = chunks.next_if(|next| is_of_a_number(next)) {
            run.push(' ');
            run.push_str(next);
        }
        terms.push(number_term(&run));
    }
    terms.truncate(MOST_TERMS);
    terms
}

fn number_term(run: &str) -> Term {
    let international = run.starts_with('+') || run.starts_with("00");
    // `+33 (0)1 …`: that zero is dialled inside the country only.
    let told = if international {
        run.replace("(0)", "")
    } else {
        run.to_owned()
    };
    let mut all = digits(&told);
    all.truncate(LONGEST_WORD);
    let mut ways = Vec::new();
    if let Some(rest) = all.strip_prefix("00")
        && !rest.is_empty()
    {
        ways.push(rest.to_owned());
    }
    if !all.is_empty() {
        ways.push(all);
    }
    let mut words = words(run);
    words.truncate(MOST_TERMS);
    Term::Digits { digits: ways, words }
}
