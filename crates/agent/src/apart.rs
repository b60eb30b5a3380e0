//! Work that takes the processor for a while, on a thread of its own.
//!
//! The agent's own thread serves the person: a server's answer of 32 MiB that is read there would hold up a call's alert.

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

/// Runs `work` on a thread of its own with a runtime of its own, and waits for it without keeping anybody else. Dropped, it
/// ends the work at its next await. `None`: the system gives no thread, or the work broke.
pub(crate) async fn apart<W, T>(name: &str, work: impl FnOnce() -> W + Send + 'static) -> Option<T>
where
    W: Future<Output = T>,
    T: Send + 'static,
{
    let (tell, told) = oneshot::channel();
    let stop = CancellationToken::new();
    let _stops = stop.clone().drop_guard();
    let begun = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return tracing::error!(%error, "no runtime for work apart"),
        };
        let done = runtime.block_on(async {
            tokio::select! {
                // What isn't wanted any more goes no step further.
                biased;
                () = stop.cancelled() => None,
                done = work() => Some(done),
            }
        });
        if let Some(done) = done {
            // Fails only when nobody waits any more.
            let _ = tell.send(done);
        }
        // A name that is being resolved isn't waited for.
        runtime.shutdown_background();
    });
    if let Err(error) = begun {
        tracing::error!(%error, "no thread for work apart");
    }
    let told = told.await.ok();
    if told.is_none() {
        tracing::error!(name, "work apart came to nothing");
    }
    told
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn work_that_blocks_its_thread_keeps_nobody_else() {
        let (go, goes) = mpsc::channel();
        let (begun, begins) = oneshot::channel();
        let work = apart("work", move || async move {
            begun.send(()).unwrap();
            // As a long computation: no await in it. The limit is for the failing test alone.
            goes.recv_timeout(Duration::from_secs(20)).is_ok()
        });
        let ours = async {
            begins.await.unwrap();
            go.send(()).unwrap();
        };
        assert_eq!(tokio::join!(work, ours).0, Some(true));
    }

    #[tokio::test]
    async fn dropped_it_ends_the_work() {
        let (begun, begins) = oneshot::channel();
        let (kept, ends) = oneshot::channel::<()>();
        let work = apart("work", move || async move {
            let _kept = kept;
            begun.send(()).unwrap();
            std::future::pending::<()>().await;
        });
        let work = tokio::spawn(work);
        begins.await.unwrap();
        work.abort();
        // Its end of the channel goes with it.
        assert!(
            tokio::time::timeout(Duration::from_secs(20), ends)
                .await
                .unwrap()
                .is_err()
        );
    }
}
