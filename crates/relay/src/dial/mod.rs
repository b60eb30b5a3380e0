//! Click-to-call through the relay: one press, at most one request to the platform.
//!
//! The key's row is on disk before the platform is asked, and the answer is on disk before it is given. A repetition of the
//! key gets the same answer, waits for the one that is under way, or, when a restart swallowed the answer, is told that
//! nobody knows: the platform is never asked again for it.
//!
//! Whatever was asked for stands in the audit trail ([`crate::store::kinds::dialled`]), refusals included: of each desktop
//! [`REFUSED_A_MINUTE`] at most, what goes beyond is only counted.

mod number;
mod platform;
pub mod rules;

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use relay_api::wire::{PlaceCall, Placed, problem};
use telephony::{AccountId, E164};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::problem::Refusal;
use crate::secret::Hash;
use crate::sessions::Session;
use crate::store::kinds::Sql;
use crate::store::kinds::answered::{self, Mark};
use crate::store::kinds::dial::{self, Answer};
use crate::store::kinds::dialled::{self, Dialled};
use crate::store::{Batch, StoreError, Writer, look};
use rules::Rules;

/// Calls are counted over so long.
const MINUTE: SignedDuration = SignedDuration::from_secs(60);
/// The longest text that is kept of what was no number, or no account.
const LONGEST_TEXT: usize = 64;
/// Presses of one desktop that were refused here and stand in the audit trail, a minute.
const REFUSED_A_MINUTE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Places calls for desktops.
pub struct Dialler {
    platform: Option<Platform>,
    rules: Rules,
    under_way: Mutex<HashMap<Key, UnderWay>>,
    /// By token.
    refused: Arc<DefaultKeyedRateLimiter<String>>,
}

/// The platform, and the key that opens it.
#[derive(Debug)]
pub struct Platform {
    /// Where it is.
    pub client: centrex::Client,
    /// The customer-wide key.
    pub credential: centrex::Credential,
    /// Tells it from others in what is written down about it.
    pub mark: Mark,
}

/// What a desktop is told.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The answer, as it is kept for repetitions.
    pub answer: Answer,
    /// Come back no earlier.
    pub retry_after: Option<Duration>,
}

type Key = (String, String);

struct UnderWay {
    request: Hash,
    reply: watch::Receiver<Option<Reply>>,
}

impl std::fmt::Debug for Dialler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialler")
            .field("can_dial", &self.can_dial())
            .finish()
    }
}

/// A call to be placed.
struct Order {
    token: String,
    label: String,
    key: String,
    account: AccountId,
    number: E164,
    request: Hash,
    /// What the company's rules say against it.
    against: Option<Refusal>,
}

enum Begun {
    /// Its number in the audit trail.
    New(i64),
    Known(Reply),
    Refused(Refusal),
    Conflict,
    Swallowed,
}

impl Dialler {
    /// With the platform's key, or without: then every dial is refused.
    pub fn new(platform: Option<Platform>, rules: Rules) -> Self {
        Self {
            platform,
            rules,
            under_way: Mutex::default(),
            refused: Arc::new(RateLimiter::keyed(Quota::per_minute(REFUSED_A_MINUTE))),
        }
    }

    /// Forgets whose presses weren't refused for long.
    pub(crate) fn tidy(&self) {
        self.refused.retain_recent();
    }

    /// Whether this relay holds the platform's key.
    pub fn can_dial(&self) -> bool {
        self.platform.is_some()
    }

