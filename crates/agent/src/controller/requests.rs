//! What the clients of the control socket ask for.

use companion::event::{DialRequest, Event};
use companion::settings::{Change, Key};
use companion::words::Message;
use control::protocol::{Answer, Error, ErrorCode, Place, Request, Secret};
use relay_api::RelayUrl;
use secrecy::SecretString;
use telephony::{AccountId, E164};
use uuid::Uuid;

use super::turned_away::Cause;
use super::{Controller, Input, Subscriber, keychain, new_press, settings};
use crate::checks::{self, Found};
use crate::control_server::ClientId;
use crate::links::{self, LinkError};
use crate::outbox::Reply;
use crate::people;
use crate::ports::Ports;
use crate::view;
use crate::window::{Start, WindowError, Wish};
use crate::{enrol, window};

impl<P: Ports> Controller<P> {
    pub(super) fn on_request(&mut self, client: ClientId, request: Request, reply: Reply) {
        if is_a_persons(&request) {
            self.ask_keychain_again();
        }
        let done = |result: Result<(), Error>| result.map(|()| Answer::Done);
        match request {
            Request::Snapshot => {
                reply.send(Ok(Answer::Snapshot {
                    snapshot: Box::new(self.snapshot()),
                }));
            }
            Request::Subscribe { window } => self.subscribe(client, window, reply),
            Request::Understand { input } => reply.send(Ok(self.understood(&input))),
            // Who pressed is told that this press dials nothing.
            Request::Dial { .. } if self.companion.is_asking() => {
                reply.send(Err(error(ErrorCode::Failed, "dial-busy")));
            }
            Request::Dial {
                input,
                account,
                confirmed,
            } => {
                self.feed(Event::Dial(DialRequest {
                    id: new_press(),
                    input,
                    account: account.map(AccountId),
                    confirmed,
                }));
                reply.send(Ok(Answer::Done));
            }
            Request::DismissDial => {
                self.feed(Event::DialDismissed);
                reply.send(Ok(Answer::Done));
            }
            Request::FillPad { input } if links::is_own(&input) => {
                reply.send(done(self.open_link(&input.into())))
            }
            Request::FillPad { input } => reply.send(done(self.show(fill(&input)))),
            Request::Show { place } => reply.send(done(self.show(Wish::place(place)))),
            Request::OpenLink { uri } => reply.send(done(self.open_link(&uri))),
            Request::MissedRead => {
                self.feed(Event::MissedRead);
                reply.send(Ok(Answer::Done));
            }
            Request::Enrol { relay, code } => self.enrol(&relay, code, reply),
            Request::AcceptEnrolment { relay, id } => self.accept_enrolment(&relay, &id, reply),
            Request::DismissEnrolment => {
                self.enrolment_link = None;
                self.link_problem = None;
                reply.send(Ok(Answer::Done));
            }
            Request::SetCredential {
                kind,
                account,
                secret,
            } => {
                let secret = SecretString::from(secret.expose());
                self.change_secret(kind, account, Some(secret), reply);
            }
            Request::ForgetCredential { kind, account } => self.change_secret(kind, account, None, reply),
            Request::ChangeSettings { changes } => {
                reply.send(done(self.change_settings(&settings::changes(&changes))));
            }
            Request::TestConnection => self.test_connection(reply),
            Request::Doctor => self.doctor(reply),
            Request::Contacts { ask } => self.on_contacts_request(client, ask, reply),
            Request::Journal { ask } => self.on_journal_request(ask, reply),
            Request::Silence { number, silenced } => reply.send(done(self.silence(&number, silenced))),
            Request::NumberLinks => self.number_links(false, reply),
            Request::TakeNumberLinks => self.number_links(true, reply),
            Request::ExportAll { path } => self.export_all(path.into(), reply),
            Request::ImportAll { path } => self.import_all(path.into(), reply),
            Request::Quit => {
                self.quitting = true;
                reply.send(Ok(Answer::Done));
            }
        }
    }

    /// What a text on the pad means, and who has that number.
    fn understood(&self, input: &str) -> Answer {
        let understood = self.companion.understand(input);
        let known = understood.number.as_ref().and_then(|number| self.known(number));
        Answer::Understood {
            understood: view::understood(understood, known.as_ref()),
        }
    }

    fn silence(&mut self, number: &str, silenced: bool) -> Result<(), Error> {
        let number = E164::parse(number).map_err(|_| error(ErrorCode::Number, "silence-number-bad"))?;
        let mut numbers = self.companion.settings().silenced.clone();
        if silenced {
            numbers.insert(number);
        } else {
            numbers.remove(&number);
        }
        self.change_settings(&[Change::new(Key::Silenced, &numbers)])
    }

    fn subscribe(&mut self, client: ClientId, window: bool, reply: Reply) {
        let snapshot = self.snapshot();
        let Some(client) = self.clients.get_mut(&client) else {
            return;
        };
        client.subscribed = Some(if window {
            Subscriber::Window
        } else {
            Subscriber::Other
        });
        reply.send(Ok(Answer::Snapshot {
            snapshot: Box::new(snapshot.clone()),
        }));
        // Others were told the same or will be, should it be news.
        self.told.get_or_insert(snapshot);
        if window && let Some(wish) = self.window.listens() {
            client.outbox.change(wish.change());
        }
    }

