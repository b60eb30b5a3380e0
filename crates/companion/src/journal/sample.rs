//! Made-up calls, for benches and tests: the same count gives the same calls.

use jiff::{SignedDuration, Timestamp};
use telephony::{AccountId, Call, CallId, CallState, Direction, Party};

use super::row::{Name, Row};
use super::{Journal, JournalError, store};

/// Calls written in one transaction.
const BATCH: usize = 500;
/// Different parties; a tenth of them makes most calls.
const PARTIES: u64 = 5_000;

/// Numbers that look random and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % sides
    }
}

/// `count` ended calls of two accounts, the last one shortly before `until`, about ten minutes apart: in and out, answered and
/// missed, from numbers reserved for fiction, of which some are named.
pub fn sample_calls(count: usize, until: Timestamp) -> impl Iterator<Item = (Call, Option<Name>)> {
    let mut dice = Dice(0);
    (0..count).rev().map(move |back| {
        let back = i64::try_from(back).unwrap_or(i64::MAX);
        let jitter = i64::try_from(dice.roll(500_000)).unwrap_or_default();
        let ago = SignedDuration::from_millis(back.saturating_mul(600_000).saturating_add(60_000 + jitter));
        let started = until.checked_sub(ago).unwrap_or(Timestamp::MIN);
        let parties = if dice.roll(10) < 7 { PARTIES / 10 } else { PARTIES };
        let party = dice.roll(parties);
        let named = (!party.is_multiple_of(3)).then(|| Name {
            display: Some(format!(
                "{} {}",
                FIRST[index(party, FIRST.len())],
                LAST[index(party / 7, LAST.len())]
            )),
            company: party
                .is_multiple_of(2)
                .then(|| format!("Société {:04}", party / 8)),
            source: "sample".to_owned(),
            since: None,
        });
        let incoming = dice.roll(10) < 6;
        let talked = dice.roll(10) < 7;
        let later = |seconds: u64| {
            let seconds = i64::try_from(seconds).unwrap_or_default();
            crate::time::after(started, seconds)
        };
        let connected = talked.then(|| later(4 + dice.roll(20)));
        // 01 99 00 00 00 to 01 99 00 99 99: no subscriber has one.
        let other = Some(Party::from(format!("+3319900{party:04}")));
        let own = Some(Party::from("+33199009999".to_owned()));
        let call = Call {
            call_id: CallId(format!("sample-{back}")),
            account_id: AccountId(if dice.roll(4) == 0 { "1002" } else { "1001" }.to_owned()),
            direction: if incoming {
                Direction::Incoming
            } else {
                Direction::Outgoing
            },
            state: CallState::Ended,
            calling_number: if incoming { other.clone() } else { own.clone() },
            called_number: if incoming { own } else { other },
            started_at: started,
            connected_at: connected,
            ended_at: Some(later(30 + dice.roll(500))),
            status: None,
            billable_duration: None,
            end_unknown: false,
            extension: None,
            extra: Default::default(),
        };
        (call, named)
    })
}

const FIRST: [&str; 10] = [
    "Aurélie",
    "Benoît",
    "Chloé",
    "Didier",
    "Élodie",
    "François",
    "Gaëlle",
    "Hervé",
    "Inès",
    "Jérôme",
];
const LAST: [&str; 10] = [
    "Martin",
    "Lefèvre",
    "Dupont",
    "Garçon",
    "Müller",
    "Lecœur",
    "O’Brien",
    "Nuñez",
    "Hébert",
    "Petit",
];

fn index(number: u64, length: usize) -> usize {
    usize::try_from(number).unwrap_or_default() % length
}

impl Journal {
    /// Adds `count` of [`sample_calls`], as fast as the disk takes them. For benches.
    ///
    /// # Errors
    /// [`JournalError`] when they can't be written.
    pub fn fill_with_samples(&mut self, count: usize, until: Timestamp) -> Result<(), JournalError> {
        let mut samples = sample_calls(count, until).peekable();
        while samples.peek().is_some() {
            let transaction = self.db.transaction()?;
            for (call, name) in samples.by_ref().take(BATCH) {
                let mut row = Row::new(call, false);
                row.name = name;
                store::write(&transaction, None, &row)?;
            }
            transaction.commit()?;
        }
        Ok(())
    }
}
