//! Empties the queue of one destination.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use steady::Clock;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::lanes::{Key, Lanes};
use super::send::{Client, Outcome};
use super::{Forwarder, Queue, count_dropped};
use crate::store::kinds::forward::{self, Dropped, Waiting};
use crate::store::{Reader, StoreError, Writer};

/// How many requests are under way to one destination at a time.
const SIDE_BY_SIDE: usize = 8;
/// Rows that are read at a time.
const PAGE: i64 = 1000;
/// A failure is written down, for people, at most so often.
const NOTE: Duration = Duration::from_secs(10);
/// How long what is under way may go on when the relay stops. Whatever isn't done then is sent again.
const GRACE: Duration = Duration::from_secs(3);
/// Between two tries when the store fails.
const STORE_WAIT: Duration = Duration::from_secs(1);

pub(super) struct Worker {
    forwarder: Arc<Forwarder>,
    place: usize,
    client: Client,
    writer: Arc<Writer>,
    reader: Reader,
    lanes: Lanes,
    /// The last row that was read.
    last: i64,
    noted: Option<Instant>,
    under_way: JoinSet<(Key, Result<Outcome, StoreError>)>,
}

impl Worker {
    pub(super) fn new(
        forwarder: Arc<Forwarder>,
        place: usize,
        client: Client,
        writer: Arc<Writer>,
        reader: Reader,
    ) -> Self {
        Self {
            forwarder,
            place,
            client,
            writer,
            reader,
            lanes: Lanes::default(),
            last: 0,
            noted: None,
            under_way: JoinSet::new(),
        }
    }

    pub(super) async fn run(mut self, stop: CancellationToken) {
        let forwarder = Arc::clone(&self.forwarder);
        let Some(queue) = forwarder.queues.get(self.place) else {
            return;
        };
        // What an earlier run left.
        queue.wake.notify_one();
        loop {
            self.send_what_may(queue);
            self.show(queue);
            let due = self.lanes.due().filter(|_| self.has_room());
            tokio::select! {
                () = stop.cancelled() => break,
                () = queue.wake.notified() => {
                    if let Err(error) = self.load(queue).await {
                        tracing::error!(%error, "the queue of a forward can't be read; it is tried again");
                        tokio::time::sleep(STORE_WAIT).await;
                        queue.wake.notify_one();
                    }
                }
                Some(ended) = self.under_way.join_next() => match ended {
                    Ok((key, outcome)) => self.on_outcome(queue, &key, outcome).await,
                    Err(error) => tracing::error!(%error, "a forward's request failed inside"),
                },
                () = sleep_until(due) => {}
            }
        }
        let finish = async { while self.under_way.join_next().await.is_some() {} };
        let _ = tokio::time::timeout(GRACE, finish).await;
    }

    fn has_room(&self) -> bool {
        let most = if self.lanes.is_failing() { 1 } else { SIDE_BY_SIDE };
        self.under_way.len() < most
    }

    /// Reads the rows that came since the last time.
    async fn load(&mut self, queue: &Queue) -> Result<(), StoreError> {
        loop {
            let (name, after) = (queue.destination.name.clone(), self.last);
            let page = self
                .reader
                .run(move |db| forward::waiting(db, &name, after, PAGE))
                .await?;
            let Some(last) = page.last() else { return Ok(()) };
            self.last = last.id;
            page.into_iter().for_each(|one| self.lanes.push(one));
        }
    }

    fn show(&self, queue: &Queue) {
        let count = self.lanes.count();
        metrics::gauge!("centrex_relay_forward_backlog", "destination" => queue.destination.name.clone())
            .set(count as f64);
    }

    fn send_what_may(&mut self, queue: &Queue) {
        while self.has_room()
            && let Some(one) = self.lanes.next(Instant::now())
        {
            let key = Key::of(&one);
            let sending = Sending {
                name: queue.destination.name.clone(),
                url: queue.destination.url.clone(),
                is_old: is_old(
                    &one,
                    queue.destination.keep,
                    &self.forwarder.clock,
                    Timestamp::now(),
                ),
                client: self.client.clone(),
                writer: Arc::clone(&self.writer),
                reader: self.reader.clone(),
            };
            self.under_way
                .spawn(async move { (key, sending.send(one).await) });
        }
    }

