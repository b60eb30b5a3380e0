//! What is wrong with a settings file, in words.

use crate::words::Message;

/// What is wrong with a file, which line, and what is done about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileProblem {
    /// The sentence where defaults take the place of what can't be used.
    message: Message,
    /// The id of the one where what was in force stays so; the arguments are the same. `None`: that changes nothing.
    kept_id: Option<&'static str>,
    kept: bool,
}

impl FileProblem {
    /// What can't be used was in force otherwise before, and stays so once [`Self::keep`] was called.
    pub(super) fn replaceable(message: Message, kept_id: &'static str) -> Self {
        Self {
            message,
            kept_id: Some(kept_id),
            kept: false,
        }
    }

    /// Nothing takes the place of anything.
    pub(super) fn plain(message: Message) -> Self {
        Self {
            message,
            kept_id: None,
            kept: false,
        }
    }

    /// With one more argument for its sentence.
    pub(super) fn with(self, name: &str, value: impl Into<String>) -> Self {
        Self {
            message: self.message.with(name, value),
            ..self
        }
    }

    /// The same, said while other settings were in force, which stay so.
    pub(super) fn keep(self) -> Self {
        Self { kept: true, ..self }
    }

    /// The sentence.
    pub fn message(&self) -> Message {
        match self.kept_id.filter(|_| self.kept) {
            Some(id) => Message {
                id: id.to_owned(),
                ..self.message.clone()
            },
            None => self.message.clone(),
        }
    }
}
