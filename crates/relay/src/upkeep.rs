//! What a running relay does beside its requests: it closes calls that wait for news too long, and forgets what is old.

use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use metrics_exporter_prometheus::PrometheusHandle;
use tokio::time::Interval;

use crate::correlate::Limits;
use crate::http::App;
use crate::ingest;
use crate::purge::{self, Keep};
use crate::store::Batch;
use crate::store::kinds::token;

/// What is done again and again, until the relay stops.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Upkeep {
    /// How long calls may wait for news.
    pub limits: Limits,
    /// What is kept, and how long.
    pub keep: Keep,
}

impl Upkeep {
    /// Closes what waits too long and forgets what is old, side by side: there may be much to forget, and no call rings on
    /// for it.
    pub(crate) async fn run(self, app: App, metrics: PrometheusHandle) {
        let Self { limits, keep } = self;
        tokio::join!(sweep(&app, &metrics, limits, keep.shortest()), forget(&app, keep));
    }
}

/// A few times within the shortest of the times that are to be kept.
fn every(shortest: SignedDuration) -> Interval {
    let every = Duration::try_from(shortest / 10).unwrap_or_default();
    let every = every.clamp(Duration::from_millis(50), Duration::from_secs(15));
    let mut ticks = tokio::time::interval(every);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    ticks
}

async fn sweep(app: &App, metrics: &PrometheusHandle, limits: Limits, keep: SignedDuration) {
    let shortest = limits.ringing.min(limits.talking).min(limits.early).min(keep);
    let mut ticks = every(shortest);
    loop {
        tokio::select! {
            () = app.draining.cancelled() => return,
            _ = ticks.tick() => {}
        }
        app.callback_secrets.refresh();
        app.limits.tidy();
        app.guesses.lock().await.tidy(Instant::now());
        app.dialler.tidy();
        // Whether anybody asks for them or not: every time that is measured waits in memory until then.
        metrics.run_upkeep();
        note_listeners(app, Timestamp::now()).await;
        match ingest::sweep(&app.writer, limits, Timestamp::now()).await {
            Ok(0) => {}
            Ok(closed) => tracing::info!(closed, "calls closed for want of news"),
            Err(error) => tracing::error!(%error, "the sweep failed; it is tried again"),
        }
    }
}

/// Who listens uses its token: once an hour that is written down, of all at once.
async fn note_listeners(app: &App, now: Timestamp) {
    let due = app.sessions.due(&app.hub.tokens(), now);
    if due.is_empty() {
        return;
    }
    let work = move |batch: &mut Batch<'_>| due.iter().try_for_each(|id| token::used(batch.db(), id, now));
    if let Err(error) = app.writer.run(work).await {
        tracing::warn!(%error, "the last use of tokens isn't written down; it is with the next one");
    }
}

async fn forget(app: &App, keep: Keep) {
    let mut ticks = every(keep.shortest());
    loop {
        tokio::select! {
            () = app.draining.cancelled() => return,
            _ = ticks.tick() => {}
        }
        let now = Timestamp::now();
        let is_believed = app.clock.is_believed(now);
        metrics::gauge!("centrex_relay_clock_doubted").set(if is_believed { 0.0 } else { 1.0 });
        if !is_believed {
            continue;
        }
        tokio::select! {
            () = app.draining.cancelled() => return,
            purged = purge::purge(&app.writer, keep, now) => match purged {
                Ok(0) => {}
                Ok(forgotten) => tracing::info!(forgotten, "old events and calls were forgotten"),
                Err(error) => tracing::error!(%error, "forgetting failed; it is tried again"),
            }
        }
    }
}
