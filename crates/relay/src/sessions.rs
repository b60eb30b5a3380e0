//! The tokens in force, in memory.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use jiff::{SignedDuration, Timestamp};
use relay_api::wire::EventId;
use secrecy::SecretString;
use telephony::AccountId;

use crate::hub::Hub;
use crate::secret::{Hash, token_hash};
use crate::store::Committed;
use crate::store::kinds::event::StoredEvent;
use crate::store::kinds::token::Token;

/// The last use of a token is kept to this precision, so that reading doesn't cost a write each time.
const USE_PRECISION: SignedDuration = SignedDuration::from_hours(1);

/// A desktop that is let in.
#[derive(Debug)]
pub struct Session {
    /// The token's public name.
    pub token: String,
    /// Given at enrolment.
    pub label: String,
    /// Whose calls it hears.
    pub accounts: Arc<BTreeSet<AccountId>>,
    /// Whether it may place calls too.
    pub may_dial: bool,
    /// When the bearer token in force was made.
    pub issued_at: Timestamp,
    /// Milliseconds; `i64::MIN` when never.
    last_used: AtomicI64,
}

impl Session {
    /// The same desktop, for another bearer token of it.
    fn again(&self) -> Self {
        Self {
            token: self.token.clone(),
            label: self.label.clone(),
            accounts: Arc::clone(&self.accounts),
            may_dial: self.may_dial,
            issued_at: self.issued_at,
            last_used: AtomicI64::new(self.last_used.load(Ordering::Relaxed)),
        }
    }

    /// Whether this use is worth writing down; says so once for each hour.
    pub fn note_use(&self, now: Timestamp) -> bool {
        let last = self.last_used.load(Ordering::Relaxed);
        let now = now.as_millisecond();
        let due = i128::from(now) - i128::from(last) >= USE_PRECISION.as_millis();
        due && self
            .last_used
            .compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed)
            .is_ok()
    }
}

/// Finds the session of a bearer token.
#[derive(Debug, Default)]
pub struct Sessions {
    in_force: RwLock<InForce>,
}

/// A bearer token that is in force.
#[derive(Clone, Debug)]
pub struct Found {
    /// Whose it is.
    pub session: Arc<Session>,
    /// It is a renewal that wasn't used before: [`crate::store::kinds::token::promote`] is due.
    pub renewal: Option<Hash>,
}

/// Bearer tokens are found by their SHA-256. How long that takes tells something about hashes, which nobody can turn into
/// tokens of 256 random bits.
#[derive(Debug, Default)]
struct InForce {
    by_hash: HashMap<Hash, Found>,
    ids: HashSet<String>,
    /// Those that some desktop hears.
    accounts: HashSet<AccountId>,
}

impl Sessions {
    /// The session of a bearer token, if it is in force.
    pub fn find(&self, token: &SecretString) -> Option<Found> {
        let in_force = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
        in_force.by_hash.get(&token_hash(token)).cloned()
    }

    /// Whether a session that was found is still in force.
    pub fn is_in_force(&self, session: &Session) -> bool {
        self.in_force
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .ids
            .contains(&session.token)
    }

    /// Those of the listening tokens whose use is worth writing down: a stream that stands asks for nothing by itself.
    pub(crate) fn due(&self, listening: &HashSet<String>, now: Timestamp) -> Vec<String> {
        let in_force = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
        let sessions = in_force.by_hash.values().filter(|found| found.renewal.is_none());
        sessions
            .filter(|found| listening.contains(&found.session.token) && found.session.note_use(now))
            .map(|found| found.session.token.clone())
            .collect()
    }

    /// How many of these events no desktop is enrolled for.
    fn unheard(&self, events: &[StoredEvent]) -> usize {
        let in_force = self.in_force.read().unwrap_or_else(PoisonError::into_inner);
        let unheard = events
            .iter()
            .filter(|event| !in_force.accounts.contains(&event.account));
        unheard.count()
    }

    fn replace(&self, tokens: Vec<Token>) -> HashSet<String> {
        let mut by_hash = HashMap::with_capacity(tokens.len());
        for token in tokens.into_iter().filter(|token| token.revoked_at.is_none()) {
            let session = Arc::new(Session {
                token: token.id,
                label: token.label,
                accounts: Arc::new(token.accounts),
                may_dial: token.may_dial,
                issued_at: token.issued_at,
                last_used: AtomicI64::new(token.last_used_at.map_or(i64::MIN, Timestamp::as_millisecond)),
            });
            if let Some(next) = token.next {
                let session = Session {
                    issued_at: next.issued_at,
                    ..session.again()
                };
                let found = Found {
                    session: Arc::new(session),
                    renewal: Some(next.hash),
                };
                by_hash.insert(next.hash, found);
            }
            let found = Found {
                session,
                renewal: None,
            };
            by_hash.insert(token.hash, found);
        }
        let ids: HashSet<String> = by_hash
            .values()
            .map(|found| found.session.token.clone())
            .collect();
        let accounts = by_hash.values().flat_map(|found| found.session.accounts.iter());
        let accounts = accounts.cloned().collect();
        let new = InForce {
            by_hash,
            ids: ids.clone(),
            accounts,
        };
        *self.in_force.write().unwrap_or_else(PoisonError::into_inner) = new;
        ids
    }
}

/// Passes commits on to the streams and sessions.
#[derive(Debug)]
pub struct Publication {
    sessions: Arc<Sessions>,
    hub: Arc<Hub>,
}

impl Publication {
    /// Into these.
    pub fn new(sessions: Arc<Sessions>, hub: Arc<Hub>) -> Self {
        Self { sessions, hub }
    }
}

impl Committed for Publication {
    fn events(&self, events: Vec<StoredEvent>) {
        let unheard = self.sessions.unheard(&events) as u64;
        metrics::counter!("centrex_relay_events_unheard_total").increment(unheard);
        self.hub.publish(events);
    }

    fn forgotten(&self, floor: EventId) {
        self.hub.forget(floor);
    }

    fn tokens(&self, tokens: Vec<Token>) {
        // First the door, then those inside.
        let valid = self.sessions.replace(tokens);
        self.hub.keep_only(&valid.iter().map(String::as_str).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(id: &str) -> Token {
        Token {
            id: id.to_owned(),
            hash: Hash::of(id.as_bytes()),
            label: "Accueil".to_owned(),
            accounts: BTreeSet::new(),
            may_dial: true,
            created_at: Timestamp::UNIX_EPOCH,
            issued_at: Timestamp::UNIX_EPOCH,
            next: None,
            last_used_at: None,
            revoked_at: None,
        }
    }

    #[test]
    fn who_listens_is_noted_once_an_hour_and_nobody_else() {
        let sessions = Sessions::default();
        sessions.replace(vec![token("listens"), token("doesn't")]);
        let listening = HashSet::from(["listens".to_owned(), "revoked".to_owned()]);
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        assert_eq!(sessions.due(&listening, now), ["listens"]);
        assert_eq!(sessions.due(&listening, now), Vec::<String>::new());
        let later = now + USE_PRECISION;
        assert_eq!(sessions.due(&listening, later), ["listens"]);
        // A request notes it as well.
        assert!(
            !sessions
                .find(&SecretString::from("listens"))
                .unwrap()
                .session
                .note_use(later)
        );
    }
}
