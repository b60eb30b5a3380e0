//! A desk that has been in use for years: 100,000 calls in the journal, 50,000 contacts in the book.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::sync::mpsc::{Receiver, channel};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::process::settled_pss_mb;
use super::table::{Budget, Row};
use super::{Bench, LINE, SOON, millis};
use crate::demo::bus::What;
use crate::demo::observe::{self, Mark};
use crate::demo::simulator::shows_number;
use crate::demo::wait;
use crate::run::{cargo, run};

const CALLS: u32 = 100_000;
const CONTACTS: u32 = 50_000;
/// Contacts that call, and numbers that are looked up.
const PEOPLE: u32 = 200;
/// What the agent logs while the time between these two is taken.
const TOLD: &str = "info,relay_api=trace,centrex_tray=trace";
/// What people look for, typed letter by letter: names, companies and numbers of the made-up calls and contacts.
const TYPED: [&str; 6] = [
    "élodie martin",
    "société 0123",
    "menuiserie 12",
    "garçon",
    "0610001234",
    "0199001234",
];

impl Bench<'_> {
    /// `folder` is where the file of contacts goes.
    pub(super) fn people(&mut self, folder: &Path) -> Result<Vec<Row>> {
        self.stop()?;
        let (journal, cards) = (self.product.journal(), folder.join("contacts.vcf"));
        example("companion", "samples", &journal, CALLS)?;
        example("contacts", "vcards", &cards, CONTACTS)?;
        self.restart()?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        let begun = Instant::now();
        let cards = cards.to_str().context("no path in UTF-8")?;
        self.product.agent_says(&["contacts", "import", cards, "--yes"])?;
        let imported = millis(Instant::now(), begun);

        let starts = self.starts()?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        let memory = settled_pss_mb(self.agent()?)?;
        let calls = self.typed(
            "calls",
            |text| json!({ "type": "journal", "ask": { "type": "search", "query": { "text": text, "limit": 50 } } }),
        )?;
        let contacts = self.typed(
            "contacts",
            |text| json!({ "type": "contacts", "ask": { "type": "search", "text": text, "favourites": false, "limit": 50 } }),
        )?;
        let found = (0..PEOPLE)
            .map(|n| {
                let ask = json!({ "type": "who_has", "number": mobile(n * 211 % CONTACTS) });
                let (answer, took) = self.timed(&json!({ "type": "contacts", "ask": ask }))?;
                let found = answer["contacts"].as_array().map_or(0, Vec::len);
                ensure!(found == 1, "{ask} found {found} contacts");
                Ok(took)
            })
            .collect::<Result<Vec<_>>>()?;
        let (inside, outside) = self.named()?;
        let row = |what: &str, share, limit, unit, samples| {
            let what = format!("100,000 calls, 50,000 contacts: {what}");
            Row::new(what, Budget::AtMost { share, limit }, unit, samples)
        };
        Ok(vec![
            Row::new(
                "import of 50,000 vCards by the command line",
                Budget::AtMost {
                    share: 1.0,
                    limit: 5_000.0,
                },
                "ms",
                vec![imported],
            ),
            row("exec → icon", 0.5, 80.0, "ms", starts),
            row("idle PSS", 1.0, 25.0, "MB", vec![memory]),
            row("calls, as typed", 0.99, 20.0, "ms", calls),
            row("contacts, as typed", 0.99, 20.0, "ms", contacts),
            row("who has a number", 0.99, 1.0, "ms", found),
            row("event in the agent → named Notify", 0.99, 5.0, "ms", inside),
            Row::new(
                "the same from outside, with two streams and the bus",
                Budget::None,
                "ms",
                outside,
            ),
        ])
    }

    /// Every beginning of what is typed, as a question over the control socket, its connection included.
    fn typed(&self, holds: &str, ask: impl Fn(&str) -> Value) -> Result<Vec<f64>> {
        let mut samples = Vec::new();
        for text in TYPED {
            let mut found = 0;
            for end in text.char_indices().map(|(at, letter)| at + letter.len_utf8()) {
                let (answer, took) = self.timed(&ask(&text[..end]))?;
                let page = answer.get("page").unwrap_or(&answer);
                let list = page[holds]
                    .as_array()
                    .with_context(|| format!("no {holds} in the answer"))?;
                found += list.len();
                samples.push(took);
            }
            ensure!(found > 0, "nothing was found while “{text}” was typed");
        }
        Ok(samples)
    }

    fn timed(&self, request: &Value) -> Result<(Value, f64)> {
        let begun = Instant::now();
        let answer = self.product.control(request)?;
        Ok((answer, millis(Instant::now(), begun)))
    }

    /// Contacts call. In the agent, by its own log: from the bytes of the stream to what goes to the bus. From outside: from
    /// the event on a second desktop's stream, which the relay writes at the same time, to the notification on the bus; zero
    /// when the agent was quicker than this program.
    fn named(&mut self) -> Result<(Vec<f64>, Vec<f64>)> {
        self.stop()?;
        let told = ["env".to_owned(), format!("CENTREX_TRAY_LOG={TOLD}")];
        self.product.start_agent_under(&told)?;
        observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        // Answered once the book is open: a call before gets its name a little later.
        self.timed(&json!({ "type": "contacts", "ask": { "type": "who_has", "number": mobile(0) } }))?;
        let outside = self.named_calls()?;
        let log = self.product.agent.as_ref().context("no agent")?.log();
        let inside = until_notify(&log)?;
        ensure!(
            inside.len() == outside.len(),
            "{} notifications in the agent's log, {} on the bus",
            inside.len(),
            outside.len()
        );
        Ok((inside, outside))
    }

    /// Milliseconds of each call, from outside.
    fn named_calls(&mut self) -> Result<Vec<f64>> {
        let send = self.callbacks()?;
        let lines = self.lines()?;
        let called = crate::demo::product::LINE.trim_start_matches('+');
        let mut samples = Vec::new();
        for n in 0..PEOPLE {
            let number = mobile(n * 211 % CONTACTS);
            let id = format!("named-{n}");
            let mark = self.desktop.bus.mark();
            send(format!(
                "call_id={id}&event=incoming_call_start&calling_number={}&called_number={called}&account_id={LINE}",
                number.trim_start_matches('+')
            ))?;
            let shown = observe::wait_notification(&self.desktop.bus, mark, SOON, &number, |_| true)?;
            ensure!(
                !shows_number(&shown.summary, &number),
                "no name in “{}”",
                shown.summary
            );
            let written = loop {
                let (at, line) = lines
                    .recv_timeout(SOON)
                    .context("the call isn't on the second stream")?;
                if line.contains(&format!("\"{id}\"")) {
                    break at;
                }
            };
            let later = shown.at.saturating_duration_since(written);
            samples.push(later.as_secs_f64() * 1000.0);
            send(format!("call_id={id}&event=call_connected"))?;
            send(format!(
                "call_id={id}&event=call_end&status=ANSWERED&billable_duration=1"
            ))?;
            self.desktop
                .bus
                .wait(mark, SOON, "the notification's end", |heard| {
                    matches!(heard.what, What::Closed { .. }).then_some(())
                })?;
            // The desktop draws what has ended: the next call's time is the agent's, not the panel's.
            wait::until(SOON, "the notification's going from the screen", || {
                Ok(self.screen().window_of("xfce4-notifyd")?.is_none().then_some(()))
            })?;
            observe::wait_mark(self.screen(), Mark::Handset, SOON)?;
        }
        Ok(samples)
    }

    /// The lines of a stream of one's own, with when they came.
    fn lines(&self) -> Result<Receiver<(Instant, String)>> {
        let stream = self.streams(1)?.pop().context("no stream")?;
        let (sender, lines) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stream).lines().map_while(Result::ok) {
                if sender.send((Instant::now(), line)).is_err() {
                    return;
                }
            }
        });
        Ok(lines)
    }
}

/// From each last sign of the stream before a notification to that, in milliseconds, in the order of an agent's log.
fn until_notify(log: &str) -> Result<Vec<f64>> {
    let (mut came, mut samples) = (None, Vec::new());
    for line in log.lines() {
        let at = || -> Result<Timestamp> {
            let first = line.split_whitespace().next().unwrap_or_default();
            first.parse().with_context(|| format!("no time begins “{line}”"))
        };
        if line.ends_with("the stream brings something") {
            came = Some(at()?);
        } else if line.ends_with("a notification goes to the bus") {
            let came = came.context("a notification before the stream said anything")?;
            samples.push(at()?.duration_since(came).as_secs_f64() * 1000.0);
        }
    }
    Ok(samples)
}

/// The mobile number that the made-up contact of this index alone has.
fn mobile(index: u32) -> String {
    format!("+336{}", 10_000_000 + index)
}

/// Runs an example that writes made-up data into a file.
fn example(package: &str, name: &str, file: &Path, count: u32) -> Result<()> {
    let mut command = cargo(["run", "--release", "-p", package, "--example", name, "--"]);
    run(command.arg(file).arg(count.to_string()))
}
