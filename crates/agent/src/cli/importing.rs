//! `contacts import` and `contacts undo`. How far an import is stands on the terminal; Ctrl-C stops it, and nothing of it stays.

use std::io::{IsTerminal as _, Write as _, stderr};

use companion::words::{Language, Message, say};
use control::protocol::{Answer, Change, ContactsRequest, ImportPreview};
use control::transport::{Changes, Client};
use futures_util::future::join;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use super::ask::reason;
use super::contacts::{ask_for, line};
use super::print;
use super::{DONE, FAILED};
use crate::view;

/// The preview is shown in any case; it is written with a yes only.
pub(super) async fn import(client: &Client, lang: Language, path: &str, yes: bool) -> Result<u8, Message> {
    let mut importing = Importing::begin(client, lang).await?;
    let ask = ContactsRequest::Preview {
        path: path.to_owned(),
    };
    let Answer::Preview { preview } = importing.ask(ask).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    if importing.stopping {
        return Err(Message::new("contacts-error-cancelled"));
    }
    show(&preview, lang);
    if !yes {
        ask_for(client, ContactsRequest::CancelImport).await?;
        print::error(&say(lang, &Message::new("cli-contacts-yes")));
        return Ok(FAILED);
    }
    let Answer::Taken { taken } = importing.ask(ContactsRequest::Import).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    let done = Message::new("cli-contacts-imported")
        .with("added", taken.added.to_string())
        .with("updated", taken.updated.to_string());
    print::line(&say(lang, &done));
    if importing.stopping {
        print::note(&say(lang, &Message::new("cli-contacts-too-late")));
    }
    Ok(DONE)
}

/// What a file would bring.
fn show(preview: &ImportPreview, lang: Language) {
    let counted = Message::new("cli-contacts-preview")
        .with("file", preview.file.as_str())
        .with("format", preview.format.as_str())
        .with("added", preview.added.to_string())
        .with("updated", preview.updated.to_string())
        .with("rejected", preview.rejected_count.to_string());
    print::line(&say(lang, &counted));
    for contact in &preview.sample {
        print::line(&format!("  {}", line(contact)));
    }
    for rejected in &preview.rejected {
        let why = say(lang, &view::words(&rejected.why));
        print::line(&format!("  {}: {why}", rejected.line));
    }
    others(preview.rejected_count, preview.rejected.len(), lang);
    if preview.remark_count > 0 {
        print::line(&say(lang, &Message::new("cli-contacts-remarks")));
    }
    for remark in &preview.remarks {
        let what = say(lang, &view::words(&remark.what));
        print::line(&format!("  {}: {}: {what}", remark.line, remark.contact));
    }
    others(preview.remark_count, preview.remarks.len(), lang);
}

/// How many aren't listed.
fn others(count: u32, listed: usize, lang: Language) {
    let more = count.saturating_sub(u32::try_from(listed).unwrap_or(u32::MAX));
    if more > 0 {
        let more = Message::new("cli-contacts-others").with("count", more.to_string());
        print::line(&format!("  {}", say(lang, &more)));
    }
}

/// Takes the last import back.
pub(super) async fn undo(client: &Client, lang: Language) -> Result<u8, Message> {
    let Answer::Undone { undone } = ask_for(client, ContactsRequest::UndoLastImport).await? else {
        return Err(Message::new("cli-answer-unknown"));
    };
    let zone = TimeZone::system();
    let at = undone.at.parse::<Timestamp>().map_or_else(
        |_| undone.at.clone(),
        |at| at.to_zoned(zone).strftime("%Y-%m-%d %H:%M").to_string(),
    );
    let done = Message::new("cli-contacts-undone")
        .with("file", undone.file.as_str())
        .with("at", at)
        .with("removed", undone.removed.to_string())
        .with("restored", undone.restored.to_string());
    print::line(&say(lang, &done));
    if undone.kept > 0 {
        let kept = Message::new("cli-contacts-undone-kept").with("count", undone.kept.to_string());
        print::line(&say(lang, &kept));
    }
    Ok(DONE)
}

/// Requests that take their time, watched by a person.
struct Importing<'a> {
    client: &'a Client,
    lang: Language,
    /// Without a terminal nobody watches: what is read by a program holds no progress.
    changes: Option<Changes>,
    interrupts: mpsc::Receiver<()>,
    /// The person wants it to end.
    stopping: bool,
    /// Characters of the line that tells how far it is.
    shown: usize,
}

impl<'a> Importing<'a> {
    async fn begin(client: &'a Client, lang: Language) -> Result<Self, Message> {
        let changes = match stderr().is_terminal() {
            true => Some(client.subscribe(false).await.map_err(|error| reason(&error))?.1),
            false => None,
        };
        let (pressed, interrupts) = mpsc::channel(1);
        tokio::spawn(async move {
            while tokio::signal::ctrl_c().await.is_ok() && pressed.send(()).await.is_ok() {}
        });
        Ok(Self {
            client,
            lang,
            changes,
            interrupts,
            stopping: false,
            shown: 0,
        })
    }

    /// Asks, and shows how far it is. At the first Ctrl-C it is asked to stop, and its answer awaited; at the second it isn't.
    async fn ask(&mut self, ask: ContactsRequest) -> Result<Answer, Message> {
        let mut answer = std::pin::pin!(ask_for(self.client, ask));
        loop {
            tokio::select! {
                // What is to be stopped is asked for before that is.
                biased;
                answer = &mut answer => {
                    self.show("");
                    return answer;
                }
                Some(()) = self.interrupts.recv() => break,
                Some(change) = next(&mut self.changes) => self.tell(&change),
            }
        }
        self.stopping = true;
        self.show("");
        print::note(&say(self.lang, &Message::new("cli-contacts-stopping")));
        // Nobody reads them any more, and answers would wait behind them.
        self.changes = None;
        let stop = ask_for(self.client, ContactsRequest::CancelImport);
        tokio::select! {
            (answer, _) = join(answer, stop) => answer,
            Some(()) = self.interrupts.recv() => Err(Message::new("cli-contacts-not-awaited")),
        }
    }

    fn tell(&mut self, change: &Change) {
        let message = match change {
            Change::PreviewProgress { percent } => {
                Message::new("cli-contacts-reading").with("percent", percent.to_string())
            }
            Change::ImportProgress { done, total } => Message::new("cli-contacts-writing")
                .with("done", done.to_string())
                .with("total", total.to_string()),
            _ => return,
        };
        self.show(&say(self.lang, &message));
    }

    /// Puts a text over the one that stands there.
    fn show(&mut self, text: &str) {
        let length = text.chars().count();
        let gone = " ".repeat(self.shown.saturating_sub(length));
        if self.shown > 0 || length > 0 {
            let back = if length == 0 { "\r" } else { "" };
            // A terminal that has gone is no failure of ours.
            let _ = write!(stderr().lock(), "\r{text}{gone}{back}");
        }
        self.shown = length;
    }
}

/// The next change; never, where nobody listens.
async fn next(changes: &mut Option<Changes>) -> Option<Change> {
    match changes {
        Some(changes) => changes.next().await,
        None => std::future::pending().await,
    }
}
