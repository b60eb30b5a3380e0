//! Whether desktops and calls come together: accounts with calls that nobody hears, and desktops whose account is never called.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::{SignedDuration, Timestamp};
use telephony::AccountId;

use super::{Finding, State, finding};
use crate::settings::Settings;
use crate::store::kinds::{Sql, call, token};
use crate::store::{StoreError, look};

/// Calls that were unheard before are forgotten by everybody.
const RECENT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// A desktop's account may have no call for so long before that is worth a word.
const QUIET: SignedDuration = SignedDuration::from_hours(3 * 24);
/// So many are named; more would hide the rest.
const NAMED: usize = 10;

/// Accounts as calls and desktops tell of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accounts {
    /// Every account of a call that is kept.
    pub called: BTreeSet<AccountId>,
    /// Those with calls of the last seven days that no desktop is enrolled for, and how many.
    pub unheard: BTreeMap<AccountId, u64>,
    /// Those that a desktop is enrolled for and no call that is kept was for, with the label of one such desktop: for some days,
    /// or likely by a slip.
    pub silent: BTreeMap<AccountId, String>,
}

/// What a data folder tells of accounts; nothing when there is no database yet.
///
/// # Errors
/// [`StoreError`]
pub fn accounts(data_dir: &Path, now: Timestamp) -> Result<Accounts, StoreError> {
    match look(data_dir, |db| read(db, now)) {
        Err(StoreError::Absent { .. }) => Ok(Accounts::default()),
        looked => looked,
    }
}

fn read(db: &rusqlite::Connection, now: Timestamp) -> Sql<Accounts> {
    let called: BTreeSet<AccountId> = call::accounts(db)?.into_iter().collect();
    let mut heard: BTreeMap<AccountId, (String, Timestamp)> = BTreeMap::new();
    for token in token::list(db)?
        .into_iter()
        .filter(|token| token.revoked_at.is_none())
    {
        for account in token.accounts {
            heard
                .entry(account)
                .or_insert_with(|| (token.label.clone(), token.created_at));
        }
    }
    let after = now.saturating_sub(RECENT).unwrap_or(Timestamp::MIN);
    let mut unheard = BTreeMap::new();
    for account in called.iter().filter(|account| !heard.contains_key(account)) {
        let count = call::count(db, account, after)?;
        if count > 0 {
            unheard.insert(account.clone(), count);
        }
    }
    let quiet_since = now.saturating_sub(QUIET).unwrap_or(Timestamp::MIN);
    let silent = heard
        .into_iter()
        .filter(|(account, (_, enrolled))| {
            !called.contains(account) && (*enrolled < quiet_since || nearest(account, &called).is_some())
        })
        .map(|(account, (label, _))| (account, label))
        .collect();
    Ok(Accounts {
        called,
        unheard,
        silent,
    })
}

/// A known account that an unknown one may be a slip for. The next number of a row is none: companies get theirs one after the
/// other, so one that only has other digits in some places is as likely right.
pub fn nearest<'a>(account: &AccountId, known: &'a BTreeSet<AccountId>) -> Option<&'a AccountId> {
    known
        .iter()
        .map(|other| (strsim::damerau_levenshtein(&account.0, &other.0), other))
        .filter(|(distance, other)| *distance <= 2 && !has_other_digits(&account.0, &other.0, *distance))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, other)| other)
}

/// Whether two differ in nothing but digits that stand for others, not by two that changed places.
fn has_other_digits(a: &str, b: &str, distance: usize) -> bool {
    let differ = || a.chars().zip(b.chars()).filter(|(a, b)| a != b);
    a.chars().count() == b.chars().count()
        && differ().count() == distance
        && differ().all(|(a, b)| a.is_ascii_digit() && b.is_ascii_digit())
}

pub(super) fn findings(settings: &Settings) -> Vec<Finding> {
    let Ok(accounts) = accounts(&settings.data_dir, Timestamp::now()) else {
        // The look at the store says why.
        return Vec::new();
    };
    let mut findings = Vec::new();
    if !accounts.unheard.is_empty() {
        let all = accounts.unheard.iter();
        let detail = format!(
            "calls of the last 7 days that no desktop is enrolled for: {}; if somebody should hear them: centrex-relay enrol \
             create --label … --account …",
            named(all.map(|(account, count)| format!("account {} ({count})", shown(account))))
        );
        findings.push(finding("unheard calls", State::Warning, detail));
    }
    // Without any call nothing can be said about those of one account.
    if !accounts.silent.is_empty() && !accounts.called.is_empty() {
        let all = accounts.silent.iter().map(|(account, label)| {
            let meant = nearest(account, &accounts.called);
            let meant = meant.map(|other| format!(", or is {} meant?", shown(other)));
            format!(
                "{} (desktop {label:?}{})",
                shown(account),
                meant.unwrap_or_default()
            )
        });
        let detail = format!(
            "desktops are enrolled for accounts that no call was ever for: {}; check the number of the account, and enrol the \
             desktop again if it is wrong",
            named(all)
        );
        findings.push(finding("silent accounts", State::Warning, detail));
    }
    findings
}

fn named(all: impl Iterator<Item = String>) -> String {
    let mut all: Vec<String> = all.collect();
    let more = all.len().saturating_sub(NAMED);
    all.truncate(NAMED);
    let mut text = all.join(", ");
    if more > 0 {
        text += &format!(" and {more} more");
    }
    text
}

/// An account comes from outside, and must not steer the terminal.
fn shown(account: &AccountId) -> String {
    account.0.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_the_next_number_of_a_row() {
        let known = BTreeSet::from([AccountId("4207001".into()), AccountId("accueil".into())]);
        let meant = |account: &str| nearest(&AccountId(account.into()), &known).map(|known| known.0.clone());
        for slip in ["42O7001", "420701", "42070001", "4207010", "2407001", "4207001 "] {
            assert_eq!(meant(slip).as_deref(), Some("4207001"), "{slip}");
        }
        assert_eq!(meant("acceuil").as_deref(), Some("accueil"));
        for other in ["4207002", "4207011", "4208002", "9999999", "atelier"] {
            assert_eq!(meant(other), None, "{other}");
        }
    }
}
