use proptest::prelude::*;
use rstest::rstest;
use telephony::{AccountId, Direction};

use super::{Desk, call, key, missed, talked, text};
use crate::journal::{Cursor, Filter, LONGEST_PAGE, Query, Row, search};
use crate::testing::at;
use crate::view::Outcome;

#[rstest]
#[case("aur", true)]
#[case("AURÉLIE", true)]
#[case("aure\u{301}lie", true)]
#[case("lie", false)]
#[case("lecoeur", true)]
#[case("cœur", false)]
#[case("o'br", true)]
#[case("brien", true)]
#[case("bâti 12", true)]
#[case("bati lecoeur aur", true)]
#[case("bati durand", false)]
#[case("devis", true)]
#[case("anticonstitutionnellement", true)]
#[case("anticonstitutionnellesment", false)]
#[case("0142685300", true)]
#[case("01 42 68 53 00", true)]
#[case("01.42.68", true)]
#[case("+33 1 42 68", true)]
#[case("+33 (0)1 42 68", true)]
#[case("0033142", true)]
#[case("33142685300", true)]
#[case("8530", true)]
#[case("5", true)]
#[case("9", false)]
#[case("4268 0", false)]
#[case("142685301", false)]
#[case("2026 devis", true)]
#[case("", true)]
#[case("  - ’ \" * ( ) AND", false)]
#[case("\"* OR NEAR(", false)]
#[case("\u{202e}-", true)]
#[case("\0", true)]
fn a_call_is_found_by(#[case] query: &str, #[case] found: bool) {
    let mut desk = Desk::new();
    desk.record(missed("a", "+33142685300", 0), false);
    desk.named("+33142685300", "Aurélie Lecœur-O’Brien", "Bâti 12");
    desk.journal
        .set_note(&key("a"), "Devis 2026, anticonstitutionnellement bon")
        .unwrap();
    assert_eq!(desk.found(&text(query)).len(), usize::from(found));
}

#[rstest]
#[case("+262262123456", "0262 12 34")]
#[case("+590590123456", "0590 12")]
#[case("+508411234", "0508 41")]
#[case("+442079460958", "2079")]
#[case("+442079460958", "+44 20")]
#[case("3639", "36 39")]
#[case("alice", "ali")]
#[case("204", "04")]
fn numbers_are_found_as_people_write_them(#[case] number: &str, #[case] query: &str) {
    let mut desk = Desk::new();
    desk.record(missed("a", number, 0), false);
    assert_eq!(desk.found(&text(query)), ["a"]);
}

#[test]
fn pages_follow_one_another_without_a_gap() {
    let mut desk = Desk::new();
    for n in 0..25 {
        // Three at one instant, as when one call rings on three accounts.
        desk.record(missed(&format!("{n:02}"), "+33142685300", n / 3), false);
    }
    for words in ["", "0142"] {
        let mut query = text(words);
        query.limit = 4;
        let (mut all, mut pages) = (Vec::new(), 0);
        loop {
            let page = desk.journal.search(&query).unwrap();
            all.extend(page.rows.into_iter().map(|row| row.call.call_id.0));
            pages += 1;
            match page.next {
                Some(next) => query.before = Some(next.to_string().parse::<Cursor>().unwrap()),
                None => break,
            }
        }
        assert_eq!(pages, 7);
        let expected: Vec<_> = (0..25).rev().map(|n| format!("{n:02}")).collect();
        assert_eq!(all, expected);
    }
    let mut query = text("0142");
    query.limit = 25;
    assert_eq!(desk.journal.search(&query).unwrap().next, None);
}

#[test]
fn a_page_has_its_limit() {
    let mut desk = Desk::new();
    desk.journal.fill_with_samples(LONGEST_PAGE + 1, at(0)).unwrap();
    for limit in [0, usize::MAX] {
        let query = Query {
            limit,
            ..Query::default()
        };
        let page = desk.journal.search(&query).unwrap();
        assert_eq!(page.rows.len(), LONGEST_PAGE);
        assert!(page.next.is_some());
    }
}

