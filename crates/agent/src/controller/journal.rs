//! What clients ask of the journal: it answers from its own thread, and the controller finds the words.

use std::path::PathBuf;

use companion::event::{CallKey, Event, Origin};
use companion::journal::{CallBack, Csv, Cursor, Filter, Format, Hole, Opened, Page, Query, Row, Stretch};
use companion::words::{Language, Message};
use control::protocol::{
    self as wire, Answer, CallFilter, CallFormat, CallPage, CallQuery, CallRef, Error, ErrorCode, HoleState,
    JournalRequest,
};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use telephony::{AccountId, CallId};

use super::contacts::separator;
use super::requests::error;
use super::{Controller, Input};
use crate::journal::{AskError, JournalOpened};
use crate::outbox::Reply;
use crate::ports::Ports;
use crate::view;

/// What the journal's thread gave, to be worded by the controller.
pub(crate) enum JournalAnswer {
    /// A page, the time that it begins and ends with, and what was heard in it.
    Page(Page, Vec<Stretch>),
    /// Calls were only read, or not even that.
    Unchanged(Result<Answer, Error>),
    /// Something was changed: all that was asked, or a part of it before the error.
    Changed(Result<Answer, Error>),
    /// A call was deleted, or all of them.
    Deleted(Option<CallKey>),
}

impl<P: Ports> Controller<P> {
    pub(super) fn on_journal(&mut self, opened: JournalOpened) {
        let found = opened.opened.inspect_err(|error| {
            tracing::error!(%error, "the journal can't be opened: calls wait in memory until it can");
        });
        let found = found.ok();
        tracing::debug!(?found, calls = opened.rows.len(), "journal");
        self.journal_found = found.as_ref().and_then(Opened::message);
        for row in opened.rows.into_iter().rev() {
            let origin = Origin::Journal { unread: row.unread };
            self.feed(Event::Call {
                call: Box::new(row.call),
                origin,
                age_s: i64::MAX,
            });
        }
        self.feed(Event::DialledBefore(opened.dialled));
        if let Some(Opened::SetAside(file)) = found {
            self.salvage(file);
        } else if opened.late {
            // What was missed since the journal's position is still to be told: the connection began without it.
            self.journal_revision += 1;
            self.reconnect();
        }
    }

    /// The journal was damaged and is begun anew: what can be read comes over from the file, the rest is asked of the relay.
    fn salvage(&mut self, file: PathBuf) {
        self.journal_revision += 1;
        self.forget_history();
        let (journal, own) = (self.journal.clone(), self.own.clone());
        tokio::spawn(async move {
            match journal.salvage(file).await {
                Ok(calls) => tracing::info!(calls, "taken over from the damaged journal"),
                Err(error) => tracing::warn!(%error, "the damaged journal can't be read further"),
            }
            // Fails only when the controller has ended.
            let _ = own.send(Input::JournalSalvaged).await;
        });
    }

    pub(super) fn on_journal_request(&mut self, ask: JournalRequest, reply: Reply) {
        match ask {
            JournalRequest::Search { query } => self.search_calls(query, reply),
            JournalRequest::Note { at, note } => {
                let journal = self.journal.clone();
                self.answer_later(reply, async move {
                    let there = journal.note(key(at), note).await?;
                    found(there)
                });
            }
            JournalRequest::CallBack { at, wanted } => {
                let journal = self.journal.clone();
                self.answer_later(reply, async move {
                    let there = journal.call_back(key(at), wanted).await?;
                    found(there)
                });
            }
            JournalRequest::OpenRecord { at } => {
                let journal = self.journal.clone();
                let own = self.own.clone();
                let key = key(at);
                tokio::spawn(async move {
                    let row = journal.call(key).await.map(|row| row.map(Box::new));
                    // Fails only when the controller has ended.
                    let _ = own.send(Input::RecordWanted(row, reply)).await;
                });
            }
            JournalRequest::Delete { at } => {
                let journal = self.journal.clone();
                let key = key(at);
                self.answer_later(reply, async move {
                    journal.delete(key.clone()).await?;
                    Ok(JournalAnswer::Deleted(Some(key)))
                });
            }
            JournalRequest::DeleteAll => {
                let journal = self.journal.clone();
                self.answer_later(reply, async move {
                    journal.delete_all().await?;
                    Ok(JournalAnswer::Deleted(None))
                });
            }
            JournalRequest::Export { path, format, bom } => {
                let journal = self.journal.clone();
                let format = form(format, bom, self.companion.language());
                self.answer_later(reply, async move {
                    let written = journal.export(PathBuf::from(path), format).await?;
                    let count = u32::try_from(written.calls).unwrap_or(u32::MAX);
                    Ok(JournalAnswer::Unchanged(Ok(Answer::Written { count })))
                });
            }
            JournalRequest::Import { path } => {
                let journal = self.journal.clone();
                self.answer_later(reply, async move {
                    let taken = journal.import(PathBuf::from(path)).await?;
                    Ok(JournalAnswer::Changed(Ok(Answer::Taken {
                        taken: view::calls_taken(&taken),
                    })))
                });
            }
        }
    }

