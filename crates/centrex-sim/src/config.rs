//! What a simulated platform is made of: accounts, key, times, switches.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::error::SimError;
use crate::faults::Faults;
use crate::number::E164;

/// Everything a [`Sim`](crate::Sim) needs to start. [`Config::new`] gives one account-less platform on a free
/// loopback port; add accounts with [`Config::account`].
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen. Port 0 takes a free one.
    pub listen: SocketAddr,
    /// The seed of every decision by chance. `None` draws one, to be read back with [`Sim::seed`](crate::Sim::seed).
    pub seed: Option<u64>,
    /// The customer's API key: it opens every account, and is the only way to `set_callback`.
    pub api_key: SecretString,
    /// The simulated phones.
    pub accounts: Vec<Account>,
    /// How long people take.
    pub timing: Timing,
    /// When `outgoing_call_start` is sent for a click-to-call.
    pub start_callback: StartCallback,
    /// How a call between two of the accounts is identified.
    pub internal_calls: InternalCalls,
    /// How many calls one phone takes at once; the next one is busy. `None`: no limit.
    pub lines: Option<usize>,
    /// How time passes.
    pub time: Time,
    /// How long the platform waits for the answer to a callback.
    pub callback_timeout: Duration,
    /// The faults to begin with.
    pub faults: Faults,
}

impl Config {
    /// A platform on `127.0.0.1:0` that knows `api_key` and no account yet.
    #[must_use]
    pub fn new(api_key: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            seed: None,
            api_key: SecretString::from(api_key.into()),
            accounts: Vec::new(),
            timing: Timing::default(),
            start_callback: StartCallback::default(),
            internal_calls: InternalCalls::default(),
            lines: None,
            time: Time::default(),
            callback_timeout: Duration::from_secs(5),
            faults: Faults::default(),
        }
    }

    /// Adds an account. `number` is E.164, with or without the plus.
    ///
    /// # Errors
    /// [`SimError::Config`] when the id is empty or the number is not E.164.
    pub fn account(mut self, id: &str, password: &str, number: &str) -> Result<Self, SimError> {
        self.accounts.push(Account::new(id, password, number)?);
        Ok(self)
    }

    pub(crate) fn check(&self) -> Result<(), SimError> {
        if self.api_key.expose_secret().is_empty() {
            return Err(SimError::Config("the API key is empty; give one".into()));
        }
        for (i, account) in self.accounts.iter().enumerate() {
            for other in &self.accounts[..i] {
                if other.id == account.id {
                    return Err(SimError::Config(format!(
                        "the account {} is given twice",
                        account.id
                    )));
                }
                if other.number == account.number {
                    return Err(SimError::Config(format!(
                        "the accounts {} and {} have one number; each phone needs its own",
                        other.id, account.id
                    )));
                }
            }
        }
        self.faults.check()
    }
}

/// One Centrex account: one phone.
#[derive(Clone, Debug)]
pub struct Account {
    /// The account's id, opaque.
    pub id: String,
    /// The account's SIP password (account-level authentication of click-to-call).
    pub password: SecretString,
    /// The phone's own number.
    pub number: E164,
}

impl Account {
    /// An account; `number` is E.164, with or without the plus.
    ///
    /// # Errors
    /// [`SimError::Config`] when the id is empty or the number is not E.164.
    pub fn new(id: &str, password: &str, number: &str) -> Result<Self, SimError> {
        if id.is_empty() || id.contains('/') {
            return Err(SimError::Config(
                "an account's id can't be empty and holds no slash".into(),
            ));
        }
        if password.is_empty() {
            return Err(SimError::Config(format!(
                "the account {id} has no password; give one"
            )));
        }
        let number = E164::parse(number).ok_or_else(|| {
            SimError::Config(format!(
                "the number of the account {id} is not E.164, such as +33199000001"
            ))
        })?;
        Ok(Self {
            id: id.to_owned(),
            password: SecretString::from(password.to_owned()),
            number,
        })
    }
}

/// Reads `ID:PASSWORD:NUMBER`. The password may hold colons; the id and the number can't.
impl FromStr for Account {
    type Err = SimError;

    fn from_str(text: &str) -> Result<Self, SimError> {
        // The text holds a password: no error may repeat it.
        let shape = || SimError::Config("an account is written ID:PASSWORD:NUMBER".into());
        let (id, rest) = text.split_once(':').ok_or_else(shape)?;
        let (password, number) = rest.rsplit_once(':').ok_or_else(shape)?;
        Self::new(id, password, number)
    }
}

/// How long the people on the phones take. `None` means that it does not happen by itself: the control surface does it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// From own phone ringing to its being picked up, on a click-to-call.
    pub pickup_after: Option<Duration>,
    /// From the other party's phone ringing to its being answered, on an outgoing call.
    pub answer_after: Option<Duration>,
    /// From connected to hung up.
    pub talk: Option<Duration>,
    /// How long a phone rings before the call is given up. `None`: for ever.
    pub ring_for: Option<Duration>,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            pickup_after: Some(Duration::from_secs(2)),
            answer_after: Some(Duration::from_secs(3)),
            talk: Some(Duration::from_secs(10)),
            ring_for: Some(Duration::from_secs(30)),
        }
    }
}

/// When the platform sends `outgoing_call_start` for a click-to-call. The guide does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StartCallback {
    /// As soon as the request is accepted and own phone rings.
    AtRequest,
    /// When own phone is picked up and the platform calls the other party. A call never picked up then sends nothing.
    #[default]
    AtPickup,
}

/// How a call between two accounts of the customer is identified. The guide does not say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InternalCalls {
    /// Both start callbacks carry one `call_id`; connected and end come once.
    #[default]
    OneId,
    /// Each account sees a `call_id` of its own; connected and end come once for each.
    TwoIds,
}

/// How time passes on the platform. Only its own time: sockets and timeouts of requests always take real time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Time {
    /// As on the wall.
    #[default]
    Real,
    /// Only by [`Sim::advance`](crate::Sim::advance); callbacks then go out strictly one at a time, so that the whole
    /// record is repeated exactly by the same seed and the same commands.
    Manual,
}