/// Nothing is sorted and nothing is read beyond the page: the index is walked in the order that is wanted.
#[test]
fn no_query_sorts_or_scans_more_than_it_shows() {
    let mut desk = Desk::new();
    desk.journal.fill_with_samples(2000, at(0)).unwrap();
    for (indexed, wanted) in [
        (
            true,
            [
                "SCAN search VIRTUAL TABLE",
                "SEARCH call USING INTEGER PRIMARY KEY",
            ]
            .as_slice(),
        ),
        (false, ["SEARCH call USING INTEGER PRIMARY KEY"].as_slice()),
    ] {
        let sql = format!("EXPLAIN QUERY PLAN {}", search::statement(indexed));
        let mut statement = desk.journal.db.prepare(&sql).unwrap();
        let plan: Vec<String> = statement
            .query_map(("\"x\"", 0, 1), |row| row.get("detail"))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        assert_eq!(plan.len(), wanted.len(), "{plan:?}");
        for (step, wanted) in plan.iter().zip(wanted) {
            assert!(step.starts_with(wanted), "{plan:?}");
        }
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE")), "{plan:?}");
    }
    let plan_of = |condition: &str| -> String {
        let sql = format!("EXPLAIN QUERY PLAN SELECT 1 FROM call WHERE {condition}");
        let mut statement = desk.journal.db.prepare(&sql).unwrap();
        statement.query_row([], |row| row.get("detail")).unwrap()
    };
    let settle = plan_of("party = '+33142685300' AND call_back IN ('hand', 'missed') AND call_back_us < 5");
    assert!(settle.contains("call_wanted"), "{settle}");
    let latest = plan_of("party = '+33142685300' ORDER BY id DESC LIMIT 1");
    assert!(latest.contains("call_by_party"), "{latest}");
}

const NAMES: [&str; 8] = [
    "Élodie",
    "elodie",
    "Lecœur",
    "O’Brien",
    "Société-12",
    "a",
    "Été 36",
    "anticonstitutionnellement",
];
const NUMBERS: [&str; 7] = [
    "+33142685300",
    "+33142685301",
    "+33612345678",
    "+442079460958",
    "+262262123456",
    "204",
    "anonymous",
];
const QUERIES: [&str; 22] = [
    "e",
    "élo",
    "ELODIE",
    "oeur",
    "lecoeur",
    "o brien",
    "soc 12",
    "36",
    "été",
    "anticonstitutionnel",
    "0142",
    "42 68",
    "+33 1 42",
    "0033",
    "+33 (0)6",
    "678",
    "20",
    "0262",
    "204",
    "zzz",
    "a e",
    "12 société",
];

#[derive(Debug, Clone)]
struct Sample {
    name: Option<&'static str>,
    company: Option<&'static str>,
    note: Option<&'static str>,
    number: Option<&'static str>,
    incoming: bool,
    answered: bool,
    account: &'static str,
    second: i64,
    unread: bool,
}

fn some(choices: &'static [&'static str]) -> impl Strategy<Value = Option<&'static str>> {
    prop::option::of(prop::sample::select(choices))
}

fn sample() -> impl Strategy<Value = Sample> {
    (
        (some(&NAMES), some(&NAMES), some(&QUERIES), some(&NUMBERS)),
        (
            any::<bool>(),
            any::<bool>(),
            prop::sample::select(&["1001", "10-é"]),
            0..20i64,
            any::<bool>(),
        ),
    )
        .prop_map(
            |((name, company, note, number), (incoming, answered, account, second, unread))| Sample {
                name,
                company,
                note,
                number,
                incoming,
                answered,
                account,
                second,
                unread,
            },
        )
}