    /// Runs what waits for the journal beside the controller, which words the answer.
    fn answer_later(
        &self,
        reply: Reply,
        ask: impl Future<Output = Result<JournalAnswer, AskError>> + Send + 'static,
    ) {
        let own = self.own.clone();
        tokio::spawn(async move {
            let answer = ask.await;
            // Fails only when the controller has ended.
            let _ = own.send(Input::JournalAnswered(Box::new(answer), reply)).await;
        });
    }

    fn search_calls(&mut self, query: CallQuery, reply: Reply) {
        let (query, until) = match understood(query, self.now.wall) {
            Ok(understood) => understood,
            Err(error) => return reply.send(Err(error)),
        };
        let journal = self.journal.clone();
        self.answer_later(reply, async move {
            // A page of a search isn't the whole of its time: holes would say nothing there.
            let whole = query.text.trim().is_empty();
            let from = query.from;
            let page = journal.search(query).await?;
            let oldest = page.rows.last().map(|row| row.call.started_at);
            let from = match (&page.next, oldest) {
                (Some(_), Some(oldest)) => oldest,
                _ => from.unwrap_or(Timestamp::UNIX_EPOCH),
            };
            let heard = if whole && from < until {
                journal.coverage_between(from, until).await?
            } else {
                Vec::new()
            };
            Ok(JournalAnswer::Page(page, heard))
        });
    }

    pub(super) fn on_journal_answered(&mut self, answer: Result<JournalAnswer, AskError>, reply: Reply) {
        let result = match answer {
            Ok(JournalAnswer::Page(page, heard)) => Ok(Answer::Calls {
                page: self.page(&page, &heard),
            }),
            Ok(JournalAnswer::Unchanged(answer)) => answer,
            Ok(JournalAnswer::Changed(answer)) => {
                self.journal_revision += 1;
                answer
            }
            Ok(JournalAnswer::Deleted(which)) => {
                self.journal_revision += 1;
                self.feed(Event::Forgotten(which));
                Ok(Answer::Done)
            }
            Err(error) => {
                tracing::warn!(%error, "the journal didn't do what it was asked");
                Err(Error {
                    code: ErrorCode::Failed,
                    message: view::message(error.message()),
                })
            }
        };
        reply.send(result);
    }

    /// A person asks for the record of a call that the journal knows.
    pub(super) fn on_record_wanted(&mut self, row: Result<Option<Box<Row>>, AskError>, reply: Reply) {
        match row {
            Ok(Some(row)) => {
                let effects = self.companion.open_record(&row.call);
                let nothing = effects.is_empty();
                for effect in effects {
                    self.carry_out(effect);
                }
                reply.send(if nothing {
                    Err(error(ErrorCode::Failed, "record-not-set"))
                } else {
                    Ok(Answer::Done)
                });
            }
            Ok(None) => reply.send(Err(error(ErrorCode::Failed, "journal-call-gone"))),
            Err(error) => self.on_journal_answered(Err(error), reply),
        }
    }

