//! All that the app decides without a desktop, as `on(event, now) → effects`.
//!
//! Nothing here opens a socket, reads a clock or knows an operating system: the agent feeds [`event::Event`]s and carries
//! out [`effect::Effect`]s. What people see (tray, notifications, sentences) is a pure function of the state and the strings.

pub mod effect;
pub mod event;
pub mod settings;
pub mod tray;
