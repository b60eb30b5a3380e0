//! All that the app decides without a desktop, as `on(event, now) → effects`.
//!
//! Nothing here opens a socket, reads a clock or knows an operating system: the agent feeds [`event::Event`]s to the
//! [`Companion`] and carries out its [`effect::Effect`]s. What people see (tray, notifications, sentences) is a pure function
//! of the state and the strings. Two rooms touch files, and only when the agent calls them: [`settings`] and [`journal`].

mod alerts;
mod board;
mod companion;
mod dial;
pub mod dialled;
pub mod effect;
pub mod event;
mod hearing;
pub mod hotkey;
pub mod journal;
pub mod known;
mod notify;
mod numbers;
pub mod obstacle;
pub mod pop;
pub mod private;
pub mod quiet;
pub mod settings;
#[cfg(test)]
mod testing;
mod time;
pub mod tray;
pub mod view;
pub mod words;

pub use companion::Companion;
