//! The platform's API: originate a call, set the callback, parse a callback.

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
