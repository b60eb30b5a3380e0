//! `dialled`: the audit trail of click-to-call: which desktop wanted which number called from which account, and what came of
//! it. Personal data, for the company's own eyes: `centrex-relay dials list` shows it, numbers masked unless asked.
//!
//! | column | |
//! |---|---|
//! | `id` | counts up |
//! | `at` | when it was asked for |
//! | `token`, `label` | the desktop, and what it was called then |
//! | `account` | whose phone was to ring first |
//! | `number` | E.164 as understood; as it was written when it couldn't be |
//! | `outcome` | `accepted`, or the name of the problem that was answered (`platform-timeout`, `rule-refused` …); null while the platform is asked, and for ever when the relay died meanwhile |
//! | `reason` | of a refusal by rule: its code (`blocked`, `class-foreign` …) |
//! | `call_id` | the platform's, when its answer had one |
//!
//! A press that is repeated with its `Idempotency-Key` is one row. Kept for `keep.dials`; when room is wanted, those that were
//! refused here go first, and the others with the calls.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use telephony::AccountId;

use super::{Sql, time};

pub(crate) const TO_VERSION_6: &str = "
    CREATE TABLE dialled (
        id      INTEGER PRIMARY KEY AUTOINCREMENT,
        at      INTEGER NOT NULL,
        token   TEXT NOT NULL,
        label   TEXT NOT NULL,
        account TEXT NOT NULL,
        number  TEXT NOT NULL,
        outcome TEXT,
        reason  TEXT,
        call_id TEXT
    ) STRICT;
    CREATE INDEX dialled_at ON dialled (at);
    CREATE INDEX dialled_account ON dialled (account, at);";

/// Those that were refused here, oldest first: the platform wasn't asked.
macro_rules! refused {
    () => {
        "outcome IS NOT NULL AND outcome <> 'accepted' AND substr(outcome, 1, 9) <> 'platform-'"
    };
}

/// From version 11 to version 12.
pub(crate) const TO_VERSION_12: &str = concat!(
    "CREATE INDEX dialled_refused ON dialled (at) WHERE ",
    refused!(),
    ";"
);

const REFUSED: &str = concat!(
    "SELECT id FROM dialled WHERE ",
    refused!(),
    " ORDER BY at LIMIT ?1"
);

/// One press.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialled {
    /// Its number, 0 before it is stored.
    pub id: i64,
    /// When it was asked for.
    pub at: Timestamp,
    /// The desktop's token, by name.
    pub token: String,
    /// What the desktop was called.
    pub label: String,
    /// Whose phone was to ring first.
    pub account: AccountId,
    /// Which number.
    pub number: String,
    /// What came of it; `None`: nobody knows (yet).
    pub outcome: Option<String>,
    /// The code of a refusal by rule.
    pub reason: Option<String>,
    /// The platform's name for the call.
    pub call_id: Option<String>,
}

/// What [`Dialled::outcome`] says of a call that the platform took.
pub const ACCEPTED: &str = "accepted";