    /// Shows the window: has the one that listens come forward, or starts one.
    pub(super) fn show(&mut self, wish: Wish) -> Result<(), Error> {
        self.ask_turned_away(Cause::Person);
        if self
            .clients
            .values()
            .any(|client| client.subscribed == Some(Subscriber::Window))
        {
            self.tell(|who| (who == Subscriber::Window).then(|| wish.clone().change()));
            self.window.was_told(wish, self.now.moment);
            return Ok(());
        }
        let settings = self.companion.settings();
        let start = Start {
            profile: self.profile.name(),
            linger_s: settings.window_linger_s,
            language: self.companion.language().code(),
            theme: settings.theme.name(),
        };
        self.window.want(wish, start, &self.own).map_err(|problem| {
            tracing::error!(%problem, "the window can't be shown");
            Error {
                code: ErrorCode::Failed,
                message: view::message(window_problem(&problem)),
            }
        })
    }

    /// The same where nobody waits for an answer.
    pub(super) fn show_or_log(&mut self, wish: Wish) {
        // Already told in the log.
        let _ = self.show(wish);
    }

    /// An enrolment link waits in the snapshot for the person's yes. Why one can't be obeyed stands there too: whoever
    /// clicked it in a mail sees nothing else of us.
    pub(super) fn open_link(&mut self, uri: &Secret) -> Result<(), Error> {
        let problem = match links::enrolment(uri.expose(), Uuid::new_v4().to_string()) {
            Ok(link) => {
                // The same link once more is the same question.
                if !self
                    .enrolment_link
                    .as_ref()
                    .is_some_and(|waits| waits.is_same(&link))
                {
                    self.enrolment_link = Some(link);
                }
                None
            }
            Err(LinkError::NotEnrolment) => Some("link-unknown"),
            Err(LinkError::Relay) => Some("enrol-address-bad"),
            Err(LinkError::Plain) => Some("enrol-address-plain"),
            Err(LinkError::Code) => Some("enrol-code-missing"),
        };
        self.link_problem = problem.map(Message::new);
        let shown = self.show(Wish::place(Place::Settings));
        match problem {
            None => shown,
            Some(id) => {
                tracing::warn!(reason = id, "the link can't be obeyed");
                Err(error(ErrorCode::BadRequest, id))
            }
        }
    }

    /// The person said yes to what they saw: another link that came meanwhile isn't meant.
    fn accept_enrolment(&mut self, relay: &str, id: &str, reply: Reply) {
        let seen = self
            .enrolment_link
            .as_ref()
            .filter(|link| (link.pending.relay.as_str(), link.pending.id.as_str()) == (relay, id));
        match seen.map(|link| link.code.clone()) {
            Some(code) => self.enrol(relay, code, reply),
            None => reply.send(Err(error(ErrorCode::Failed, "enrol-link-changed"))),
        }
    }

    fn enrol(&mut self, relay: &str, code: Secret, reply: Reply) {
        let relay = match self.may_enrol_at(relay) {
            Ok(relay) => relay,
            Err(error) => return reply.send(Err(error)),
        };
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        let note = enrol::Note::within(self.paths.data());
        // What an earlier one left undone is this one's to replace.
        self.unfinished = None;
        tokio::spawn(async move {
            let result = enrol::enrol(&*keychain, &note, relay, &code).await;
            // Fails only when the controller has ended.
            let _ = own.send(Input::Enrolled(result, reply)).await;
        });
    }

    /// A code works once, and the token it buys takes the place of the one before: all that can be known beforehand is.
    fn may_enrol_at(&self, relay: &str) -> Result<RelayUrl, Error> {
        let relay = RelayUrl::parse(relay).map_err(|problem| Error {
            code: ErrorCode::Relay,
            message: view::message(enrol::address_problem(&problem)),
        })?;
        let changes = self.enrolment_changes(&relay);
        let another = changes.iter().any(|change| change.key == Key::RelayUrl);
        if another && self.files.locked.contains(&Key::RelayUrl) {
            return Err(error(ErrorCode::Settings, "enrol-relay-locked"));
        }
        self.store.check(&changes).map_err(settings::refusal)?;
        Ok(relay)
    }

    fn test_connection(&mut self, reply: Reply) {
        self.look_for_token();
        self.ask_turned_away(Cause::Person);
        let (keychain, own) = (keychain(&self.ports), self.own.clone());
        let (settings, refused) = (self.companion.settings().clone(), self.refused);
        tokio::spawn(async move {
            let checks = checks::connection(&*keychain, &settings, refused, Some(own)).await;
            reply.send(Ok(Answer::Checks { checks }));
        });
    }

