//! The rows: what each side is put to, and what is promised of ours.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;

use super::super::fdatasync_ms;
use super::super::table::percentile;
use super::load::{Load, Told};
use super::report::{Budget, Line};
use super::servers::{Relay, Server, nchan};
use super::{Scale, example};
use crate::demo::wait;
use crate::run::{run, say};

/// Calls of one run of the load; the relay remembers those of the runs before.
const CALLS: u64 = 100_000_000;

/// Both servers, and what the disk can do.
pub struct Bench {
    load: PathBuf,
    fill: PathBuf,
    binaries: PathBuf,
    /// On the disk that is measured.
    folder: TempDir,
    relay: Server,
    nchan: Server,
    scale: Scale,
    runs: u64,
    /// Milliseconds of syncs, of the whole run.
    pub floor: Vec<f64>,
}

/// What one side did.
#[derive(Clone, Copy, Debug)]
struct Side {
    told: Told,
    /// Processor time of the server, in milliseconds for each 1,000 callbacks.
    cpu: f64,
}

impl Side {
    fn rate(&self) -> f64 {
        self.told.published as f64 / self.told.seconds
    }
}

impl Bench {
    /// Starts both servers.
    pub fn start(binaries: &Path, folder: &Path, scale: Scale) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("run-").tempdir_in(folder)?;
        let relay = Relay::new(binaries, folder.path(), scale.idle, scale.watchers)?.start()?;
        Ok(Self {
            load: example(binaries, "load"),
            fill: example(binaries, "fill"),
            binaries: binaries.to_owned(),
            nchan: nchan(folder.path())?,
            floor: fdatasync_ms(folder.path())?,
            folder,
            relay,
            scale,
            runs: 0,
        })
    }

    fn sync(&mut self) -> Result<f64> {
        let mut now = fdatasync_ms(self.folder.path())?;
        now.sort_by(f64::total_cmp);
        let median = percentile(&now, 0.5);
        self.floor.extend(now);
        Ok(median)
    }

    fn spec(&mut self, server: &Value, streams: usize, row: &Value) -> Value {
        self.runs += 1;
        let mut spec = server.clone();
        spec["streams"] = streams.into();
        spec["first_call"] = (self.runs * CALLS).into();
        spec["row"] = row.clone();
        spec
    }

    fn side(&mut self, is_ours: bool, streams: usize, row: &Value) -> Result<Side> {
        let server = if is_ours { &self.relay } else { &self.nchan };
        let spec = server.spec.clone();
        let spec = self.spec(&spec, streams, row);
        let server = if is_ours { &self.relay } else { &self.nchan };
        let mut load = Load::open(&self.load, &spec)?;
        let before = server.ran()?;
        let told = load.run()?;
        let ran = server.ran()?.saturating_sub(before);
        let cpu = ran.as_secs_f64() * 1e6 / told.published.max(1) as f64;
        say(format!(
            "    {}: {} in, {} out, {:.1} s, p50 {:.2} ms, p99 {:.2} ms, {cpu:.1} ms of processor time per 1,000",
            if is_ours { "relay" } else { "nchan" },
            told.published,
            told.delivered,
            told.seconds,
            told.p50,
            told.p99,
        ));
        Ok(Side { told, cpu })
    }

    /// The relay, then nchan.
    fn both(&mut self, streams: usize, row: &Value) -> Result<[Side; 2]> {
        Ok([self.side(true, streams, row)?, self.side(false, streams, row)?])
    }

    /// Memory of streams that hear nothing.
    pub fn idle(&mut self) -> Result<Vec<Line>> {
        let count = self.scale.idle;
        let mut kib = [0.0; 2];
        for (side, is_ours) in [true, false].into_iter().enumerate() {
            let server = if is_ours { &self.relay } else { &self.nchan };
            let spec = server.spec.clone();
            let spec = self.spec(&spec, count, &json!({ "kind": "idle" }));
            let server = if is_ours { &self.relay } else { &self.nchan };
            let before = server.settled_kib()?;
            let _streams = Load::open(&self.load, &spec)?;
            kib[side] = (server.settled_kib()? - before) / count as f64;
        }
        Ok(vec![Line {
            what: format!("{} idle streams: memory a stream", thousands(count as u64)),
            unit: "KiB",
            ours: kib[0],
            peer: Some(kib[1]),
            budget: Budget::AtMostTimes(1.0),
        }])
    }

    /// Delay and processor time at a steady rate.
    pub fn rate(&mut self) -> Result<Vec<Line>> {
        let Scale {
            streams,
            per_second,
            seconds,
            ..
        } = self.scale;
        let sync = self.sync()?;
        let row = json!({ "kind": "rate", "per_second": per_second, "seconds": seconds });
        let [ours, peer] = self.both(streams, &row)?;
        let what = format!(
            "{} streams, {} callbacks/s: callback → event read",
            thousands(streams as u64),
            thousands(per_second)
        );
        let line = |what: String, unit, ours, peer, budget| Line {
            what,
            unit,
            ours,
            peer: Some(peer),
            budget,
        };
        Ok(vec![
            line(
                format!("{what}, p50"),
                "ms",
                ours.told.p50,
                peer.told.p50,
                Budget::Limit(sync + 1.0),
            ),
            line(
                format!("{what}, p99"),
                "ms",
                ours.told.p99,
                peer.told.p99,
                Budget::Limit(3.0 * sync + 5.0),
            ),
            line(
                "the same: processor time per 1,000".to_owned(),
                "ms",
                ours.cpu,
                peer.cpu,
                Budget::AtMostTimes(1.5),
            ),
            lost("the same", ours),
        ])
    }

    /// As fast as it goes.
    pub fn flat(&mut self) -> Result<Vec<Line>> {
        let row = json!({ "kind": "flat", "connections": 32, "seconds": self.scale.seconds });
        let [ours, peer] = self.both(self.scale.streams, &row)?;
        Ok(vec![
            Line {
                what: "the same, as fast as it goes, 32 connections".to_owned(),
                unit: "callbacks/s",
                ours: ours.rate(),
                peer: Some(peer.rate()),
                budget: Budget::AtLeastTimes(0.3),
            },
            lost("the same", ours),
        ])
    }

    /// Callbacks in, without streams.
    pub fn ingest(&mut self) -> Result<Vec<Line>> {
        let sync = self.sync()?;
        let row = json!({ "kind": "flat", "connections": 256, "seconds": self.scale.seconds });
        let [ours, peer] = self.both(0, &row)?;
        let line = |what: &str, peer, budget| Line {
            what: what.to_owned(),
            unit: "callbacks/s",
            ours: ours.rate(),
            peer: Some(peer),
            budget,
        };
        Ok(vec![
            line(
                "callbacks in, 256 connections, durable",
                peer.rate(),
                Budget::AtLeastTimes(0.25),
            ),
            line(
                "the same, beside one sync a callback",
                1000.0 / sync,
                Budget::AtLeastTimes(0.8),
            ),
        ])
    }

    /// One account watched by many.
    pub fn fan(&mut self) -> Result<Vec<Line>> {
        let watchers = self.scale.watchers;
        let row = json!({ "kind": "fan", "connections": 8, "seconds": self.scale.seconds });
        let [ours, peer] = self.both(watchers, &row)?;
        let rate = |side: Side| side.told.delivered as f64 / side.told.seconds;
        Ok(vec![
            Line {
                what: format!("one account watched by {watchers} streams, as fast as it goes"),
                unit: "deliveries/s",
                ours: rate(ours),
                peer: Some(rate(peer)),
                budget: Budget::AtLeastTimes(1.0),
            },
            lost("the same", ours),
        ])
    }

    /// Streams that drop and come back.
    pub fn go_and_return(&mut self) -> Result<Vec<Line>> {
        let streams = self.scale.returning;
        let row = json!({ "kind": "return", "missed": 20, "per_second": 1000 });
        let [ours, peer] = self.both(streams, &row)?;
        Ok(vec![
            Line {
                what: format!(
                    "{} streams drop, miss 20 events each and return while 1,000/s go on: all caught up",
                    thousands(streams as u64)
                ),
                unit: "s",
                ours: ours.told.seconds,
                peer: Some(peer.told.seconds),
                budget: Budget::AtMostTimes(1.5),
            },
            lost("the same", ours),
        ])
    }

    /// What those feel who share the relay with bad company: each kind beside a calm run of the same minute.
    pub fn floods(&mut self) -> Result<Vec<Line>> {
        let kinds = [
            ("slow", "1,000 who send their request by a byte a second"),
            ("idle", "10,000 connections that ask for nothing"),
            ("deaf", "20 streams of a busy account that never read"),
            ("wrong_tokens", "1,000 wrong tokens a second"),
        ];
        let row = |kind: Option<&str>| json!({ "kind": "rate", "per_second": 1000, "seconds": self.scale.seconds, "disturb": kind });
        let (calm, rows) = (row(None), kinds.map(|(kind, what)| (row(Some(kind)), what)));
        let streams = self.scale.streams.min(1000);
        let mut lines = Vec::new();
        for (row, what) in rows {
            let quiet = self.side(true, streams, &calm)?;
            let beside = self.side(true, streams, &row)?;
            lines.push(Line {
                what: format!("p99 of delivery beside {what} (peer: our own calm run)"),
                unit: "ms",
                ours: beside.told.p99,
                peer: Some(quiet.told.p99),
                budget: Budget::AtMostTimes(3.0),
            });
            ensure!(
                beside.told.wrong == 0,
                "{} events were lost or came twice",
                beside.told.wrong
            );
        }
        Ok(lines)
    }

    /// From exec until a callback is answered, on very many kept events, after a death.
    pub fn restart(&mut self) -> Result<Vec<Line>> {
        let place = self.folder.path().join("restart");
        std::fs::create_dir(&place)?;
        let relay = Relay::new(&self.binaries, &place, 10, 0)?;
        run(Command::new(&self.fill)
            .arg(relay.data())
            .arg(self.scale.events.to_string()))?;
        let first = relay.start()?;
        ensure!(relay.takes_a_callback("before"), "a callback was refused");
        Relay::kill(&first)?;
        drop(first);
        let begun = Instant::now();
        let again = relay.start()?;
        wait::until(Duration::from_secs(60), "a callback's answer", || {
            Ok(relay.takes_a_callback("after").then_some(()))
        })?;
        let took = begun.elapsed();
        drop(again);
        std::fs::remove_dir_all(&place)?;
        Ok(vec![Line {
            what: format!(
                "restart with {} kept events: a callback answered",
                thousands(self.scale.events)
            ),
            unit: "s",
            ours: took.as_secs_f64(),
            peer: None,
            budget: Budget::Limit(1.0),
        }])
    }
}

fn lost(what: &str, side: Side) -> Line {
    Line {
        what: format!("{what}: events lost or doubled"),
        unit: "",
        ours: side.told.wrong as f64,
        peer: None,
        budget: Budget::Limit(0.0),
    }
}

/// 10,000 rather than 10000.
fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
