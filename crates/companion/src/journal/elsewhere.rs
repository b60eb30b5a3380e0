//! A call that rang on several lines of this desk has a row for each. The row of a line that nobody answered says "missed" by
//! itself; whoever lists it wants to know that the call was answered on another line, and on which.

use rusqlite::{Connection, params};
use telephony::Direction;

use super::JournalError;
use super::row::Row;
use super::store::{ID_REACH_MS, stored_where};
use crate::board::{TOGETHER_S, is_same_call};
use crate::view::Outcome;

/// Takes what the rows of the same call on other lines tell of it. The same rule as on the call board: a caller who withholds
/// the number is recognised by the platform's id of the call alone.
pub(super) fn look(db: &Connection, row: &mut Row) -> Result<(), JournalError> {
    let call = &row.call;
    let in_vain = matches!(row.outcome, Outcome::Missed | Outcome::Unknown);
    let (true, Direction::Incoming) = (in_vain, call.direction) else {
        return Ok(());
    };
    let start = call.started_at.as_millisecond();
    let (first, last) = (start - TOGETHER_S * 1000, start + TOGETHER_S * 1000 + ID_REACH_MS);
    let others = match row.party() {
        Some(party) => {
            let talked = "party = ?1 AND id BETWEEN ?2 AND ?3 AND connected_us IS NOT NULL";
            stored_where(db, talked, params![party.as_str(), first, last])?
        }
        None => {
            let talked = "party IS NULL AND id BETWEEN ?1 AND ?2 AND connected_us IS NOT NULL";
            stored_where(db, talked, params![first, last])?
        }
    };
    let same = others
        .into_iter()
        .find(|other| is_same_call(&other.row.call, call));
    if let Some(other) = same {
        row.outcome = Outcome::Answered;
        row.answered_on = Some(other.row.call.account_id);
    }
    Ok(())
}
