//! The rows of the table.

use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_util::future::{try_join, try_join_all};
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinHandle, spawn_local};
use tokio::time::{interval, sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::meter::Meter;
use crate::publish::Publisher;
use crate::sse::Stream;
use crate::target::{Callback, Row};
use crate::{Result, Target, Told, disturb};

/// Streams that are being opened at a time.
const OPENING: usize = 256;
/// Connections of a steady rate.
const SENDERS: usize = 64;
/// Calls between the events of one call, at a steady rate.
const APART: u64 = 300;
/// How long a steady rate runs before times are noted.
const WARM: Duration = Duration::from_secs(2);
/// How long the streams that come back have.
const PATIENCE: Duration = Duration::from_secs(60);
/// By how many events the streams may be behind, on average, when it goes as fast as it can.
const BEHIND: u64 = 256;

/// All that is open.
pub(crate) struct Prepared {
    target: Rc<Target>,
    meter: Rc<Meter>,
    streams: Vec<JoinHandle<()>>,
}

impl Prepared {
    pub(crate) async fn open(target: &Rc<Target>, row: &Row) -> Result<Self> {
        let meter = Rc::new(Meter::new(&target.spec));
        let mut prepared = Self {
            target: Rc::clone(target),
            meter,
            streams: Vec::new(),
        };
        prepared.streams = open_streams(target, &prepared.meter).await?;
        if let Row::Rate {
            disturb: Some(kind), ..
        } = row
        {
            disturb::begin(target, *kind).await?;
        }
        Ok(prepared)
    }

    /// Runs the row. What is given beside the figures is to be kept as long as somebody looks at the server.
    pub(crate) async fn run(mut self, row: &Row) -> Result<(Told, Self)> {
        let told = match *row {
            Row::Idle => Told::default(),
            Row::Rate {
                per_second, seconds, ..
            } => self.rate(per_second, seconds).await?,
            Row::Flat {
                connections, seconds, ..
            } => self.flat(connections, seconds, u64::MAX).await?,
            Row::Fan {
                connections, seconds, ..
            } => self.flat(connections, seconds, BEHIND).await?,
            Row::Return { missed, per_second } => self.go_and_return(missed, per_second).await?,
        };
        Ok((told, self))
    }

    async fn rate(&self, per_second: u64, seconds: f64) -> Result<Told> {
        let length = WARM + Duration::from_secs_f64(seconds);
        self.meter.is_noting.set(false);
        let meter = Rc::clone(&self.meter);
        let begin_noting = spawn_local(async move {
            sleep(WARM).await;
            meter.is_noting.set(true);
        });
        let begun = Instant::now();
        let first = self.target.spec.first_call;
        let callbacks = paced(per_second, length, CancellationToken::new(), move |tick| {
            let (call, event) = (tick / 3, tick % 3);
            // The later events of a call come when others have begun meanwhile.
            let call = first + call.checked_sub(event * APART)?;
            Some((call, usize::try_from(event).unwrap_or_default()))
        });
        let published = self.send_all(callbacks, SENDERS).await?;
        let elapsed = begun.elapsed();
        begin_noting.await?;
        self.told(published, elapsed, published).await
    }

    /// Sends what comes out of the queue, over so many connections; how many it were.
    async fn send_all(
        &self,
        callbacks: mpsc::UnboundedReceiver<(u64, usize)>,
        senders: usize,
    ) -> Result<u64> {
        let callbacks = tokio::sync::Mutex::new(callbacks);
        let send = async |_| {
            let mut publisher = Publisher::connect(&self.target).await?;
            let mut count = 0;
            loop {
                let next = callbacks.lock().await.recv().await;
                let Some((call, event)) = next else {
                    return Result::Ok(count);
                };
                self.send(&mut publisher, call, event).await?;
                count += 1;
            }
        };
        let counts: Vec<u64> = try_join_all((0..senders).map(send)).await?;
        Ok(counts.into_iter().sum())
    }

    async fn send(&self, publisher: &mut Publisher, call: u64, event: usize) -> Result<()> {
        let account = self.target.account_of(call);
        let callback = Callback { call, event, account };
        self.meter.sends(callback);
        publisher.send(&self.target, callback).await
    }

    async fn told(&self, published: u64, elapsed: Duration, wanted: u64) -> Result<Told> {
        let missing = self.meter.until(wanted).await;
        let [p50, p99] = self.meter.times([0.5, 0.99]);
        Ok(Told {
            published,
            delivered: self.meter.delivered.get(),
            wrong: missing + self.meter.wrong.get(),
            seconds: elapsed.as_secs_f64(),
            p50,
            p99,
        })
    }

    /// Each connection sends whole calls, the next callback after the answer to the last; all wait while the streams are too
    /// far `behind`.
    async fn flat(&self, connections: usize, seconds: f64, behind: u64) -> Result<Told> {
        let begun = Instant::now();
        let until = begun + Duration::from_secs_f64(seconds);
        let is_fan = behind < u64::MAX;
        // What each callback makes.
        let each = match self.target.spec.streams as u64 {
            0 => 0,
            streams if is_fan => streams,
            _ => 1,
        };
        let (next, published) = (Cell::new(self.target.spec.first_call), Cell::new(0));
        let send = async |_| {
            let mut publisher = Publisher::connect(&self.target).await?;
            loop {
                let call = next.replace(next.get() + 1);
                for event in 0..3 {
                    if Instant::now() >= until {
                        return Result::Ok(());
                    }
                    while is_fan && published.get() * each > self.meter.delivered.get() + behind * each {
                        self.meter.came.notified().await;
                    }
                    published.set(published.get() + 1);
                    self.send(&mut publisher, call, event).await?;
                }
            }
        };
        try_join_all((0..connections).map(send)).await?;
        let elapsed = begun.elapsed();
        let mut told = self
            .told(published.get(), elapsed, published.get() * each)
            .await?;
        if is_fan {
            // Until the last stream has the last one.
            told.seconds = begun.elapsed().as_secs_f64();
        }
        Ok(told)
    }

    /// Its time is the one from the first stream's return until each has heard what it missed.
    async fn go_and_return(&mut self, missed: u64, per_second: u64) -> Result<Told> {
        let streams = self.target.spec.streams as u64;
        let first = self.target.spec.first_call;
        // One for each, so that each has a position.
        self.send_all(range(first, streams), SENDERS).await?;
        self.meter.until(streams).await;
        for stream in self.streams.drain(..) {
            stream.abort();
            // It was aborted.
            let _ = stream.await;
        }
        self.send_all(range(first + streams, streams * missed), SENDERS)
            .await?;
        let on = first + streams * (1 + missed);
        let stop = CancellationToken::new();
        let others = paced(per_second, Duration::MAX, stop.clone(), move |tick| {
            Some((on + tick, 0))
        });
        let returning = async {
            let begun = Instant::now();
            let opened = open_streams(&self.target, &self.meter).await?;
            timeout(PATIENCE, self.caught_up(1 + missed)).await?;
            let took = begun.elapsed();
            // Those that go on while others return are heard by all in the end.
            sleep(Duration::from_secs(1)).await;
            stop.cancel();
            Result::Ok((took, opened))
        };
        let (went_on, (took, opened)) = try_join(self.send_all(others, SENDERS), returning).await?;
        self.streams = opened;
        let published = streams * (1 + missed) + went_on;
        let mut told = self.told(published, took, published).await?;
        told.wrong += self.not_once_and_in_order(first, published);
        Ok(told)
    }

    async fn caught_up(&self, events: u64) {
        for heard in &self.meter.heard {
            while (heard.borrow().calls.len() as u64) < events {
                self.meter.came.notified().await;
            }
        }
    }

    /// How many of the streams didn't hear exactly the calls of their account. Several connections sent them, so that the last
    /// ones may have overtaken each other on their way in.
    fn not_once_and_in_order(&self, first: u64, published: u64) -> u64 {
        let wrong = self.meter.heard.iter().enumerate().filter(|(stream, heard)| {
            let account = self.target.account_heard_by(*stream);
            let mut calls = heard.borrow().calls.clone();
            calls.sort_unstable();
            let sent = (first..first + published).filter(|call| self.target.account_of(*call) == account);
            !calls.into_iter().eq(sent)
        });
        wrong.count() as u64
    }
}

/// Opens all streams, each where it stopped.
async fn open_streams(target: &Rc<Target>, meter: &Rc<Meter>) -> Result<Vec<JoinHandle<()>>> {
    let doors = Semaphore::new(OPENING);
    let opened = (0..target.spec.streams).map(|number| {
        let doors = &doors;
        async move {
            let _door = doors.acquire().await?;
            let after = match meter.heard.get(number) {
                Some(heard) => heard.borrow().position.clone(),
                None => Vec::new(),
            };
            let mut stream = Stream::open(target, number, &after).await?;
            stream
                .opened(&mut |id, data| meter.take(number, id, data))
                .await?;
            Result::Ok(spawn_local(listen(stream, number, Rc::clone(meter))))
        }
    });
    try_join_all(opened).await
}

/// Reads a stream for as long as it goes.
async fn listen(mut stream: Stream, number: usize, meter: Rc<Meter>) {
    while let Ok(true) = stream.read(&mut |id, data| meter.take(number, id, data)).await {}
}

/// The first events of so many calls.
fn range(first: u64, count: u64) -> mpsc::UnboundedReceiver<(u64, usize)> {
    let (sender, queue) = mpsc::unbounded_channel();
    for call in first..first + count {
        // The other end is held here.
        let _ = sender.send((call, 0));
    }
    queue
}

/// So many a second, for so long or until it is stopped; `which` says what each tick is, or that it is none.
fn paced(
    per_second: u64,
    length: Duration,
    stop: CancellationToken,
    which: impl Fn(u64) -> Option<(u64, usize)> + 'static,
) -> mpsc::UnboundedReceiver<(u64, usize)> {
    let (sender, queue) = mpsc::unbounded_channel();
    spawn_local(async move {
        let begun = Instant::now();
        let mut ticks = interval(Duration::from_millis(1));
        let mut done = 0;
        while begun.elapsed() < length && !stop.is_cancelled() {
            ticks.tick().await;
            let due = begun.elapsed().as_micros() * u128::from(per_second) / 1_000_000;
            let due = u64::try_from(due).map_or(done, |due| due.max(done));
            for tick in std::mem::replace(&mut done, due)..due {
                if which(tick).is_some_and(|one| sender.send(one).is_err()) {
                    return;
                }
            }
        }
    });
    queue
}