    async fn on_outcome(&mut self, queue: &Queue, key: &Key, outcome: Result<Outcome, StoreError>) {
        let (now, chance) = (Instant::now(), rand::random());
        let name = &queue.destination.name;
        let (word, why) = match outcome {
            Ok(Outcome::Delivered) => {
                self.lanes.done(key, true);
                ("delivered", None)
            }
            Ok(Outcome::Refused(why)) => {
                self.lanes.done(key, false);
                ("refused", Some(why))
            }
            Ok(Outcome::NotNow(why)) => {
                self.lanes.rest(key, now, chance);
                ("again", Some(why))
            }
            Ok(Outcome::Down(why, asked)) => {
                self.lanes.close(key, now, asked, chance);
                ("down", Some(why))
            }
            Err(error) => {
                tracing::error!(%error, destination = name, "a callback to be passed on can't be read; it is tried again");
                self.lanes.rest(key, now, chance);
                return;
            }
        };
        metrics::counter!("centrex_relay_forwarded_total", "destination" => name.clone(), "outcome" => word)
            .increment(1);
        if let Some(why) = why
            && self
                .noted
                .is_none_or(|at| now.saturating_duration_since(at) >= NOTE)
        {
            self.noted = Some(now);
            tracing::warn!(
                destination = name,
                why,
                "a callback wasn't taken by the program it is passed on to"
            );
            let (name, at) = (name.clone(), Timestamp::now());
            // For people; the next failure is written down again.
            let _ = self
                .writer
                .run(move |batch| forward::note_failed(batch.db(), &name, &why, at))
                .await;
        }
    }
}

/// Whether one has waited for longer than it is worth, by a clock that can be believed.
fn is_old(one: &Waiting, keep: SignedDuration, clock: &Clock, now: Timestamp) -> bool {
    now.duration_since(one.at) > keep && clock.is_believed(now)
}

/// What a request needs.
struct Sending {
    name: String,
    url: secrecy::SecretString,
    is_old: bool,
    client: Client,
    writer: Arc<Writer>,
    reader: Reader,
}

impl Sending {
    /// Sends one; once it is done with, its row is gone from the disk before the next of its call goes.
    async fn send(self, one: Waiting) -> Result<Outcome, StoreError> {
        if self.is_old {
            self.remove(one.id, Some(Dropped::Old)).await;
            return Ok(Outcome::Refused("it waited for too long".to_owned()));
        }
        let id = one.id;
        let Some(request) = self.reader.run(move |db| forward::request(db, id)).await? else {
            return Ok(Outcome::Refused("it isn't in the queue any more".to_owned()));
        };
        let outcome = self.client.send(&self.url, request).await;
        match outcome {
            Outcome::Delivered => self.remove(id, None).await,
            Outcome::Refused(_) => self.remove(id, Some(Dropped::Refused)).await,
            Outcome::NotNow(_) | Outcome::Down(..) => {}
        }
        Ok(outcome)
    }

    /// Doesn't give up while the disk is full: a row that stays would be sent again.
    async fn remove(&self, id: i64, dropped: Option<Dropped>) {
        loop {
            let (name, now) = (self.name.clone(), Timestamp::now());
            let removed = self.writer.run(move |batch| {
                forward::remove(batch.db(), id)?;
                match dropped {
                    None => forward::note_delivered(batch.db(), &name, now),
                    Some(why) => forward::note_dropped(batch.db(), &name, why),
                }
            });
            match removed.await {
                Ok(()) => break,
                Err(StoreError::Closed) => return,
                Err(_) => tokio::time::sleep(STORE_WAIT).await,
            }
        }
        if let Some(why) = dropped {
            count_dropped(&self.name, why);
        }
    }
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due.into()).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_leap_of_the_clock_empties_no_queue() {
        let (keep, now) = (SignedDuration::from_hours(24), Timestamp::now());
        let waits_since = |at| Waiting {
            id: 1,
            call_id: String::new(),
            at,
        };
        let clock = Clock::new(Some(now), now);
        let fresh = waits_since(now);
        assert!(is_old(
            &waits_since(now - SignedDuration::from_hours(25)),
            keep,
            &clock,
            now
        ));
        assert!(!is_old(&fresh, keep, &clock, now));
        let leapt = now + SignedDuration::from_hours(24 * 365);
        assert!(!is_old(&fresh, keep, &clock, leapt), "nobody waited for a year");
    }
}