    fn page(&self, page: &Page, heard: &[Stretch]) -> CallPage {
        let calls = page.rows.iter().map(|row| self.row(row)).collect();
        let next = page.next.map(|cursor| {
            let oldest = page
                .rows
                .last()
                .map_or(0, |row| row.call.started_at.as_microsecond());
            format!("{cursor}@{oldest}")
        });
        let now = self.now.wall;
        let holes = heard
            .iter()
            .rev()
            .filter_map(|stretch| hole(stretch, now))
            .collect();
        CallPage { calls, next, holes }
    }

    fn row(&self, row: &Row) -> wire::CallView {
        wire::CallView {
            note: (!row.note.is_empty()).then(|| row.note.clone()),
            call_back: match row.call_back {
                CallBack::None => wire::CallBackState::None,
                CallBack::Wanted { .. } => wire::CallBackState::Wanted,
                CallBack::Settled { .. } => wire::CallBackState::Settled,
            },
            ..view::call(self.companion.journal_line(row))
        }
    }
}

fn key(at: CallRef) -> CallKey {
    CallKey {
        account: AccountId(at.account),
        call: CallId(at.call),
    }
}

fn found(there: bool) -> Result<JournalAnswer, AskError> {
    if there {
        Ok(JournalAnswer::Changed(Ok(Answer::Done)))
    } else {
        Err(AskError::Gone)
    }
}

/// A query in the journal's terms, and until when its page reaches.
fn understood(query: CallQuery, now: Timestamp) -> Result<(Query, Timestamp), Error> {
    let time = |text: Option<String>| {
        text.map(|text| text.parse::<Timestamp>())
            .transpose()
            .map_err(|_| bad("journal-query-time"))
    };
    let (from, until) = (time(query.from)?, time(query.until)?);
    let mut reach = until.map_or(now, |until| until.min(now));
    let before = match &query.after {
        None => None,
        Some(after) => {
            let (cursor, oldest) = after.split_once('@').ok_or_else(|| bad("journal-query-page"))?;
            let oldest = oldest
                .parse()
                .ok()
                .and_then(|us| Timestamp::from_microsecond(us).ok());
            reach = oldest.ok_or_else(|| bad("journal-query-page"))?;
            Some(cursor.parse::<Cursor>().map_err(|_| bad("journal-query-page"))?)
        }
    };
    let query = Query {
        text: query.text,
        filter: match query.filter {
            CallFilter::All => Filter::All,
            CallFilter::Missed => Filter::Missed,
            CallFilter::Incoming => Filter::Incoming,
            CallFilter::Outgoing => Filter::Outgoing,
            CallFilter::ToCallBack => Filter::ToCallBack,
        },
        account: query.account.map(AccountId),
        from,
        until,
        before,
        limit: usize::try_from(query.limit).unwrap_or(0),
    };
    Ok((query, reach))
}

fn bad(id: &str) -> Error {
    Error {
        code: ErrorCode::BadRequest,
        message: view::message(Message::new(id)),
    }
}

/// A hole on the wire; one that reaches up to now lasts.
fn hole(stretch: &Stretch, now: Timestamp) -> Option<wire::Hole> {
    let state = match stretch.hole? {
        Hole::Open => HoleState::Open,
        Hole::Filled => HoleState::Filled,
        Hole::Gap => HoleState::Gap,
    };
    let lasts = state == HoleState::Open && now.duration_since(stretch.until).as_secs() <= 1;
    Some(wire::Hole {
        from: stretch.from.to_string(),
        until: (!lasts).then(|| stretch.until.to_string()),
        state,
    })
}

fn form(format: CallFormat, bom: bool, language: Language) -> Format {
    match format {
        CallFormat::Csv => Format::Csv(Csv {
            separator: separator(language),
            bom,
            language,
            zone: TimeZone::system(),
        }),
        CallFormat::Json => Format::Json,
        CallFormat::Calendar => Format::Calendar(language),
    }
}