    /// Places a call, or gives the answer that this key got before.
    ///
    /// # Errors
    /// A [`Refusal`] when nothing was asked of the platform, now or before.
    pub async fn place(
        self: &Arc<Self>,
        session: &Session,
        call: &PlaceCall,
        key: String,
        writer: &Arc<Writer>,
        tasks: &TaskTracker,
    ) -> Result<Reply, Refusal> {
        let understood = match self.barred(session, call) {
            Some(refusal) => Err(refusal),
            None => number::understood(&call.number, call.confirmed),
        };
        let (number, question) = match understood {
            Ok(understood) => understood,
            Err(refusal) => {
                // What is true of the press is told, whatever the disk does.
                if let Err(error) = self.note_refused(writer, session, call, &refusal).await {
                    tracing::error!(%error, "a press that was refused isn't in the audit trail");
                }
                return Err(refusal);
            }
        };
        let request = Hash::of(format!("{}\n{}", call.account_id.0, number.as_str()).as_bytes());
        let order = Order {
            token: session.token.clone(),
            label: session.label.clone(),
            key,
            account: call.account_id.clone(),
            against: self.rules.judge(&number, call.confirmed, question).err(),
            number,
            request,
        };
        self.once(order, writer, tasks).await
    }

    /// Why this desktop may not place this call, whatever its number.
    fn barred(&self, session: &Session, call: &PlaceCall) -> Option<Refusal> {
        let (status, problem, title, detail) = if !self.can_dial() {
            (
                StatusCode::NOT_IMPLEMENTED,
                problem::DIAL_UNAVAILABLE,
                "This relay doesn't dial",
                "This relay holds no key of the platform; its administrator can give it one.",
            )
        } else if !session.may_dial {
            (
                StatusCode::FORBIDDEN,
                problem::FORBIDDEN,
                "This desktop may only watch",
                "This desktop was enrolled to hear calls, not to place any; enrol it with a code that lets it dial.",
            )
        } else if !session.accounts.contains(&call.account_id) {
            (
                StatusCode::FORBIDDEN,
                problem::FORBIDDEN,
                "Not your account",
                "This desktop isn't enrolled for that account; enrol it with a code that names the account.",
            )
        } else {
            return None;
        };
        Some(Refusal::new(status, problem, title, detail).rung(false))
    }

    /// A line of the audit trail for a press that was refused before its number counted.
    async fn note_refused(
        &self,
        writer: &Writer,
        session: &Session,
        call: &PlaceCall,
        refusal: &Refusal,
    ) -> Result<(), StoreError> {
        count_refused(refusal);
        if self.refused.check_key(&session.token).is_err() {
            return Ok(());
        }
        // As they were written, and whatever was written there.
        let shortened = |text: &str| text.chars().take(LONGEST_TEXT).collect::<String>();
        let account = AccountId(shortened(&call.account_id.0));
        let (token, label) = (session.token.clone(), session.label.clone());
        let mut line = trail(token, label, &account, shortened(&call.number));
        line.outcome = Some(outcome(refusal));
        line.reason.clone_from(&refusal.problem.reason);
        writer
            .run(move |batch| dialled::insert(batch.db(), &line).map(drop))
            .await
    }

    /// Joins the dial of this key that is under way, or starts one that outlives its requester.
    async fn once(
        self: &Arc<Self>,
        order: Order,
        writer: &Arc<Writer>,
        tasks: &TaskTracker,
    ) -> Result<Reply, Refusal> {
        let key = (order.token.clone(), order.key.clone());
        let mut reply = {
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            match under_way.get(&key) {
                Some(other) if other.request != order.request => return Err(counted(conflict())),
                Some(same) => same.reply.clone(),
                None => {
                    let (sender, reply) = watch::channel(None);
                    under_way.insert(
                        key.clone(),
                        UnderWay {
                            request: order.request,
                            reply: reply.clone(),
                        },
                    );
                    let (this, writer) = (Arc::clone(self), Arc::clone(writer));
                    tasks.spawn(async move {
                        let outcome = this.carry_out(&order, &writer).await;
                        this.under_way
                            .lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .remove(&key);
                        sender.send_replace(Some(outcome));
                    });
                    reply
                }
            }
        };
        let replied = reply.wait_for(Option::is_some).await.map(|reply| reply.clone());
        replied
            .ok()
            .flatten()
            .ok_or_else(|| Refusal::unavailable("The relay is stopping.").rung(true))
    }

