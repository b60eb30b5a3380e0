//! Commands that ask the running agent.

use std::time::Duration;

use companion::settings::Store;
use companion::words::{Language, Message, say};
use control::profile::Profile;
use control::protocol::{Answer, Check, CheckResult, Mode, PendingEnrolment, Request, Snapshot};
use control::transport::{Client, ConnectError, RequestError};
use serde_json::json;

use super::print;
use super::{DONE, FAILED};
use crate::desktop::{self, notifications, tray};
use crate::paths::Paths;
use crate::{checks, view, window};

/// How long an agent that is only asked to show itself may say nothing: it answers in milliseconds.
const SILENCE: Duration = Duration::from_secs(10);
/// How long the agent may take to go after it said that it will.
const FAREWELL: Duration = Duration::from_secs(10);

/// `status`: the snapshot, or a few lines of it.
pub(super) async fn status(profile: &Profile, lang: Language, as_json: bool) -> Result<u8, Message> {
    let client = connect(profile).await?;
    let snapshot = client.snapshot().await.map_err(|error| reason(&error))?;
    if as_json {
        let text = serde_json::to_string_pretty(&snapshot).map_err(|_| Message::new("cli-answer-unknown"))?;
        print::line(&text);
    } else {
        for line in status_lines(&snapshot, lang) {
            print::line(&line);
        }
    }
    Ok(DONE)
}

fn status_lines(snapshot: &Snapshot, lang: Language) -> Vec<String> {
    let say = |message: Message| say(lang, &message);
    let accounts: Vec<&str> = snapshot
        .accounts
        .iter()
        .map(|account| account.id.as_str())
        .collect();
    let mut lines = vec![
        say(Message::new(match snapshot.mode {
            Mode::Unset => "cli-mode-unset",
            Mode::Relay => "cli-mode-relay",
            Mode::Direct => "cli-mode-direct",
        })),
        say(view::words(&snapshot.connection.message)),
    ];
    let waits = snapshot.pending_enrolment.as_ref().map(enrolment_waits);
    lines.extend(waits.map(say));
    if !accounts.is_empty() {
        lines.push(say(
            Message::new("cli-accounts").with("accounts", accounts.join(", "))
        ));
    }
    lines.extend(snapshot.cannot_dial.iter().map(|why| say(view::words(why))));
    let problems = [
        &snapshot.settings_problem,
        &snapshot.journal_problem,
        &snapshot.contacts_problem,
        &snapshot.record_problem,
        &snapshot.hotkey_problem,
    ];
    let problems = problems.into_iter().flatten();
    lines.extend(problems.map(|problem| say(view::words(problem))));
    let live = snapshot.live.len() + usize::try_from(snapshot.live_more).unwrap_or(0);
    lines.push(say(Message::new("cli-live-calls").with("count", live.to_string())));
    lines.push(say(
        Message::new("cli-missed-calls").with("count", snapshot.missed.to_string())
    ));
    if !snapshot.tray_shown {
        lines.push(say(Message::new("doctor-tray-none")));
    }
    lines
}

/// That an enrolment waits for the person, and where it is answered.
pub(super) fn enrolment_waits(pending: &PendingEnrolment) -> Message {
    Message::new("cli-enrolment-waits").with("host", pending.host.as_str())
}

/// `doctor`: what works here, and what to do about what doesn't.
pub(super) async fn doctor(profile: &Profile, lang: Language, as_json: bool) -> Result<u8, Message> {
    let checks = match Client::connect(profile).await {
        Ok(client) => {
            answers(&client).await?;
            match client.request(Request::Doctor).await {
                Ok(Answer::Checks { checks }) => checks,
                Ok(_) => return Err(Message::new("cli-answer-unknown")),
                Err(error) => return Err(reason(&error)),
            }
        }
        Err(ConnectError::NotRunning) => {
            // The cause of most of what follows, over a remote shell say.
            if let Err(why) = super::start::check_session().await {
                print::error(&say(lang, &why));
            }
            checks_alone(profile).await?
        }
        Err(error) => return Err(unconnected(profile, error)),
    };
    if as_json {
        print::line(&doctor_json(&checks, lang).to_string());
    } else {
        for check in &checks {
            let sign = match check.result {
                CheckResult::Ok => "✔",
                CheckResult::Warning => "!",
                CheckResult::Failed => "✘",
                CheckResult::Skipped => "-",
            };
            print::line(&format!(
                "{sign} {}: {}",
                check.name,
                say(lang, &view::words(&check.message))
            ));
        }
    }
    let failed = checks.iter().any(|check| check.result == CheckResult::Failed);
    Ok(if failed { FAILED } else { DONE })
}

