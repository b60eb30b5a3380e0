//! A way to the relay that goes silent: connections stand, and nothing comes through any more.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Ends with the test's runtime.
pub struct Way {
    pub address: SocketAddr,
    silent: watch::Sender<bool>,
}

impl Way {
    pub async fn to(relay: SocketAddr) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (silent, is_silent) = watch::channel(false);
        tokio::spawn(async move {
            loop {
                let (caller, _) = listener.accept().await.unwrap();
                // One that can't be passed on, or comes to a silent way, ends at once.
                if *is_silent.borrow() {
                    continue;
                }
                if let Ok(relay) = TcpStream::connect(relay).await {
                    let (from_caller, to_caller) = caller.into_split();
                    let (from_relay, to_relay) = relay.into_split();
                    tokio::spawn(pass_on(from_caller, to_relay, is_silent.clone()));
                    tokio::spawn(pass_on(from_relay, to_caller, is_silent.clone()));
                }
            }
        });
        Self { address, silent }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What stands stays, and is deaf; what is new ends at once.
    pub fn go_silent(&self) {
        self.silent.send_replace(true);
    }

    /// For what is new.
    pub fn open(&self) {
        self.silent.send_replace(false);
    }
}

async fn pass_on(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut silent: watch::Receiver<bool>,
) {
    let mut bytes = [0; 8192];
    let passing = async {
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            if to.write_all(&bytes[..count]).await.is_err() {
                return;
            }
        }
    };
    tokio::select! {
        biased;
        _ = silent.wait_for(|silent| *silent) => {}
        () = passing => return,
    }
    // Deaf for good, also once the way is open again.
    while let Ok(1..) = from.read(&mut bytes).await {}
}
