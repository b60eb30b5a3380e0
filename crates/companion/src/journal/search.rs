//! Finding calls: filters and full text, newest first, a page at a time.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use telephony::AccountId;

use super::row::{self, Row};
use super::store::{self, ID_REACH_MS};
use super::text::{Fact, Search};
use super::{Journal, JournalError, elsewhere};

/// Most calls of one page.
pub const LONGEST_PAGE: usize = 200;

/// Which calls are wanted. Everything that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Beginnings of words in name, company and note, or digits from anywhere in the number, written nationally or
    /// internationally, with or without separators. Case and accents don't matter. Words have to occur in any order.
    pub text: String,
    /// Which kind.
    pub filter: Filter,
    /// Of this account only.
    pub account: Option<AccountId>,
    /// Started then or later.
    pub from: Option<Timestamp>,
    /// Started before.
    pub until: Option<Timestamp>,
    /// Older than the last call of the page before: its [`Page::next`].
    pub before: Option<Cursor>,
    /// At most so many; 0 and what is above [`LONGEST_PAGE`] count as that.
    pub limit: usize,
}

/// Kinds of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Incoming and never answered.
    Missed,
    /// Incoming.
    Incoming,
    /// Outgoing.
    Outgoing,
    /// To be called back, and not yet settled.
    ToCallBack,
}

/// A place in the journal; [`std::fmt::Display`] and [`std::str::FromStr`] carry it over a wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Cursor(pub(super) i64);

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Cursor {
    type Err = std::num::ParseIntError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}

/// Calls found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// Newest first; calls of one millisecond in the order in which they were last heard first.
    pub rows: Vec<Row>,
    /// Where the next page begins; `None`: this is the last one.
    pub next: Option<Cursor>,
}

impl Filter {
    fn fact(self) -> Option<Fact> {
        match self {
            Self::All => None,
            Self::Missed => Some(Fact::Missed),
            Self::Incoming => Some(Fact::Incoming),
            Self::Outgoing => Some(Fact::Outgoing),
            Self::ToCallBack => Some(Fact::ToCallBack),
        }
    }
}

impl Journal {
    /// One page of the calls that a query names. A row that can't be read (written by another version) is left out.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn search(&self, query: &Query) -> Result<Page, JournalError> {
        search(&self.db, query)
    }

    /// The latest calls, newest first. A row that can't be read (written by another version) is left out.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn recent(&self, limit: usize) -> Result<Vec<Row>, JournalError> {
        find(&self.db, &Search::new("", None, None), &Query::default(), limit)
            .map(|found| found.into_iter().map(|(_, row)| row).collect())
    }

    /// The latest missed calls that nobody has seen, newest first, at most `limit`. A row that can't be read is left out.
    ///
    /// # Errors
    /// [`JournalError::Sql`]
    pub fn unread(&self, limit: usize) -> Result<Vec<Row>, JournalError> {
        let most = i64::try_from(limit).unwrap_or(i64::MAX);
        let found = store::stored_where(&self.db, "unread = 1 ORDER BY id DESC LIMIT ?1", [most])?;
        Ok(found.into_iter().map(|stored| stored.row).collect())
    }
}

fn search(db: &Connection, query: &Query) -> Result<Page, JournalError> {
    let limit = match query.limit {
        0 => LONGEST_PAGE,
        limit => limit.min(LONGEST_PAGE),
    };
    let wanted = Search::new(&query.text, query.filter.fact(), query.account.as_ref());
    let mut found = find(db, &wanted, query, limit + 1)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(id, _)| Cursor(*id));
    Ok(Page {
        rows: found.into_iter().map(|(_, row)| row).collect(),
        next,
    })
}

/// The statement for a search: the index, or the table itself, is walked from the newest call on and no further than the
/// page needs.
pub(super) fn statement(indexed: bool) -> String {
    let columns = row::COLUMNS;
    if indexed {
        // CROSS JOIN: the index leads, and its order needs no sorting.
        format!(
            "SELECT {columns} FROM search CROSS JOIN call ON call.id = search.rowid
             WHERE search MATCH ?1 AND search.rowid >= ?2 AND search.rowid < ?3 ORDER BY search.rowid DESC"
        )
    } else {
        format!(
            "SELECT {columns} FROM call WHERE ?1 IS NULL AND call.id >= ?2 AND call.id < ?3 ORDER BY call.id DESC"
        )
    }
}

fn find(
    db: &Connection,
    wanted: &Search,
    query: &Query,
    limit: usize,
) -> Result<Vec<(i64, Row)>, JournalError> {
    let expression = wanted.expression();
    let lowest = query.from.map_or(i64::MIN, |from| from.as_millisecond());
    let mut below = query.until.map_or(i64::MAX, |until| {
        until.as_millisecond().saturating_add(ID_REACH_MS)
    });
    if let Some(Cursor(id)) = query.before {
        below = below.min(id);
    }
    let mut statement = db.prepare_cached(&statement(expression.is_some()))?;
    let mut rows = statement.query(params![expression, lowest, below])?;
    let mut found = Vec::new();
    while found.len() < limit
        && let Some(row) = rows.next()?
    {
        let Some(mut stored) = row::read(row)? else {
            continue;
        };
        let started = stored.row.call.started_at;
        let in_time =
            query.from.is_none_or(|from| started >= from) && query.until.is_none_or(|until| started < until);
        if !in_time {
            continue;
        }
        elsewhere::look(db, &mut stored.row)?;
        if wanted.matches(&stored.row) {
            found.push((stored.id, stored.row));
        }
    }
    Ok(found)
}
