//! Imports of contacts: looked at, written, stopped, taken back. Each belongs to the client that began it.

use std::path::PathBuf;

use contacts::BatchId;
use contacts::import::Undone;
use control::protocol::{self as wire, Answer, Change, Taken};

use super::Controller;
use super::contacts::{later_with, refused};
use crate::control_server::ClientId;
use crate::outbox::Reply;
use crate::people::{self, answer};
use crate::ports::Ports;

impl<P: Ports> Controller<P> {
    pub(super) fn preview_import(&mut self, client: ClientId, path: String, reply: Reply) {
        let shown = self.contacts_shown();
        let Some(client) = self.clients.get_mut(&client) else {
            return;
        };
        let tell = client.teller();
        let later = client
            .imports
            .preview(&self.people, PathBuf::from(path), move |percent| {
                tell(Change::PreviewProgress { percent });
            });
        later_with(reply, answer(later), move |previewed| Answer::Preview {
            preview: Box::new(shown.preview(&previewed)),
        });
    }

    pub(super) fn import(&mut self, client: ClientId, reply: Reply) {
        let Some(client) = self.clients.get_mut(&client) else {
            return;
        };
        let tell = client.teller();
        let later = client.imports.import(&self.people, move |at| {
            let (done, total) = (people::count(at.done), people::count(at.total));
            tell(Change::ImportProgress { done, total });
        });
        later_with(reply, answer(later), |(batch, compared, rejected)| {
            Answer::Taken {
                taken: Taken {
                    batch: Some(batch.0.to_string()),
                    added: people::count(compared.added),
                    updated: people::count(compared.updated),
                    rejected: people::count(rejected),
                    ..Taken::default()
                },
            }
        });
    }

    pub(super) fn cancel_import(&self, client: ClientId, reply: Reply) {
        if let Some(client) = self.clients.get(&client) {
            client.imports.cancel();
        }
        reply.send(Ok(Answer::Done));
    }

    pub(super) fn undo_import(&self, client: ClientId, batch: &str, reply: Reply) {
        match self.may_undo(client, batch) {
            Some(batch) => later_with(reply, answer(self.people.undo(batch)), told),
            None => reply.send(Err(refused(&contacts::ContactsError::NoSuchImport.into()))),
        }
    }

    /// The person asks for it by its own command, so it doesn't matter which program made it.
    pub(super) fn undo_last_import(&self, reply: Reply) {
        later_with(reply, answer(self.people.undo_last()), told);
    }

    /// The import that is to be taken back, unless another client made it and is still here.
    fn may_undo(&self, client: ClientId, batch: &str) -> Option<BatchId> {
        let batch = batch.parse().map(BatchId).ok()?;
        let anothers = self
            .clients
            .iter()
            .any(|(id, other)| *id != client && other.imports.made(batch));
        (!anothers).then_some(batch)
    }
}

/// What taking an import back did, on the wire.
fn told(undone: Undone) -> Answer {
    Answer::Undone {
        undone: wire::Undone {
            file: undone.file,
            at: undone.at.to_string(),
            removed: people::count(undone.removed),
            restored: people::count(undone.restored),
            kept: people::count(undone.kept),
        },
    }
}
