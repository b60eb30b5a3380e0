//! What the controller is told, and where it goes.

use std::process::ExitStatus;

use companion::event::{DialId, Event, KeychainProblem};
use companion::journal::Row;
use companion::settings::Carried;
use control::protocol::{Change, Check};
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::Controller;
use super::everything::TakenSettings;
use super::journal::JournalAnswer;
use super::publish::Client;
use super::settings::Reload;
use crate::checks::LastingRefusal;
use crate::control_server::{ClientId, ClientInput};
use crate::desktop::SecretName;
use crate::dial::DialOutcome;
use crate::enrol::{Enrolment, Refusal};
use crate::journal::{AskError, JournalOpened};
use crate::outbox::Reply;
use crate::ports::Ports;
use crate::relay_link::News;
use crate::window;

/// Everything that the controller is told, the desktop's events excepted.
pub(crate) enum Input {
    /// From the control socket.
    Client(ClientId, ClientInput),
    /// From the link to the relay with this generation.
    Link(u64, News),
    /// What became of a call that was asked for.
    Dialled(DialId, DialOutcome),
    /// What the keychain said, and whom it answers besides us.
    Secret(SecretName, Result<Option<SecretString>, KeychainProblem>),
    /// Whether a keychain that a person left locked can be asked now.
    KeychainLookedAt {
        /// It can, without a dialog.
        open: bool,
    },
    /// A secret was stored or forgotten on a client's wish.
    SecretChanged(SecretName, Result<(), KeychainProblem>, Reply),
    /// A token was renewed and stored.
    Renewed {
        /// In whose place.
        old: SecretString,
        /// The new one, which stands in the keychain.
        token: SecretString,
    },
    /// The token that a relay takes again, if it does.
    AskedAgain(Option<SecretString>),
    /// What became of an enrolment.
    Enrolled(Result<Enrolment, Refusal>, Reply),
    /// A step of a connection test ended.
    TestStep(Check),
    /// The journal was opened, or set aside later since it is damaged, and another begun.
    Journal(Box<JournalOpened>),
    /// What could be read of a damaged journal is in the new one.
    JournalSalvaged,
    /// The journal did what a client asked, or not; to be worded and sent.
    JournalAnswered(Box<Result<JournalAnswer, AskError>>, Reply),
    /// The call whose record a client wants.
    RecordWanted(Result<Option<Box<Row>>, AskError>, Reply),
    /// A run of the doctor ended, and who asked for it was answered.
    Examined,
    /// Settings of another computer are to be taken over, and what becomes of that is awaited.
    SettingsCarried(Carried, oneshot::Sender<TakenSettings>),
    /// The settings file may have changed.
    SettingsTouched,
    /// The window's process has ended: how, as far as the system tells.
    WindowEnded(std::io::Result<ExitStatus>),
    /// The session or the person ends us.
    Quit,
}

impl Input {
    /// It leaves everything that is shown as it is: clients come, go, and ask what is.
    fn changes_nothing(&self) -> bool {
        match self {
            Self::Client(_, ClientInput::Came(_) | ClientInput::Went)
            | Self::TestStep(_)
            | Self::Examined => true,
            Self::Client(_, ClientInput::Asks(request, _)) => super::requests::only_asks(request),
            _ => false,
        }
    }
}

impl<P: Ports> Controller<P> {
    /// What waits already is taken with it: what came of all of it is shown once.
    pub(super) fn on_inputs(&mut self, first: Input) {
        self.changed = false;
        let mut input = first;
        for _ in 0..super::INPUTS {
            self.changed |= !input.changes_nothing();
            self.on_input(input);
            match self.inputs.try_recv() {
                Ok(next) => {
                    input = next;
                    self.look();
                }
                Err(_) => return,
            }
        }
        self.changed |= !input.changes_nothing();
        self.on_input(input);
    }

    fn on_input(&mut self, input: Input) {
        match input {
            Input::Client(client, ClientInput::Came(outbox)) => {
                self.clients.insert(client, Client::new(outbox));
            }
            Input::Client(client, ClientInput::Asks(request, reply)) => {
                self.on_request(client, request, reply)
            }
            Input::Client(client, ClientInput::Went) => {
                self.clients.remove(&client);
            }
            Input::Link(generation, news) => self.on_link(generation, news),
            Input::Dialled(id, outcome) => {
                self.note_refusal(&outcome);
                self.feed(Event::DialOutcome(id, outcome));
            }
            Input::Secret(name, result) => self.on_secret(&name, result),
            Input::KeychainLookedAt { open } => self.on_keychain_looked_at(open),
            Input::SecretChanged(name, result, reply) => self.on_secret_changed(&name, result, reply),
            Input::Renewed { old, token } => self.on_renewed(&old, token),
            Input::AskedAgain(token) => self.on_asked_again(token),
            Input::Enrolled(result, reply) => self.on_enrolled(result, reply),
            Input::TestStep(check) => self.tell(|_| Some(Change::TestStep { check: check.clone() })),
            Input::Journal(opened) => self.on_journal(*opened),
            Input::JournalSalvaged => self.journal_revision += 1,
            Input::JournalAnswered(answer, reply) => self.on_journal_answered(*answer, reply),
            Input::RecordWanted(row, reply) => self.on_record_wanted(row, reply),
            Input::Examined => self.on_examined(),
            Input::SettingsCarried(carried, done) => {
                // Fails when nobody waits any more, which is fine.
                let _ = done.send(self.take_over_settings(&carried));
            }
            Input::SettingsTouched => {
                self.reload = Some(Reload::touched(self.reload, self.now.moment));
            }
            Input::WindowEnded(end) => {
                window::note_end(&end);
                if let Some(wish) = self.window.ended(self.now.moment) {
                    self.show_or_log(wish);
                }
            }
            Input::Quit => self.quitting = true,
        }
    }

    /// What the platform says of the key, the account or its callback holds until it takes a call, or until they change.
    fn note_refusal(&mut self, outcome: &DialOutcome) {
        match outcome {
            Ok(_) => self.refused = None,
            Err(failure) => {
                if let Some(refusal) = LastingRefusal::of(failure.reason) {
                    self.refused = Some(refusal);
                }
            }
        }
    }
}
