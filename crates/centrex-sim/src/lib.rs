//! The Centrex platform, simulated: a library for tests ([`Sim`]) and a program for people (`centrex-sim`).
//!
//! It is a real HTTP server with the two documented functions, phones with people at them, and callbacks sent as real
//! HTTP requests. It shares no code with the product's own client, so that each checks the other.
//!
//! # Under `/api`: the platform
//! `GET /api/centrex/v1/call?account_id=…&number=…&api_key=…` (or `&password=…`) and
//! `GET /api/centrex/v1/set_callback?api_key=…&url=…`, as strict as the real one may be: a parameter given twice,
//! parameters that are not UTF-8, both credentials at once, or an unescaped plus before the number get 400; a wrong
//! credential 401 (an unknown account as well, when asked with a password); an unknown account 404 with the key; an
//! account without notification configuration 403; another method 405; any other address a web page with 404.
//! Refusals are `{"status":"error","error":CODE,"message":…}`. What the guide leaves open is a switch:
//! [`faults::ApiSwitches`], [`StartCallback`], [`InternalCalls`].
//!
//! # Under `/sim`: the control surface
//! Without authentication: keep it on loopback. Errors are `{"error": sentence}` with 404 (no such account), 409 (not
//! now), 422 (can't be used).
//!
//! | request | does |
//! |---|---|
//! | `GET /sim/` | program, version, seed, the platform's time |
//! | `GET /sim/phones` | [`PhoneStatus`] of each account |
//! | `POST /sim/ring` [`Ring`] | somebody calls an account, or several at once; `{"call_id":…}` |
//! | `POST /sim/dial` [`Dial`] | somebody dials by hand on an account's phone; `{"call_id":…}` |
//! | `POST /sim/phones/{account}/pick-up` | lifts the account's ringing phone; body `{"call_id":…}` or none |
//! | `POST /sim/phones/{account}/answer` | answers what rings next in its call: its own phone, or the other party's |
//! | `POST /sim/phones/{account}/hang-up` [`HangUp`] | hangs up, refuses or gives up; body or none |
//! | `GET /sim/record?after=N&wait=S&kind=K&call_id=…&account=…` | a JSON array of [`Entry`]; waits up to S seconds for the first that fits; `Accept: application/x-ndjson` gives lines |
//! | `GET`, `PUT`, `DELETE /sim/faults` | [`Faults`]: read (those used up are gone), replaced, cleared |
//! | `POST /sim/faults/next` | adds a list of [`faults::Exact`] behind those that wait |
//! | `GET`, `PUT /sim/callback` `{"url":…}` | where callbacks go, read in full or set without the API |
//! | `POST /sim/callback/send` `{"query":…}` | sends a callback with this very query |
//! | `POST /sim/advance` `{"seconds":…}` | moves manual time; answers once all that was due has happened and is answered |
//!
//! # The record
//! Everything that happened, in order, each an [`Entry`] of a [`Kind`]. A click-to-call gives `call_requested`,
//! `own_phone_rings`, `api_answered`, `own_phone_picked_up`, `other_party_rings`, `connected`, `ended`; an incoming call
//! `own_phone_rings`, `own_phone_picked_up`, `connected`, `ended`; between them, `callback_sent` and `callback_answered`
//! for each callback. No key and no password is ever in it, and of the callback URL only scheme, host and port: its
//! path is the receiver's secret. A timer that fires late counts as of when it was due.
//!
//! A call that rings on several phones (`also` of [`Ring`], `--to` given more than once) is one call with one `call_id` and a
//! start callback for each account; a phone without a free line is passed over. The guide's `call_connected` and `call_end`
//! name no account, so they come once, and nothing that is sent tells who picked up: only the record does
//! (`own_phone_picked_up` on one phone, `own_phone_stops` on the others). One phone's hanging up before is its refusal: it is
//! silent, and the call goes on on the others.
//!
//! # The faults
//! One JSON document, [`Faults`]; every field may be left out, an unknown one is refused, and `{}` is good behaviour.
//!
//! ```
//! # let faults: centrex_sim::Faults = serde_json::from_str(r#"
//! {
//!   "callbacks": {
//!     "drop": 0.05, "duplicate": 0.1, "duplicate_after_s": 2, "reorder": 0.1,
//!     "delay": 0.1, "delay_s": [1, 120], "delay_keeps_order": false,
//!     "extra_parameters": 0.5, "repeated_parameters": 0.1, "shuffled_parameters": 0.5,
//!     "broken_encoding": 0.1, "missing_call_id": 0.05, "unknown_event": 0.1, "slash_before_query": 0.5,
//!     "numbers": "any", "withheld": "any", "status": "any", "billable_duration": "any",
//!     "call_ids": "sip", "method": "get", "retries": 2, "retry_after_s": 5, "end_without_start": true
//!   },
//!   "next": [
//!     {"event": "call_end", "do": "drop"},
//!     {"event": "outgoing_call_start", "do": "hold"},
//!     {"event": "call_connected", "account": "1001", "do": {"delay": 90}, "times": 3}
//!   ],
//!   "answers": [
//!     {"to": "call", "do": "close", "carried_out": true, "times": 1},
//!     {"to": "call", "do": {"status": 503}, "delay_s": 2.5}
//!   ],
//!   "api": {"methods": "both", "call_id_in_answer": true, "html_errors": true, "number": "digits"},
//!   "allowed_addresses": ["127.0.0.1"],
//!   "rate_limit": {"requests": 5, "per_s": 60, "retry_after_s": 30},
//!   "without_notifications": ["1002"],
//!   "callee": "busy"
//! }
//! # "#).unwrap();
//! # faults.check().unwrap();
//! ```
//!
//! * `callbacks`: chances from 0 to 1, drawn anew for each callback, and ways of writing ([`faults::CallbackFaults`]).
//! * `next`: exact faults, each used up by the first callback that fits ([`faults::Action`]: `drop`, `duplicate`, `swap`
//!   with the next one, `hold` until after the end, `{"delay": S}`, `missing_call_id`, `extra_parameters`,
//!   `repeated_parameters`, `broken_encoding`, `nothing`).
//! * `answers`: what a request gets instead of its answer ([`faults::OddAnswer`]: `usual`, `{"status": N}`, `html`,
//!   `json_error`, `empty`, `endless`, `{"redirect": URL}`, `close`, `cut`, `hang`), after `delay_s`, and whether it is
//!   `carried_out` all the same.
//! * the rest: who may use the API how often, and what people outside do when they are called ([`faults::Callee`]).
//!
//! # The seed
//! Every decision by chance is drawn from the seed, the call's place among all calls and the callback's place within its
//! call. So the same commands in the same order meet the same faults and the same call ids, whatever the machine's
//! load. With [`Time::Manual`] callbacks also go out strictly one at a time, and the whole record is the same, times
//! included; with real time only the order in which different calls' entries interleave may differ.
//!
//! ```no_run
//! # async fn example() -> Result<(), centrex_sim::SimError> {
//! use centrex_sim::{Config, Kind, Ring, Sim};
//!
//! let sim = Sim::start(Config::new("a-key").account("1001", "a-password", "+33199000001")?).await?;
//! sim.set_callback_url(Some("http://127.0.0.1:8080/callback/secret")).await?;
//! let ring = Ring { to: "1001".into(), from: Some("+33639980001".into()), ..Ring::default() };
//! let call_id = sim.ring(ring).await?;
//! sim.pick_up("1001").await?;
//! sim.await_event(|entry| entry.kind == Kind::CallbackAnswered && entry.call_id.as_ref() == Some(&call_id)).await?;
//! sim.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod chance;
mod config;
mod deliver;
mod engine;
mod error;
pub mod faults;
mod number;
mod query;
mod record;
pub mod seconds;
mod server;
mod sim;
mod world;

pub use config::{Account, Config, InternalCalls, StartCallback, Time, Timing};
pub use error::SimError;
pub use faults::Faults;
pub use number::E164;
pub use record::{Entry, Filter, Kind};
pub use sim::Sim;
pub use world::{Dial, Dialled, HangUp, HangUpBy, PhoneCall, PhoneState, PhoneStatus, Ring};
