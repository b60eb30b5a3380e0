//! The load of `cargo xtask bench relay`: callbacks in, streams out, the same for the relay and for nginx with nchan.
//!
//! `load SPEC`, with a [`Spec`] as JSON. One line on standard output says that all is open; a line on standard input begins;
//! a second line out tells what was measured ([`Told`] as JSON), while everything stays open until standard input ends. Whoever
//! runs it looks at the server's memory and processor time at these moments.
//!
//! `load desks DIR COUNT WATCHERS FILE` puts as many tokens into a relay's data folder as it would take hours to enrol, and
//! writes them to a file, one a line: `COUNT` that each hear an account of their own, then `WATCHERS` that all hear one.
//!
//! One thread: it shares the machine with what it measures.

mod disturb;
mod meter;
mod publish;
mod rows;
mod sse;
mod target;

use std::error::Error;
use std::io::Write as _;
use std::rc::Rc;

use serde::Serialize;
use tokio::sync::mpsc;

pub(crate) use target::{Spec, Target};

pub(crate) type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// What was measured; what a row has no word for is 0.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Told {
    /// Callbacks that were answered.
    pub published: u64,
    /// Events that were read.
    pub delivered: u64,
    /// Events that should have been read and weren't, or came twice.
    pub wrong: u64,
    /// How long the callbacks took to be sent, all together.
    pub seconds: f64,
    /// From callback to event, in milliseconds.
    pub p50: f64,
    /// The same.
    pub p99: f64,
}

fn main() -> Result<()> {
    rlimit::increase_nofile_limit(u64::MAX)?;
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["desks", folder, count, watchers, file] => {
            target::make_desks(folder.as_ref(), count.parse()?, watchers.parse()?, file.as_ref())
        }
        [spec] => {
            let spec: Spec = serde_json::from_str(spec)?;
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            tokio::task::LocalSet::new().block_on(&runtime, run(spec))
        }
        _ => Err("usage: load SPEC, or load desks DIR COUNT WATCHERS FILE".into()),
    }
}

async fn run(spec: Spec) -> Result<()> {
    let mut orders = orders();
    let row = spec.row.clone();
    let target = Rc::new(Target::new(spec)?);
    let prepared = rows::Prepared::open(&target, &row).await?;
    say("\"ready\"")?;
    orders.recv().await;
    let (told, held) = prepared.run(&row).await?;
    say(&serde_json::to_string(&told)?)?;
    while orders.recv().await.is_some() {}
    drop(held);
    Ok(())
}

/// The lines of standard input; read apart, as that can only be done by waiting for it.
fn orders() -> mpsc::UnboundedReceiver<String> {
    let (sender, orders) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(std::result::Result::ok) {
            if sender.send(line).is_err() {
                return;
            }
        }
    });
    orders
}

fn say(line: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