/// Writes one down and gives its number.
pub(crate) fn insert(db: &Connection, one: &Dialled) -> Sql<i64> {
    db.prepare_cached(
        "INSERT INTO dialled (at, token, label, account, number, outcome, reason) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?
    .execute(params![
        one.at.as_millisecond(),
        one.token,
        one.label,
        one.account.0,
        one.number,
        one.outcome,
        one.reason
    ])?;
    Ok(db.last_insert_rowid())
}

pub(crate) fn finish(db: &Connection, id: i64, outcome: &str, call_id: Option<&str>) -> Sql<()> {
    db.prepare_cached("UPDATE dialled SET outcome = ?2, call_id = ?3 WHERE id = ?1")?
        .execute(params![id, outcome, call_id])?;
    Ok(())
}

/// The moments at which the platform was asked for calls of an account between two moments, oldest first. Presses that were
/// refused here don't count.
pub(crate) fn asked(
    db: &Connection,
    account: &AccountId,
    (since, until): (Timestamp, Timestamp),
) -> Sql<Vec<Timestamp>> {
    let mut query = db.prepare_cached(
        "SELECT at FROM dialled WHERE account = ?1 AND at > ?2 AND at < ?3
         AND (outcome IS NULL OR outcome = ?4 OR outcome LIKE 'platform-%') ORDER BY at",
    )?;
    let (since, until) = (since.as_millisecond(), until.as_millisecond());
    let rows = query.query_map(params![account.0, since, until, ACCEPTED], |row| {
        time(row.get(0)?)
    })?;
    rows.collect()
}

/// The newest ones, of one account or of all.
pub(crate) fn list(db: &Connection, account: Option<&AccountId>, limit: i64) -> Sql<Vec<Dialled>> {
    let mut query = db.prepare_cached(
        "SELECT id, at, token, label, account, number, outcome, reason, call_id FROM dialled
         WHERE ?1 IS NULL OR account = ?1 ORDER BY id DESC LIMIT ?2",
    )?;
    let rows = query.query_map(params![account.map(|account| &account.0), limit], |row| {
        Ok(Dialled {
            id: row.get(0)?,
            at: time(row.get(1)?)?,
            token: row.get(2)?,
            label: row.get(3)?,
            account: AccountId(row.get(4)?),
            number: row.get(5)?,
            outcome: row.get(6)?,
            reason: row.get(7)?,
            call_id: row.get(8)?,
        })
    })?;
    rows.collect()
}

/// Forgets up to `limit` of those from before `before`.
pub(crate) fn forget(db: &Connection, before: Timestamp, limit: usize) -> Sql<usize> {
    db.prepare_cached(
        "DELETE FROM dialled WHERE id IN (SELECT id FROM dialled WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )?
    .execute(params![
        before.as_millisecond(),
        i64::try_from(limit).unwrap_or(i64::MAX)
    ])
}

/// Forgets up to `limit` of the oldest that were refused here, whatever their age.
pub(crate) fn forget_refused(db: &Connection, limit: usize) -> Sql<usize> {
    db.prepare_cached(&format!("DELETE FROM dialled WHERE id IN ({REFUSED})"))?
        .execute([i64::try_from(limit).unwrap_or(i64::MAX)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::schema;

    #[test]
    fn the_oldest_that_were_refused_are_found_by_an_index_and_no_others_go() {
        let db = schema::in_memory(Timestamp::UNIX_EPOCH).unwrap();
        let outcomes = [
            None,
            Some("accepted"),
            Some("forbidden"),
            Some("platform-timeout"),
            Some("rule-refused"),
            Some("number-refused"),
        ];
        for (second, outcome) in (0..).zip(outcomes) {
            let one = Dialled {
                id: 0,
                at: Timestamp::from_second(second).unwrap(),
                token: "tok_1".to_owned(),
                label: "Accueil".to_owned(),
                account: AccountId("1001".to_owned()),
                number: "+33199000012".to_owned(),
                outcome: outcome.map(str::to_owned),
                reason: None,
                call_id: None,
            };
            insert(&db, &one).unwrap();
        }
        let plan: String = db
            .query_row(&format!("EXPLAIN QUERY PLAN {REFUSED}"), [1], |row| row.get(3))
            .unwrap();
        assert!(plan.contains("dialled_refused"), "{plan}");
        assert_eq!(forget_refused(&db, 2).unwrap(), 2);
        let left = |db: &Connection| -> Vec<Option<String>> {
            let all = list(db, None, 10).unwrap().into_iter();
            all.map(|one| one.outcome).collect()
        };
        let told = |words: &[Option<&str>]| {
            words
                .iter()
                .map(|word| word.map(str::to_owned))
                .collect::<Vec<_>>()
        };
        let rest = [
            Some("number-refused"),
            Some("platform-timeout"),
            Some("accepted"),
            None,
        ];
        assert_eq!(left(&db), told(&rest));
        assert_eq!(forget_refused(&db, 2).unwrap(), 1);
        assert_eq!(left(&db), told(&rest[1..]));
    }
}
