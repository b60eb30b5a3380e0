//! Serves the control socket: every client's requests go to the controller, in order, and its outbox back to it.

use std::sync::Arc;

use control::protocol::{Error, ErrorCode, Message, ServerLine};
use control::transport::{Connection, Incoming, Outgoing, Requests, Server};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Duration, sleep, timeout};

use crate::controller::Input;
use crate::outbox::{Outbox, Reply};

/// Clients at once: a window, and commands that come and go. A program gone wild keeps nobody else waiting.
const MOST_CLIENTS: usize = 64;
/// Clients at once that are told that there is no room. Further ones find the door shut.
const MOST_REFUSED: usize = 64;
/// A client that is refused and doesn't ask anything isn't waited for.
const REFUSAL: Duration = Duration::from_secs(5);

/// Tells clients apart.
pub(crate) type ClientId = u64;

/// What a client does.
pub(crate) enum ClientInput {
    /// It connected.
    Came(Outbox),
    /// It asks for something.
    Asks(control::protocol::Request, Reply),
    /// It has gone.
    Went,
}

/// Accepts clients until the task is dropped.
pub(crate) async fn serve(mut server: Server, inputs: mpsc::Sender<Input>) {
    let mut next: ClientId = 1;
    let room = Arc::new(Semaphore::new(MOST_CLIENTS));
    let doorstep = Arc::new(Semaphore::new(MOST_REFUSED));
    loop {
        match server.accept().await {
            Ok(connection) => {
                if let Ok(seat) = Arc::clone(&room).try_acquire_owned() {
                    tokio::spawn(converse(next, connection, inputs.clone(), seat));
                    next += 1;
                } else if let Ok(place) = Arc::clone(&doorstep).try_acquire_owned() {
                    tracing::warn!("a client of the control socket is refused: there are too many");
                    tokio::spawn(refuse(connection, place));
                }
            }
            Err(error) => {
                // Out of file descriptors, most likely: others work on, and it may pass.
                tracing::warn!(%error, "the control socket accepts no client");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

/// Tells a client, once it asks for something, that there is no room.
async fn refuse(connection: Connection, _place: OwnedSemaphorePermit) {
    let Connection {
        mut requests,
        mut outgoing,
    } = connection;
    let told = async {
        let (Incoming::Request { id, .. } | Incoming::Refused { id, .. }) = requests.next().await?;
        let message = Message {
            id: "control-too-many".to_owned(),
            args: Default::default(),
        };
        let error = Error {
            code: ErrorCode::Failed,
            message,
        };
        let line = ServerLine::Reply {
            id,
            result: Err(error),
        };
        outgoing.send(&line).await.ok()
    };
    // One that asks nothing, or doesn't read, has gone or will.
    let _ = timeout(REFUSAL, told).await;
}

async fn converse(
    client: ClientId,
    connection: Connection,
    inputs: mpsc::Sender<Input>,
    _seat: OwnedSemaphorePermit,
) {
    let outbox = Outbox::default();
    if inputs
        .send(Input::Client(client, ClientInput::Came(outbox.clone())))
        .await
        .is_err()
    {
        return;
    }
    let Connection { requests, outgoing } = connection;
    // Writing ends with the outbox (the agent quits, the client was cut off) or with the client.
    tokio::select! {
        () = listen(client, requests, &outbox, &inputs) => {}
        () = tell(outgoing, &outbox) => {}
        // A line may be stuck halfway: what isn't read can't be written to its end.
        () = outbox.cut_off() => {}
    }
    // Fails only when the controller has ended.
    let _ = inputs.send(Input::Client(client, ClientInput::Went)).await;
}

async fn listen(client: ClientId, mut requests: Requests, outbox: &Outbox, inputs: &mpsc::Sender<Input>) {
    while let Some(line) = requests.next().await {
        match line {
            Incoming::Request { id, request } => {
                let asks = ClientInput::Asks(request, Reply::new(outbox.clone(), id));
                if inputs.send(Input::Client(client, asks)).await.is_err() {
                    return;
                }
            }
            Incoming::Refused { id, error } => outbox.reply(id, Err(error)),
        }
    }
}

async fn tell(mut outgoing: Outgoing, outbox: &Outbox) {
    while let Some(line) = outbox.next().await {
        if let Err(error) = outgoing.send(&line).await {
            tracing::debug!(%error, "a client of the control socket has gone");
            return;
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use control::profile::Profile;
    use control::protocol::{Change, Place};
    use control::transport::Address;
    use tokio::io::AsyncReadExt;
    use tokio::net::UnixStream;
    use tokio_util::task::AbortOnDropHandle;

    use super::*;

    fn show(fill: String) -> Change {
        Change::Show {
            place: Place::Pad,
            anchor: None,
            fill: Some(fill),
        }
    }

    #[tokio::test]
    async fn a_client_that_stops_reading_halfway_is_gone_for_good() {
        let folder = tempfile::tempdir().unwrap();
        let address = Address::within(folder.path(), &Profile::default());
        let (inputs, mut told) = mpsc::channel(4);
        let server = Server::bind(&address).unwrap();
        let _server = AbortOnDropHandle::new(tokio::spawn(serve(server, inputs)));
        let mut client = UnixStream::connect(address.socket_file()).await.unwrap();
        let Some(Input::Client(1, ClientInput::Came(outbox))) = told.recv().await else {
            panic!("the client wasn't announced")
        };
        // More than the socket takes; its first byte shows that it is on its way.
        outbox.change(show("9".repeat(900_000)));
        client.read_exact(&mut [0]).await.unwrap();
        for _ in 0..=256 {
            outbox.change(show(String::new()));
        }
        let gone = tokio::time::timeout(Duration::from_secs(30), told.recv()).await;
        assert!(
            matches!(gone, Ok(Some(Input::Client(1, ClientInput::Went)))),
            "the client still counts as connected"
        );
    }
}