    async fn carry_out(&self, order: &Order, writer: &Writer) -> Reply {
        let (refused, token) = (Arc::clone(&self.refused), order.token.clone());
        let may_note = move || refused.check_key(&token).is_ok();
        let begun = match begin(order, self.rules.per_minute.get(), may_note, writer).await {
            Ok(begun) => begun,
            Err(error) => return Refusal::from(error).rung(false).into(),
        };
        let (line, asked) = match begun {
            Begun::Known(reply) => return reply,
            Begun::Refused(refusal) => return refusal.into(),
            Begun::Conflict => return counted(conflict()).into(),
            Begun::Swallowed => return counted(platform::swallowed()).into(),
            Begun::New(line) => (line, self.ask(order).await),
        };
        let (said, asked) = asked;
        let (outcome, call_id, reply) = match asked {
            Ok(placed) => {
                let body = serde_json::to_string(&placed).unwrap_or_default();
                let answer = Answer {
                    status: StatusCode::ACCEPTED.as_u16(),
                    body,
                };
                let reply = Reply {
                    answer,
                    retry_after: None,
                };
                let call_id = placed.call_id.map(|id| id.0);
                (dialled::ACCEPTED.to_owned(), call_id, reply)
            }
            Err(refusal) => (outcome(&refusal), None, refusal.into()),
        };
        let (token, key, kept) = (order.token.clone(), order.key.clone(), reply.answer.clone());
        let mark = self.platform.as_ref().map(|platform| platform.mark);
        let now = Timestamp::now();
        let retry_at = reply
            .retry_after
            .map(|wait| now.saturating_add(wait).unwrap_or(Timestamp::MAX));
        let finish = writer.run(move |batch| {
            if let Some(mark) = mark {
                answered::put(batch.db(), mark, said, now)?;
            }
            dial::finish(batch.db(), (&token, &key), &kept, retry_at)?;
            dialled::finish(batch.db(), line, &outcome, call_id.as_deref())
        });
        if let Err(error) = finish.await {
            // The answer is true all the same; a repetition will hear that nobody knows.
            tracing::error!(%error, "the answer to a dial could not be stored");
        }
        reply
    }

    /// Gives also what the platform said, in a word.
    async fn ask(&self, order: &Order) -> (&'static str, Result<Placed, Refusal>) {
        let Some(platform) = &self.platform else {
            let refusal = Refusal::unavailable("This relay doesn't dial.");
            return ("", Err(refusal.rung(false)));
        };
        let begun = Instant::now();
        let asked = platform
            .client
            .call(&platform.credential, &order.account, &order.number)
            .await;
        let outcome = asked
            .as_ref()
            .map_or_else(centrex::Error::code, |_| answered::ACCEPTED);
        metrics::histogram!("centrex_relay_platform_seconds", "outcome" => outcome).record(begun.elapsed());
        metrics::counter!("centrex_relay_dials_total", "outcome" => outcome).increment(1);
        tracing::info!(token = order.token, outcome, "dial");
        let placed = asked.map(|accepted| Placed {
            number: order.number.clone(),
            account_id: order.account.clone(),
            call_id: accepted.call_id,
        });
        (outcome, placed.map_err(|error| platform::refusal(&error)))
    }
}

/// Looks the key up, and unless it is known, the rules or the count are against it, writes down that the platform is asked now.
/// A refusal is written down if it may be.
async fn begin(
    order: &Order,
    per_minute: u32,
    may_note: impl FnOnce() -> bool + Send + 'static,
    writer: &Writer,
) -> Result<Begun, StoreError> {
    let (token, key, request, account) = (
        order.token.clone(),
        order.key.clone(),
        order.request,
        order.account.clone(),
    );
    let against = order.against.clone();
    let mut line = trail(
        order.token.clone(),
        order.label.clone(),
        &order.account,
        order.number.as_str().to_owned(),
    );
    let now = line.at;
    let begun = writer
        .run(move |batch| {
            if let Some(known) = dial::get(batch.db(), &token, &key)? {
                return Ok(again(known, request, now));
            }
            let refusal = match against {
                Some(refusal) => Some(refusal),
                None => too_many(batch, &account, per_minute, now)?,
            };
            if let Some(refusal) = refusal {
                if may_note() {
                    line.outcome = Some(outcome(&refusal));
                    line.reason.clone_from(&refusal.problem.reason);
                    dialled::insert(batch.db(), &line)?;
                }
                return Ok(Begun::Refused(refusal));
            }
            dial::begin(batch.db(), &token, &key, &request, now)?;
            Ok(Begun::New(dialled::insert(batch.db(), &line)?))
        })
        .await?;
    if let Begun::Refused(refusal) = &begun {
        count_refused(refusal);
    }
    Ok(begun)
}

