//! The platform's API, as the operator's guide has it: originate a call, set the callback, read a callback.
//!
//! **Asking.** [`Client`] asks the two functions; [`Client::call`] rings the account's own phone first, then the number.
//!
//! ```no_run
//! use centrex::{Client, Config, Credential, PLATFORM_URL};
//! use telephony::{AccountId, E164};
//!
//! # async fn example(secret: secrecy::SecretString) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(Config::new(PLATFORM_URL.parse()?))?;
//! let account = AccountId("acc1".to_owned());
//! match client.call(&Credential::ApiKey(secret), &account, &E164::parse("33199001234")?).await {
//!     Ok(accepted) => println!("taken; call id {:?}", accepted.call_id),
//!     Err(error) if error.may_have_rung() => println!("{error}; a phone may ring all the same"),
//!     Err(error) => println!("{error}"),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! A request is sent at most once, over a connection of its own; redirects are refused; bodies are bounded to 64 KiB; both
//! the connection and the whole request have a limit. The secrets travel in the URL (that is the platform's design), so no
//! error, log or Debug output of this crate holds a URL, and what the platform answers is scrubbed of them.
//!
//! **Being told.** [`parse`] reads a callback and never fails: what it can't understand it keeps and lists.
//!
//! ```
//! use centrex::{Event, parse};
//!
//! let callback = parse(b"call_id=c1&event=incoming_call_start&calling_number=+33199001234&account_id=acc1", None);
//! assert_eq!(callback.event, Event::IncomingCallStart);
//! assert!(callback.problems.is_empty());
//! ```

pub mod answer;
pub mod callback;
pub mod client;
pub mod error;
pub mod secret;

pub use answer::Accepted;
pub use callback::{Callback, Event, Problem, parse};
pub use client::{Client, Config, Method, PLATFORM_URL};
pub use error::{ConfigError, Error};
pub use secret::Credential;
