//! The program that makes the load (`crates/relay/examples/load`), a process of its own.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

/// What it measured.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Told {
    /// Callbacks that were answered.
    pub published: u64,
    /// Events that were read.
    pub delivered: u64,
    /// Events that never came, or that came twice.
    pub wrong: u64,
    /// How long it took.
    pub seconds: f64,
    /// From callback to event, in milliseconds.
    pub p50: f64,
    /// The same.
    pub p99: f64,
}

/// The program, with its streams open. Dropping it closes them.
pub struct Load {
    child: Child,
    orders: Option<ChildStdin>,
    lines: BufReader<ChildStdout>,
}

impl Load {
    /// Starts it; returns when all is open.
    ///
    /// # Errors
    /// When it can't be started, or something can't be opened: it says why on the terminal.
    pub fn open(program: &Path, spec: &Value) -> Result<Self> {
        let mut child = Command::new(program)
            .arg(spec.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let orders = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().context("no standard output")?);
        let mut load = Self { child, orders, lines };
        load.line()?;
        Ok(load)
    }

    /// Runs the row.
    ///
    /// # Errors
    /// When it fails: it says why on the terminal.
    pub fn run(&mut self) -> Result<Told> {
        self.orders.as_mut().context("it has ended")?.write_all(b"\n")?;
        Ok(serde_json::from_str(&self.line()?)?)
    }

    fn line(&mut self) -> Result<String> {
        let mut line = String::new();
        if self.lines.read_line(&mut line)? == 0 {
            bail!("the load ended before it was done: {}", self.child.wait()?);
        }
        Ok(line)
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        // It ends with its standard input; one that has failed has ended already.
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}
