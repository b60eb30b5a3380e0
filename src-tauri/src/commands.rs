//! What the page may ask for. No command and no answer can hold a secret: `control` has none to give.

use std::sync::Arc;

use control::profile::Profile;
use control::protocol::{Answer, ContactsRequest, Error, ErrorCode, JournalRequest, Message, Request};
use control::transport::{Client, RequestError};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tokio::sync::{mpsc, watch};

use crate::link::{News, Page};
use crate::{agent, window};

/// What the commands need; the state itself is the link's.
pub struct Door {
    /// Brings each page that listens to the link.
    pub pages: mpsc::Sender<Page>,
    /// The connection of now.
    pub client: watch::Receiver<Option<Arc<Client>>>,
    /// Whose agent.
    pub profile: Profile,
}

/// The page listens from now on: it gets the state of now, then every change.
#[tauri::command]
pub async fn follow(door: State<'_, Door>, news: Channel<News>) -> Result<(), Error> {
    let page: Page = Box::new(move |what| {
        // Fails when the page has gone; the next one follows anew.
        let _ = news.send(what);
    });
    door.pages.send(page).await.map_err(|_| unreachable_agent())
}

/// One request to the agent, if a page has any business with it.
#[tauri::command]
pub async fn request(door: State<'_, Door>, request: Request) -> Result<Answer, Error> {
    if !may_ask(&request) {
        return Err(failed("window-failed"));
    }
    let client = door.client.borrow().clone().ok_or_else(unreachable_agent)?;
    client.request(request).await.map_err(|error| match error {
        RequestError::Refused(error) => error,
        RequestError::Lost => unreachable_agent(),
        other => {
            tracing::warn!(error = %other, "the agent's answer can't be used");
            failed("window-failed")
        }
    })
}

/// Hides the window.
#[tauri::command]
pub fn hide(app: AppHandle) {
    window::hide(&app);
}

/// Starts the agent when it has gone; the link finds it.
#[tauri::command]
pub async fn start_agent(door: State<'_, Door>) -> Result<(), Error> {
    agent::start(&door.profile).map_err(|error| {
        tracing::warn!(%error, "the agent can't be started");
        failed("window-agent-start-failed")
    })
}

/// The page's requests, and none of those by which other programs move the window or watch the agent.
fn may_ask(request: &Request) -> bool {
    match request {
        Request::Snapshot
        | Request::Understand { .. }
        | Request::Dial { .. }
        | Request::DismissDial
        | Request::MissedRead
        | Request::Enrol { .. }
        | Request::AcceptEnrolment { .. }
        | Request::DismissEnrolment
        | Request::SetCredential { .. }
        | Request::ForgetCredential { .. }
        | Request::ChangeSettings { .. }
        | Request::TestConnection
        | Request::Doctor
        | Request::Silence { .. }
        | Request::Quit => true,
        Request::Journal { ask } => {
            !matches!(ask, JournalRequest::Export { .. } | JournalRequest::Import { .. })
        }
        Request::Contacts { ask } => !matches!(
            ask,
            ContactsRequest::Preview { .. } | ContactsRequest::Export { .. }
        ),
        // These name files: the page may not choose any.
        Request::ExportAll { .. }
        | Request::ImportAll { .. }
        | Request::Subscribe { .. }
        | Request::FillPad { .. }
        | Request::Show { .. }
        | Request::OpenLink { .. } => false,
    }
}

fn unreachable_agent() -> Error {
    failed("window-agent-unreachable")
}

fn failed(id: &str) -> Error {
    Error {
        code: ErrorCode::Failed,
        message: Message {
            id: id.to_owned(),
            args: Default::default(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_can_neither_open_links_nor_subscribe_for_itself() {
        for request in [
            r#"{"type":"subscribe","window":true}"#,
            r#"{"type":"open_link","uri":"centrex-tray://enrol"}"#,
            r#"{"type":"fill_pad","input":"1"}"#,
            r#"{"type":"show","place":"pad"}"#,
        ] {
            assert!(!may_ask(&serde_json::from_str(request).unwrap()), "{request}");
        }
        assert!(may_ask(
            &serde_json::from_str(r#"{"type":"understand","input":"1"}"#).unwrap()
        ));
    }
}
