//! The real relay, on its own listeners, over real HTTP.

mod callback;
mod cli;
mod dial;
mod kill;
mod secrets;
mod stream;
mod support;
mod support_process;
