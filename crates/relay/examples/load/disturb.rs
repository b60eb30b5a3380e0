//! Those who mean no good, or know no better, beside those who are measured.

use std::rc::Rc;
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::spawn_local;
use tokio::time::{MissedTickBehavior, interval, sleep};

use crate::publish::Publisher;
use crate::sse::Stream;
use crate::target::Callback;
use crate::{Result, Target};

/// How they disturb.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// A thousand connections that send the head of a request by a byte a second.
    Slow,
    /// Ten thousand connections that ask for nothing.
    Idle,
    /// Twenty subscribers of an account with 400 events a second, who never read.
    Deaf,
    /// A thousand wrong tokens a second.
    WrongTokens,
}

/// Begins, and goes on as long as the program runs.
pub(crate) async fn begin(target: &Rc<Target>, kind: Kind) -> Result<()> {
    match kind {
        Kind::Slow => crowd(target, 1000, Some(b"GET /v1/events HTTP/1.1\r\nX-Slow: ")).await,
        Kind::Idle => crowd(target, 10_000, None).await,
        Kind::Deaf => deaf(target).await,
        Kind::WrongTokens => wrong_tokens(target).await,
    }
}

/// Connections, opened again when the server has closed them; with `begin`, each begins so and goes on byte by byte.
async fn crowd(target: &Rc<Target>, count: usize, begin: Option<&'static [u8]>) -> Result<()> {
    for number in 0..count {
        let address = target.spec.address;
        let mut socket = TcpStream::connect(address).await?;
        spawn_local(async move {
            // Not all in the same instant.
            sleep(Duration::from_millis(number as u64 % 1000)).await;
            loop {
                match begin {
                    Some(begin) => dawdle(&mut socket, begin).await,
                    // Until the server closes it.
                    None => while socket.read(&mut [0; 512]).await.is_ok_and(|read| read > 0) {},
                }
                match TcpStream::connect(address).await {
                    Ok(again) => socket = again,
                    Err(_) => return,
                }
            }
        });
    }
    Ok(())
}

/// Until the server closes the connection.
async fn dawdle(socket: &mut TcpStream, begin: &[u8]) {
    let mut next: &[u8] = begin;
    while socket.write_all(next).await.is_ok() {
        next = b"x";
        sleep(Duration::from_secs(1)).await;
    }
}

async fn deaf(target: &Rc<Target>) -> Result<()> {
    let watchers = Rc::new(Target::watchers(target));
    for number in 0..20 {
        let stream = Stream::open(&watchers, number, b"").await?;
        // Held, and never read.
        std::mem::forget(stream);
    }
    let mut publisher = Publisher::connect(&watchers).await?;
    spawn_local(async move {
        let mut ticks = interval(Duration::from_micros(2500));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        // Far from all other calls.
        for call in watchers.spec.first_call + 50_000_000.. {
            ticks.tick().await;
            let account = watchers.account_of(call);
            let callback = Callback {
                call,
                event: 0,
                account,
            };
            if publisher.send(&watchers, callback).await.is_err() {
                return;
            }
        }
    });
    Ok(())
}

async fn wrong_tokens(target: &Rc<Target>) -> Result<()> {
    for _ in 0..10 {
        let mut publisher = Publisher::connect(target).await?;
        spawn_local(async move {
            let mut ticks = interval(Duration::from_millis(10));
            let request = "GET /v1/me HTTP/1.1\r\nHost: relay\r\nAuthorization: Bearer ctr_wrong\r\n\r\n";
            loop {
                ticks.tick().await;
                if publisher.ask(Some(request)).await.is_err() {
                    return;
                }
            }
        });
    }
    Ok(())
}