/// The checks that need no agent: that it doesn't start may be why somebody asks.
async fn checks_alone(profile: &Profile) -> Result<Vec<Check>, Message> {
    let paths = Paths::of(profile).map_err(|_| Message::new("cli-no-home"))?;
    let keychain = desktop::open_keychain(profile.name())
        .map_err(|error| Message::new("cli-desktop-failed").with("why", error.to_string()))?;
    let loaded = Store::new(paths.settings, paths.company_settings).load();
    let missing = not_running(profile);
    let (host, server) = tokio::join!(tray::host(), notifications::server());
    let window = window::program();
    Ok(checks::without_agent(missing, &keychain, &loaded, &window, host, &server).await)
}

fn doctor_json(checks: &[Check], lang: Language) -> serde_json::Value {
    let checks: Vec<_> = checks
        .iter()
        .map(|check| {
            let text = say(lang, &view::words(&check.message));
            json!({"name": check.name, "result": check.result, "message": check.message, "text": text})
        })
        .collect();
    json!({ "checks": checks })
}

/// `quit`: ends the agent, and returns once it has gone.
pub(super) async fn quit(profile: &Profile) -> Result<u8, Message> {
    let client = connect(profile).await?;
    match client.request(Request::Quit).await {
        // It may be gone before its answer is read.
        Ok(_) | Err(RequestError::Lost) => {}
        Err(error) => return Err(reason(&error)),
    }
    tokio::time::timeout(FAREWELL, client.closed())
        .await
        .map_err(|_| Message::new("cli-quit-slow"))?;
    Ok(DONE)
}

/// Connects to the running agent, which shows that it answers: what is asked then may take its time.
pub(super) async fn connect(profile: &Profile) -> Result<Client, Message> {
    let client = Client::connect(profile)
        .await
        .map_err(|error| unconnected(profile, error))?;
    answers(&client).await?;
    Ok(client)
}

async fn answers(client: &Client) -> Result<(), Message> {
    patiently(client.snapshot()).await.map(drop)
}

/// The answer of an agent that doesn't hang: whoever waits for one that does would wait for ever.
pub(super) async fn patiently<T>(
    answer: impl Future<Output = Result<T, RequestError>>,
) -> Result<T, Message> {
    match tokio::time::timeout(SILENCE, answer).await {
        Ok(answer) => answer.map_err(|error| reason(&error)),
        Err(_) => Err(Message::new("cli-hangs").with("seconds", SILENCE.as_secs().to_string())),
    }
}

fn unconnected(profile: &Profile, error: ConnectError) -> Message {
    match error {
        ConnectError::NotRunning => not_running(profile),
        ConnectError::Address(_) => Message::new("cli-no-home"),
        ConnectError::Io(error) => Message::new("cli-not-reached").with("why", error.to_string()),
    }
}

/// No agent of this profile runs; how to start it.
fn not_running(profile: &Profile) -> Message {
    Message::new("cli-not-running").with("command", start_command(profile))
}

/// What starts the agent of a profile.
pub(super) fn start_command(profile: &Profile) -> String {
    match profile.is_default() {
        true => "centrex-tray".to_owned(),
        false => format!("centrex-tray --profile {}", profile.name()),
    }
}

/// Why the agent didn't do it.
pub(super) fn reason(error: &RequestError) -> Message {
    match error {
        RequestError::Refused(error) => view::words(&error.message),
        RequestError::Lost => Message::new("cli-lost"),
        RequestError::Unexpected => Message::new("cli-answer-unknown"),
    }
}
