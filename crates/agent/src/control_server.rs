//! Serves the control socket: every client's requests go to the controller, in order, and its outbox back to it.

use control::transport::{Connection, Incoming, Outgoing, Requests, Server};
use tokio::sync::mpsc;
use tokio::time::{Duration, sleep};

use crate::controller::Input;
use crate::outbox::{Outbox, Reply};

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
    loop {
        match server.accept().await {
            Ok(connection) => {
                tokio::spawn(converse(next, connection, inputs.clone()));
                next += 1;
            }
            Err(error) => {
                // Out of file descriptors, most likely: others work on, and it may pass.
                tracing::warn!(%error, "the control socket accepts no client");
                sleep(Duration::from_secs(1)).await;
            }
        }
    }
}

async fn converse(client: ClientId, connection: Connection, inputs: mpsc::Sender<Input>) {
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
