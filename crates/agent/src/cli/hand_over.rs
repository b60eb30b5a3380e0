//! What a link, an argument or a selection says goes to the agent by its socket.
//!
//! Other users of the computer may read the arguments of a process for as long as it lives (`/proc`, Task Manager), and
//! the agent lives all day. So whoever was started with a number or an enrolment link never becomes the agent: without one
//! it starts it as a process of its own, hands over and ends.

use std::time::Duration;

use companion::words::{Language, Message, say};
use control::profile::Profile;
use control::protocol::{Place, Request};
use control::transport::{Address, Client};

use super::{DONE, ask, print, start};
use crate::controller::Start;
use crate::desktop::program;

/// Between the agent's lock and its socket there are microseconds; a slow machine gets this.
const LISTENS_WITHIN: Duration = Duration::from_secs(3);
/// The same from the start of its process; usually a tenth of a second.
const STARTS_WITHIN: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Hands over to the agent of a profile, started for it where none runs.
pub(super) async fn to_agent(profile: &Profile, lang: Language, wish: Start) -> Result<u8, Message> {
    let address = Address::of(profile).map_err(|_| Message::new("cli-no-home"))?;
    let client = match Client::connect_to(&address).await {
        Ok(client) => client,
        Err(_) => start_agent(profile, &address).await?,
    };
    let is_link = matches!(wish, Start::Link(_));
    let done = tell(&client, wish).await?;
    // Nothing of it shows where it was typed. That it can't be asked for changes nothing of what was done.
    if is_link
        && let Ok(snapshot) = ask::patiently(client.snapshot()).await
        && let Some(pending) = &snapshot.pending_enrolment
    {
        print::note(&say(lang, &ask::enrolment_waits(pending)));
    }
    Ok(done)
}

/// Hands over to the agent that holds the profile's lock, and may be just starting.
pub(super) async fn to_running(address: &Address, wish: Start) -> Result<u8, Message> {
    tell(&reach(address, LISTENS_WITHIN).await?, wish).await
}

async fn tell(client: &Client, wish: Start) -> Result<u8, Message> {
    let request = match wish {
        Start::Pad => Request::Show { place: Place::Pad },
        Start::Fill(input) => Request::FillPad { input },
        Start::Link(uri) => Request::OpenLink { uri },
    };
    ask::patiently(client.request(request)).await?;
    Ok(DONE)
}

/// Starts the agent in a process of its own, which outlives this one, and connects once it listens.
async fn start_agent(profile: &Profile, address: &Address) -> Result<Client, Message> {
    // Nobody reads what the other process says of it.
    start::check_session().await?;
    let mut agent = program::start_apart(&["--profile", profile.name(), "--hidden"])
        .map_err(|error| Message::new("cli-desktop-failed").with("why", error.to_string()))?;
    let mut listens = std::pin::pin!(reach(address, STARTS_WITHIN));
    tokio::select! {
        client = &mut listens => client,
        end = agent.wait() => match end {
            // Another one was quicker.
            Ok(end) if end.success() => listens.await,
            _ => Err(Message::new("cli-start-failed").with("command", ask::start_command(profile))),
        },
    }
}

/// Connects to an agent that may be just starting.
async fn reach(address: &Address, within: Duration) -> Result<Client, Message> {
    let deadline = tokio::time::Instant::now() + within;
    loop {
        match Client::connect_to(address).await {
            Ok(client) => return Ok(client),
            Err(error) if tokio::time::Instant::now() > deadline => {
                return Err(Message::new("cli-not-reached").with("why", error.to_string()));
            }
            Err(_) => tokio::time::sleep(LOOK_AGAIN).await,
        }
    }
}