/// What the search promises, written apart from it.
fn naive(query: &Query, row: &Row) -> bool {
    fn plain(text: &str) -> Vec<String> {
        let text = text.to_lowercase().replace('œ', "oe");
        let text: String = text
            .chars()
            .map(|c| match c {
                'é' => 'e',
                c if c.is_ascii_alphanumeric() => c,
                _ => ' ',
            })
            .collect();
        text.split(' ')
            .filter(|word| !word.is_empty())
            .map(str::to_owned)
            .collect()
    }
    let kind = match query.filter {
        Filter::All => true,
        Filter::Missed => row.outcome == Outcome::Missed,
        Filter::Incoming => row.call.direction == Direction::Incoming,
        Filter::Outgoing => row.call.direction == Direction::Outgoing,
        Filter::ToCallBack => row.call_back.is_wanted(),
    };
    let account = query
        .account
        .as_ref()
        .is_none_or(|account| *account == row.call.account_id);
    let time = query.from.is_none_or(|from| row.call.started_at >= from)
        && query.until.is_none_or(|until| row.call.started_at < until);
    let name = row.name.clone().unwrap_or_default();
    let party = row
        .call
        .other_party()
        .cloned()
        .map(String::from)
        .unwrap_or_default();
    let other = if party.starts_with('+') {
        String::new()
    } else {
        party.clone()
    };
    let words = [
        name.display.unwrap_or_default(),
        name.company.unwrap_or_default(),
        row.note.clone(),
        other,
    ]
    .iter()
    .flat_map(|text| plain(text))
    .collect::<Vec<_>>();
    let begins = |part: &str| words.iter().any(|word| word.starts_with(part));
    let mut numbers = vec![party.chars().filter(char::is_ascii_digit).collect::<String>()];
    if let Some(rest) = party.strip_prefix("+33") {
        numbers.push(format!("0{rest}"));
    }
    if let Some(rest) = party.strip_prefix("+262") {
        numbers.push(format!("0{rest}"));
    }
    let inside = |part: &str| !part.is_empty() && numbers.iter().any(|number| number.contains(part));
    let numeric = |chunk: &str| {
        chunk.chars().all(|c| c.is_ascii_digit() || "+()".contains(c))
            && chunk.contains(|c: char| c.is_ascii_digit())
    };
    let chunks: Vec<&str> = query.text.split_whitespace().collect();
    let found = chunks.chunk_by(|a, b| numeric(a) == numeric(b)).all(|run| {
        if !numeric(run[0]) {
            return run
                .iter()
                .all(|chunk| plain(chunk).iter().all(|word| begins(word)));
        }
        let mut joined = run.concat();
        if joined.starts_with('+') || joined.starts_with("00") {
            joined = joined.replace("(0)", "");
        }
        let digits: String = joined.chars().filter(char::is_ascii_digit).collect();
        inside(&digits)
            || digits.strip_prefix("00").is_some_and(inside)
            || run
                .iter()
                .all(|chunk| plain(chunk).iter().all(|word| begins(word)))
    });
    kind && account && time && found
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn a_search_finds_what_a_plain_filter_over_all_rows_finds(
        samples in prop::collection::vec(sample(), 1..20),
        queries in prop::collection::vec(
            (prop::sample::select(&QUERIES[..]), prop::sample::select(&QUERIES[..]), any::<bool>(), 0..5usize,
             prop::option::of(prop::sample::select(&["1001", "10-é", "none"])), prop::option::of(0..20i64),
             prop::option::of(0..20i64)),
            1..20,
        ),
    ) {
        let mut desk = Desk::new();
        for (n, sample) in samples.iter().enumerate() {
            let direction = if sample.incoming { Direction::Incoming } else { Direction::Outgoing };
            let mut call = call(&n.to_string(), direction, sample.number, sample.second);
            call.account_id = AccountId(sample.account.into());
            if sample.answered {
                call = talked(call, sample.second + 1);
            }
            let key = crate::event::CallKey::of(&call);
            desk.record(call, sample.unread);
            if let Some(note) = sample.note {
                desk.journal.set_note(&key, note).unwrap();
            }
            if let Some(number) = sample.number.filter(|number| number.starts_with('+')) {
                desk.named(number, sample.name.unwrap_or_default(), sample.company.unwrap_or_default());
            }
        }
        let all = desk.journal.recent(usize::MAX).unwrap();
        prop_assert_eq!(all.len(), samples.len());
        for (one, two, both, filter, account, from, until) in queries {
            let query = Query {
                text: if both { format!("{one} {two}") } else { one.to_owned() },
                filter: [Filter::All, Filter::Missed, Filter::Incoming, Filter::Outgoing, Filter::ToCallBack][filter],
                account: account.map(|account| AccountId(account.into())),
                from: from.map(at),
                until: until.map(at),
                before: None,
                limit: 0,
            };
            let expected: Vec<&Row> = all.iter().filter(|row| naive(&query, row)).collect();
            let found = desk.journal.search(&query).unwrap().rows;
            prop_assert_eq!(found.iter().collect::<Vec<_>>(), expected, "{:?}", query);
        }
    }
}
