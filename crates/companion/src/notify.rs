//! Notifications in words: what a call's alert says and offers. When one is due is the board's decision.

use telephony::Call;

use crate::effect::{Notification, NotificationKind};
use crate::event::{CallKey, NoteAction};
use crate::numbers;
use crate::words::{Language, Message, say};

/// Parties named in a notification for several missed calls.
const NAMED: usize = 4;

/// How notifications are made now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub lang: Language,
    pub sound: bool,
}

impl Style {
    fn say(self, id: &str) -> String {
        say(self.lang, &Message::new(id))
    }

    /// `id` with the party, or `id-withheld` when there is none to name.
    fn title(self, id: &str, call: &Call) -> String {
        match numbers::show_party(call.other_party(), self.lang) {
            Some(party) => say(self.lang, &Message::new(id).with("party", party)),
            None => self.say(&format!("{id}-withheld")),
        }
    }

    /// The own line, and what is known of the other party's number.
    fn body(self, call: &Call) -> String {
        let line = Message::new("note-line").with("line", own_line(call, self.lang));
        let about = numbers::about(call.other_party());
        std::iter::once(line)
            .chain(about)
            .map(|line| say(self.lang, &line))
            .collect::<Vec<_>>()
            .join("\n")
    }

    fn open(self) -> (NoteAction, String) {
        (NoteAction::Open, self.say("note-open"))
    }

    /// A phone rings.
    pub fn incoming(self, call: &Call) -> Notification {
        Notification {
            key: CallKey::of(call),
            title: self.title("note-incoming", call),
            body: self.body(call),
            kind: NotificationKind::Incoming,
            actions: vec![self.open()],
            sound: self.sound,
        }
    }

    /// A call was missed.
    pub fn missed(self, call: &Call) -> Notification {
        let mut actions = Vec::new();
        if numbers::callable(call.other_party()).is_some() {
            actions.push((NoteAction::CallBack, self.say("note-call-back")));
            actions.push((NoteAction::CopyNumber, self.say("note-copy")));
        }
        actions.push(self.open());
        Notification {
            key: CallKey::of(call),
            title: self.title("note-missed", call),
            body: self.body(call),
            kind: NotificationKind::Missed,
            actions,
            sound: self.sound,
        }
    }

    /// Several calls were missed while nobody was told; newest first.
    pub fn missed_many(self, newest: &Call, calls: &[&Call]) -> Notification {
        let mut lines: Vec<String> = Vec::new();
        for call in calls {
            let party = numbers::show_party(call.other_party(), self.lang);
            let party = party.unwrap_or_else(|| self.say("party-withheld"));
            if !lines.contains(&party) {
                lines.push(party);
            }
        }
        if lines.len() > NAMED {
            let more = lines.len() - NAMED;
            lines.truncate(NAMED);
            lines.push(say(
                self.lang,
                &Message::new("note-more").with("count", more.to_string()),
            ));
        }
        let title = Message::new("note-missed-many").with("count", calls.len().to_string());
        Notification {
            key: CallKey::of(newest),
            title: say(self.lang, &title),
            body: lines.join("\n"),
            kind: NotificationKind::Missed,
            actions: vec![self.open()],
            sound: self.sound,
        }
    }

    /// The button of a notification was pressed and the call wasn't placed, or may not have been.
    pub fn call_back_failed(self, key: CallKey, why: &Message) -> Notification {
        Notification {
            key,
            title: self.say("note-call-back-failed"),
            body: say(self.lang, why),
            kind: NotificationKind::Info,
            actions: vec![self.open()],
            sound: self.sound,
        }
    }
}

/// The own line of a call, ready to show: its number, else the account.
pub(crate) fn own_line(call: &Call, lang: Language) -> String {
    let own = match call.direction {
        telephony::Direction::Incoming => call.called_number.as_ref(),
        telephony::Direction::Outgoing => call.calling_number.as_ref(),
    };
    numbers::show_party(own, lang).unwrap_or_else(|| numbers::neutralise(&call.account_id.0, 40))
}