    /// Who opens links to numbers; `take`: a person wants it to be this program.
    fn number_links(&mut self, take: bool, reply: Reply) {
        let taken = take.then(|| self.ports.take_number_links());
        let asked = self.ports.number_links(self.companion.language());
        tokio::spawn(async move {
            if let Some(taken) = taken
                && let Err(error) = taken.await
            {
                tracing::warn!(%error, "links to numbers weren't taken over");
                let message = Message::new("links-not-taken").with("why", error.why());
                return reply.send(Err(Error {
                    code: ErrorCode::Failed,
                    message: view::message(message),
                }));
            }
            let links = view::number_links(asked.await);
            reply.send(Ok(Answer::NumberLinks { links }));
        });
    }

    /// One run at a time: who asks meanwhile is answered by the next one, for all who wait.
    fn doctor(&mut self, reply: Reply) {
        self.patients.push(reply);
        if !self.examining {
            self.examine();
        }
    }

    /// A run of the doctor has ended: whoever asked during it isn't told what was so before.
    pub(super) fn on_examined(&mut self) {
        self.examining = false;
        if !self.patients.is_empty() {
            self.examine();
        }
    }

    fn examine(&mut self) {
        self.examining = true;
        self.look_for_token();
        self.ask_turned_away(Cause::Person);
        let (replies, own) = (std::mem::take(&mut self.patients), self.own.clone());
        let keychain = keychain(&self.ports);
        let (settings, refused) = (self.companion.settings().clone(), self.refused);
        let (tray_shown, history_cut) = (self.tray_shown, self.history_cut);
        let notify_problem = self.notify_problem.clone();
        let settings_problem = self.files.problem.clone();
        let record_problem = self.companion.record_problem();
        let hotkey = settings.dial_hotkey;
        let hotkey_works = match hotkey {
            Some(_) => self.hotkey_works.clone(),
            None => self.ports.hotkey_obstacle().map(|problem| Err(problem.message())),
        };
        let server = self.ports.notification_server();
        let links = self.ports.number_links(self.companion.language());
        let (journal, journal_found) = (self.journal.clone(), self.journal_found.clone());
        let sources = people::answer(self.people.sources());
        tokio::spawn(async move {
            let (notification_server, journal_problem, number_links) =
                tokio::join!(server, journal.trouble(), links);
            let found = Found {
                tray_shown,
                notify_problem,
                notification_server,
                journal_problem,
                journal_found,
                history_cut,
                settings_problem,
                record_problem,
                hotkey,
                hotkey_works,
                number_links,
            };
            let mut checks = checks::desktop(&found, &window::program());
            checks.push(checks::keychain(&*keychain).await);
            checks.extend(checks::connection(&*keychain, &settings, refused, None).await);
            // A book that can't be opened is told elsewhere.
            let sources = sources.await.unwrap_or_default();
            checks.extend(checks::directories(&settings, &sources));
            checks::summarise(settings.mode, &mut checks);
            for reply in replies {
                reply.send(Ok(Answer::Checks {
                    checks: checks.clone(),
                }));
            }
            // Fails only when the controller has ended.
            let _ = own.send(Input::Examined).await;
        });
    }
}

/// The pad with a text in its field.
pub(super) fn fill(text: &str) -> Wish {
    Wish {
        place: Place::Pad,
        anchor: None,
        fill: Some(links::pad_text(text)),
    }
}

/// An error with a sentence without arguments.
pub(super) fn error(code: ErrorCode, id: &str) -> Error {
    Error {
        code,
        message: view::message(Message::new(id)),
    }
}

fn window_problem(problem: &WindowError) -> Message {
    match problem {
        WindowError::Missing(path) => {
            Message::new("agent-window-missing").with("path", path.display().to_string())
        }
        WindowError::Start { path, error } => Message::new("agent-window-not-started")
            .with("path", path.display().to_string())
            .with("why", error.to_string()),
    }
}

/// Whether somebody sits in front of it: then the keychain may be asked again at once.
fn is_a_persons(request: &Request) -> bool {
    match request {
        Request::Dial { .. }
        | Request::FillPad { .. }
        | Request::Show { .. }
        | Request::OpenLink { .. }
        | Request::MissedRead
        | Request::ChangeSettings { .. }
        | Request::TestConnection => true,
        Request::Snapshot
        | Request::Subscribe { .. }
        | Request::Understand { .. }
        | Request::DismissDial
        | Request::DismissEnrolment
        | Request::Enrol { .. }
        | Request::AcceptEnrolment { .. }
        | Request::SetCredential { .. }
        | Request::ForgetCredential { .. }
        | Request::Doctor
        | Request::Journal { .. }
        | Request::Contacts { .. }
        | Request::Silence { .. }
        | Request::NumberLinks
        | Request::TakeNumberLinks
        | Request::ExportAll { .. }
        | Request::ImportAll { .. }
        | Request::Quit => false,
    }
}

/// Nothing that is shown changes by it; what its answer brings comes as an input of its own.
pub(super) fn only_asks(request: &Request) -> bool {
    matches!(
        request,
        Request::Snapshot
            | Request::Subscribe { window: false }
            | Request::Understand { .. }
            | Request::Doctor
            | Request::TestConnection
            | Request::NumberLinks
            | Request::Journal { .. }
            | Request::Contacts { .. }
            | Request::ExportAll { .. }
            | Request::ImportAll { .. }
    )
}
