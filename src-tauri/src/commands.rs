//! What the page may ask for. No command and no answer can hold a secret: `control` has none to give.

use std::sync::Arc;

use control::profile::Profile;
use control::protocol::{
    Answer, ContactsRequest, Error, ErrorCode, JournalRequest, Message, Request, SettingsChange,
};
use control::transport::{Client, RequestError};
use tauri::ipc::Channel;
use tauri::{AppHandle, State};
use tokio::sync::{Mutex, mpsc, watch};

use crate::files::{Filed, Purpose};
use crate::link::{News, Page};
use crate::{agent, dialog, window};

/// What the commands need; the state itself is the link's.
pub struct Door {
    /// Brings each page that listens to the link.
    pub pages: mpsc::Sender<Page>,
    /// The connection of now.
    pub client: watch::Receiver<Option<Arc<Client>>>,
    /// Whose agent.
    pub profile: Profile,
    /// Held while a file dialog is shown: one at a time.
    pub dialog: Mutex<()>,
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
    ask(&door, request).await
}

/// Lets the person choose a file or a folder, and has the agent do with it what it is wanted for. `None`: nothing was chosen.
#[tauri::command]
pub async fn with_file(
    app: AppHandle,
    door: State<'_, Door>,
    purpose: Purpose,
    title: String,
) -> Result<Option<Filed>, Error> {
    let Ok(shown) = door.dialog.try_lock() else {
        return Ok(None);
    };
    let Some(chosen) = dialog::choose(&app, purpose.dialog(), title).await else {
        return Ok(None);
    };
    // While the agent works, another file may be chosen.
    drop(shown);
    let path = purpose.meant(chosen);
    let request = purpose.request(&path).ok_or_else(|| failed("window-file-name"))?;
    let answer = ask(&door, request).await?;
    Ok(Some(Filed {
        path: path.display().to_string(),
        answer,
    }))
}

async fn ask(door: &Door, request: Request) -> Result<Answer, Error> {
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
        | Request::TestConnection
        | Request::Doctor
        | Request::Silence { .. }
        | Request::NumberLinks
        | Request::TakeNumberLinks
        | Request::Quit => true,
        Request::ChangeSettings { changes } => !names_a_file(changes),
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

/// The page may clear these; what they name is chosen in a dialog.
fn names_a_file(changes: &SettingsChange) -> bool {
    [&changes.contacts_folder, &changes.pop_program]
        .into_iter()
        .flatten()
        .any(|path| !path.trim().is_empty())
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
    #[test]
    fn a_page_names_no_file() {
        for request in [
            r#"{"type":"journal","ask":{"type":"export","path":"/x","format":"csv","bom":true}}"#,
            r#"{"type":"journal","ask":{"type":"import","path":"/x"}}"#,
            r#"{"type":"contacts","ask":{"type":"preview","path":"/x"}}"#,
            r#"{"type":"contacts","ask":{"type":"export","path":"/x","format":"csv","bom":true}}"#,
            r#"{"type":"export_all","path":"/x"}"#,
            r#"{"type":"import_all","path":"/x"}"#,
            r#"{"type":"change_settings","changes":{"pop_program":"/x"}}"#,
            r#"{"type":"change_settings","changes":{"contacts_folder":"/x"}}"#,
        ] {
            assert!(!may_ask(&serde_json::from_str(request).unwrap()), "{request}");
        }
        for request in [
            r#"{"type":"change_settings","changes":{"pop_program":"","contacts_folder":"","sound":true}}"#,
            r#"{"type":"contacts","ask":{"type":"import"}}"#,
            r#"{"type":"journal","ask":{"type":"delete_all"}}"#,
        ] {
            assert!(may_ask(&serde_json::from_str(request).unwrap()), "{request}");
        }
    }

    #[test]
    fn the_page_may_call_exactly_the_commands_that_there_are() {
        let words = |text: &str, mark: &str| -> Vec<String> {
            let parts = text.split(mark).skip(1);
            let mut words: Vec<String> = parts
                .map(|part| {
                    part.chars()
                        .take_while(|c| c.is_alphanumeric() || "_-".contains(*c))
                })
                .map(|word| word.collect::<String>().replace('-', "_"))
                .collect();
            words.sort();
            words
        };
        let handled = include_str!("main.rs")
            .split_once("generate_handler![")
            .and_then(|(_, rest)| rest.split_once(']'))
            .map(|(handled, _)| words(handled, "commands::"))
            .unwrap();
        let allowed = words(include_str!("../capabilities/main.json"), "allow-");
        let (_, built) = include_str!("../build.rs").split_once(".commands(&[").unwrap();
        let (built, _) = built.split_once(']').unwrap();
        let mut built: Vec<String> = built
            .split(',')
            .map(|name| name.trim().trim_matches('"').to_owned())
            .collect();
        built.sort();
        assert!(handled.len() >= 5, "{handled:?}");
        assert_eq!(handled, allowed);
        assert_eq!(handled, built);
    }
}
