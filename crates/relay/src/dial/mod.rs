//! Click-to-call through the relay: one press, at most one request to the platform.
//!
//! The key's row is on disk before the platform is asked, and the answer is on disk before it is given. A repetition of the
//! key gets the same answer, waits for the one that is under way, or, when a restart swallowed the answer, is told that
//! nobody knows: the platform is never asked again for it.

mod number;
mod platform;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use http::StatusCode;
use jiff::Timestamp;
use relay_api::wire::{PlaceCall, Placed, problem};
use telephony::{AccountId, E164};
use tokio::sync::watch;
use tokio_util::task::TaskTracker;

use crate::problem::Refusal;
use crate::secret::Hash;
use crate::sessions::Session;
use crate::store::kinds::dial::{self, Answer};
use crate::store::{StoreError, Writer};

/// Places calls for desktops.
pub struct Dialler {
    platform: Option<Platform>,
    under_way: Mutex<HashMap<Key, UnderWay>>,
}

/// The platform, and the key that opens it.
#[derive(Debug)]
pub struct Platform {
    /// Where it is.
    pub client: centrex::Client,
    /// The customer-wide key.
    pub credential: centrex::Credential,
}

type Key = (String, String);

struct UnderWay {
    request: Hash,
    answer: watch::Receiver<Option<Answer>>,
}

impl std::fmt::Debug for Dialler {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialler")
            .field("can_dial", &self.can_dial())
            .finish()
    }
}

/// A call that may be placed.
struct Order {
    token: String,
    key: String,
    account: AccountId,
    number: E164,
    request: Hash,
}

enum Begun {
    New,
    Known(Answer),
    Conflict,
    Swallowed,
}

impl Dialler {
    /// With the platform's key, or without: then every dial is refused.
    pub fn new(platform: Option<Platform>) -> Self {
        Self {
            platform,
            under_way: Mutex::default(),
        }
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
    ) -> Result<Answer, Refusal> {
        if !self.can_dial() {
            return Err(Refusal::new(
                StatusCode::NOT_IMPLEMENTED,
                problem::DIAL_UNAVAILABLE,
                "This relay doesn't dial",
                "This relay holds no key of the platform; its administrator can give it one.",
            )
            .rung(false));
        }
        if !session.accounts.contains(&call.account_id) {
            return Err(Refusal::new(
                StatusCode::FORBIDDEN,
                problem::FORBIDDEN,
                "Not your account",
                "This desktop isn't enrolled for that account; enrol it with a code that names the account.",
            )
            .rung(false));
        }
        let number = number::understood(&call.number, call.confirmed)?;
        let request = Hash::of(format!("{}\n{}", call.account_id.0, number.as_str()).as_bytes());
        let order = Order {
            token: session.token.clone(),
            key,
            account: call.account_id.clone(),
            number,
            request,
        };
        self.once(order, writer, tasks).await
    }

    /// Joins the dial of this key that is under way, or starts one that outlives its requester.
    async fn once(
        self: &Arc<Self>,
        order: Order,
        writer: &Arc<Writer>,
        tasks: &TaskTracker,
    ) -> Result<Answer, Refusal> {
        let key = (order.token.clone(), order.key.clone());
        let mut answer = {
            let mut under_way = self.under_way.lock().unwrap_or_else(PoisonError::into_inner);
            match under_way.get(&key) {
                Some(other) if other.request != order.request => return Err(conflict()),
                Some(same) => same.answer.clone(),
                None => {
                    let (sender, answer) = watch::channel(None);
                    under_way.insert(
                        key.clone(),
                        UnderWay {
                            request: order.request,
                            answer: answer.clone(),
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
                    answer
                }
            }
        };
        let answered = answer
            .wait_for(Option::is_some)
            .await
            .map(|answer| answer.clone());
        answered
            .ok()
            .flatten()
            .ok_or_else(|| Refusal::unavailable("The relay is stopping.").rung(true))
    }

    async fn carry_out(&self, order: &Order, writer: &Writer) -> Answer {
        let begun = match begin(order, writer).await {
            Ok(begun) => begun,
            Err(error) => return Refusal::from(error).rung(false).into(),
        };
        let outcome = match begun {
            Begun::Known(answer) => return answer,
            Begun::Conflict => return conflict().into(),
            Begun::Swallowed => return platform::swallowed().into(),
            Begun::New => self.ask(order).await,
        };
        let answer = match outcome {
            Ok(placed) => {
                let body = serde_json::to_string(&placed).unwrap_or_default();
                Answer {
                    status: StatusCode::ACCEPTED.as_u16(),
                    body,
                }
            }
            Err(refusal) => refusal.into(),
        };
        let (token, key, kept) = (order.token.clone(), order.key.clone(), answer.clone());
        if let Err(error) = writer
            .run(move |batch| dial::finish(batch.db(), &token, &key, &kept))
            .await
        {
            // The answer is true all the same; a repetition will hear that nobody knows.
            tracing::error!(%error, "the answer to a dial could not be stored");
        }
        answer
    }

    async fn ask(&self, order: &Order) -> Result<Placed, Refusal> {
        let Some(platform) = &self.platform else {
            return Err(Refusal::unavailable("This relay doesn't dial.").rung(false));
        };
        let asked = platform
            .client
            .call(&platform.credential, &order.account, &order.number)
            .await;
        let outcome = asked.as_ref().map_or_else(centrex::Error::code, |_| "accepted");
        metrics::counter!("centrex_relay_dials_total", "outcome" => outcome).increment(1);
        tracing::info!(token = order.token, outcome, "dial");
        match asked {
            Ok(accepted) => Ok(Placed {
                number: order.number.clone(),
                account_id: order.account.clone(),
                call_id: accepted.call_id,
            }),
            Err(error) => Err(platform::refusal(&error)),
        }
    }
}

async fn begin(order: &Order, writer: &Writer) -> Result<Begun, StoreError> {
    let (token, key, request, now) = (
        order.token.clone(),
        order.key.clone(),
        order.request,
        Timestamp::now(),
    );
    writer
        .run(move |batch| {
            Ok(match dial::get(batch.db(), &token, &key)? {
                None => {
                    dial::begin(batch.db(), &token, &key, &request, now)?;
                    Begun::New
                }
                Some(known) if known.request != request => Begun::Conflict,
                Some(dial::Dial {
                    answer: Some(answer), ..
                }) => Begun::Known(answer),
                Some(_) => Begun::Swallowed,
            })
        })
        .await
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

impl From<Refusal> for Answer {
    fn from(refusal: Refusal) -> Self {
        Self {
            status: refusal.problem.status,
            body: serde_json::to_string(&refusal.problem).unwrap_or_default(),
        }
    }
}