/// What a press hears whose key is known.
fn again(known: dial::Dial, request: Hash, now: Timestamp) -> Begun {
    if known.request != request {
        return Begun::Conflict;
    }
    let Some(answer) = known.answer else {
        return Begun::Swallowed;
    };
    // What is over by now is as near as can be.
    let left = |at: Timestamp| Duration::try_from(at.duration_since(now)).unwrap_or_default();
    Begun::Known(Reply {
        answer,
        retry_after: known.retry_at.map(left),
    })
}

/// The refusal of a call when an account has had as many within the last minute as it may.
fn too_many(batch: &Batch<'_>, account: &AccountId, per_minute: u32, now: Timestamp) -> Sql<Option<Refusal>> {
    let since = now.saturating_sub(MINUTE).unwrap_or(Timestamp::MIN);
    // Rows of the future are from before the clock was set back.
    let until = now.saturating_add(MINUTE).unwrap_or(Timestamp::MAX);
    let asked = dialled::asked(batch.db(), account, (since, until))?;
    let over = asked.len().checked_sub(per_minute as usize);
    let Some(oldest) = over.and_then(|over| asked.get(over)) else {
        return Ok(None);
    };
    let wait = oldest.duration_since(since);
    let detail = format!(
        "Your company lets {per_minute} calls a minute be placed from this account, and there have been as many; wait a moment."
    );
    let refusal = Refusal::new(
        StatusCode::TOO_MANY_REQUESTS,
        problem::TOO_MANY_CALLS,
        "Too many calls",
        detail,
    );
    let wait = Duration::try_from(wait).unwrap_or_default();
    Ok(Some(refusal.rung(false).retry_after(wait)))
}

/// A line of the audit trail, as it begins.
fn trail(token: String, label: String, account: &AccountId, number: String) -> Dialled {
    Dialled {
        id: 0,
        at: Timestamp::now(),
        token,
        label,
        account: account.clone(),
        number,
        outcome: None,
        reason: None,
        call_id: None,
    }
}

/// What the audit trail says of a refusal: its problem's name.
fn outcome(refusal: &Refusal) -> String {
    refusal.problem.name().unwrap_or("refused").to_owned()
}

fn count_refused(refusal: &Refusal) {
    metrics::counter!("centrex_relay_dials_total", "outcome" => outcome(refusal)).increment(1);
}

fn counted(refusal: Refusal) -> Refusal {
    count_refused(&refusal);
    refusal
}

/// The newest lines of the audit trail, of one account or of all.
///
/// # Errors
/// [`StoreError`]
pub fn list(data_dir: &Path, account: Option<&AccountId>, limit: u32) -> Result<Vec<Dialled>, StoreError> {
    look(data_dir, |db| dialled::list(db, account, limit.into()))
}

fn conflict() -> Refusal {
    Refusal::new(
        StatusCode::CONFLICT,
        problem::IDEMPOTENCY_CONFLICT,
        "Key used for another call",
        "The same Idempotency-Key came with another account or number; nothing was dialled. Use a new key for each press.",
    )
    .rung(false)
}

impl From<Refusal> for Reply {
    fn from(refusal: Refusal) -> Self {
        Self {
            answer: Answer {
                status: refusal.problem.status,
                body: serde_json::to_string(&refusal.problem).unwrap_or_default(),
            },
            retry_after: refusal.retry_after,
        }
    }
}
