//! What the companion asks the agent to do.

use std::path::PathBuf;

use telephony::{AccountId, Call, E164};
use url::Url;

use crate::dialled::Dialled;
use crate::event::{CallKey, DialId, NoteAction, NoteKey};
use crate::journal::Hearing;

/// A wish to the outside; the agent carries them out in order.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Show a notification, or change the one with the same key in place.
    Notify(Notification),
    /// Take a notification away.
    Withdraw(NoteKey),
    /// Ask the platform for a call, directly or through the relay. Exactly once, never again by itself.
    PlaceCall {
        /// The press that it belongs to.
        id: DialId,
        /// Whom to call.
        number: E164,
        /// Whose phone rings first.
        account: AccountId,
        /// Who asks the platform.
        route: Route,
        /// The person confirmed the number.
        confirmed: bool,
    },
    /// Write the call to the journal (insert or update by account and call id). The resume position of the event that this
    /// comes from goes into the same transaction, see [`crate::journal::Journal::apply`].
    Record {
        /// Its state now.
        call: Box<Call>,
        /// It is a missed call that nobody has seen yet.
        unread: bool,
    },
    /// Take a call out of the journal: it is none, but the own phone, ringing for what was dialled. Should it turn out to be one
    /// after all, it is recorded again.
    Unrecord(CallKey),
    /// Keep for a day what was dialled, so that the own phone, ringing for it, is no caller after a restart either. Takes the
    /// place of what was kept of the same press.
    Dialled(Dialled),
    /// Nothing rang for this press: keep nothing of it.
    NotDialled(DialId),
    /// Mark every missed call of the journal as seen.
    MarkAllRead,
    /// Open the window.
    OpenWindow(Place),
    /// Put text on the clipboard.
    Copy(String),
    /// Look in contacts and directories who this is; [`crate::event::Event::Named`] answers.
    LookUp(E164),
    /// The same for all of these, of whom something is shown already: there is time. [`crate::event::Event::NamedAgain`]
    /// answers.
    LookUpAgain(Vec<E164>),
    /// Write the setting `notify.silenced`, to which a button has added this number, or from which it has taken it.
    Silence {
        /// Whose number.
        number: E164,
        /// It was added.
        silenced: bool,
    },
    /// Open the record of a call in whatever opens such addresses.
    OpenUrl(Url),
    /// Run a program for a call, without a shell, and don't wait for it.
    Run {
        /// An absolute path.
        program: PathBuf,
        /// Variables to add to its environment; it gets no arguments.
        env: Vec<(String, String)>,
    },
    /// Calls can be heard, or no longer: to the journal.
    Heard(Hearing),
}

/// Who asks the platform for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// The relay, with its key.
    Relay,
    /// This computer, with the key or password of its keychain.
    Direct,
}

/// Where in the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The dial pad.
    Pad,
    /// Live and recent calls.
    Calls,
    /// Settings.
    Settings,
}

/// A native notification, in plain text and ready words. The desktop escapes it for its daemon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notification {
    /// The same key replaces.
    pub key: NoteKey,
    /// The first line.
    pub title: String,
    /// The rest; may hold line breaks.
    pub body: String,
    /// How it behaves.
    pub kind: NotificationKind,
    /// Buttons with their words, in order. [`NoteAction::Open`] is the body and carries no words.
    pub actions: Vec<(NoteAction, String)>,
    /// Play the desktop's sound for it.
    pub sound: bool,
    /// Something is told for the first time. Else only words have changed: what the person closed stays closed.
    pub news: bool,
}

/// How a notification behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotificationKind {
    /// A phone rings: stays until withdrawn.
    Incoming,
    /// A call was missed: stays until the person closes it.
    Missed,
    /// Something else worth a line (a call back that failed).
    Info,
}
