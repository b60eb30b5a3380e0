//! Notifications in words: what an alert says and offers. When one is due is [`crate::alerts`]' decision.

use telephony::Call;

use crate::effect::{Notification, NotificationKind};
use crate::event::{CallKey, NoteAction, NoteKey};
use crate::known::Known;
use crate::numbers;
use crate::words::{Language, Message, say};

/// Parties named in a notification for several missed calls.
const NAMED: usize = 4;

/// How notifications are made now.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Style {
    pub lang: Language,
    pub sound: bool,
    /// Neither name nor number: others may read the screen.
    pub discreet: bool,
    /// A button may offer to call: one could be placed now.
    pub can_dial: bool,
}

/// A call, and what is known of its party.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    pub call: &'a Call,
    pub known: Option<&'a Known>,
    /// There is a record to open.
    pub has_record: bool,
}

impl Told<'_> {
    fn number(&self, lang: Language) -> Option<String> {
        numbers::show_other(self.call, lang)
    }

    /// Person, else company, else number; `None`: withheld.
    fn party(&self, lang: Language) -> Option<String> {
        let name = self.known.and_then(Known::title).map(str::to_owned);
        name.or_else(|| self.number(lang))
    }
}

impl Style {
    fn say(self, id: &str) -> String {
        say(self.lang, &Message::new(id))
    }

    /// `id` with the party, `id-withheld` when there is none to name, or `id-discreet`.
    fn title(self, id: &str, told: &Told<'_>) -> String {
        if self.discreet {
            return self.say(&format!("{id}-discreet"));
        }
        match told.party(self.lang) {
            Some(party) => say(self.lang, &Message::new(id).with("party", party)),
            None => self.say(&format!("{id}-withheld")),
        }
    }

    /// Company, number, the own line, and what is known of the number.
    fn body(self, told: &Told<'_>) -> String {
        let line = Message::new("note-line").with("line", own_line(told.call, self.lang));
        let line = say(self.lang, &line);
        if self.discreet {
            return line;
        }
        let mut lines = Vec::new();
        if let Some(known) = told.known {
            lines.extend(known.company().map(str::to_owned));
            let label = known.label(self.lang).map(|label| format!(" ({label})"));
            let number = told.number(self.lang);
            lines.extend(number.map(|number| number + &label.unwrap_or_default()));
        }
        lines.push(line);
        let about = numbers::about(told.call);
        lines.extend(about.map(|about| say(self.lang, &about)));
        if told.known.is_some_and(|known| known.ambiguous) {
            lines.push(self.say("party-ambiguous"));
        }
        lines.join("\n")
    }

    fn open(self) -> (NoteAction, String) {
        (NoteAction::Open, self.say("note-open"))
    }

    /// The buttons that work for this call, of those wanted, in their order.
    fn actions(self, told: &Told<'_>, wanted: &[NoteAction]) -> Vec<(NoteAction, String)> {
        let callable = numbers::callable(told.call.other_party()).is_some();
        let works = |action: &NoteAction| match action {
            NoteAction::Open => true,
            _ if self.discreet => false,
            NoteAction::CallBack => callable && self.can_dial,
            NoteAction::CopyNumber => callable,
            NoteAction::OpenRecord => told.has_record,
            NoteAction::Silence => numbers::number(told.call.other_party()).is_some(),
            NoteAction::Unsilence => false,
        };
        wanted
            .iter()
            .filter(|action| works(action))
            .map(|action| (*action, self.say(action.words())))
            .collect()
    }

    /// A phone rings. What lasts beyond the call comes last: it isn't to be hit in passing.
    pub fn incoming(self, key: CallKey, told: &Told<'_>) -> Notification {
        let wanted = [
            NoteAction::OpenRecord,
            NoteAction::CopyNumber,
            NoteAction::Open,
            NoteAction::Silence,
        ];
        Notification {
            key: key.into(),
            title: self.title("note-incoming", told),
            body: self.body(told),
            kind: NotificationKind::Incoming,
            actions: self.actions(told, &wanted),
            sound: self.sound,
            news: true,
        }
    }

    /// One of our phones calls somebody.
    pub fn placed(self, key: CallKey, told: &Told<'_>) -> Notification {
        let wanted = [NoteAction::OpenRecord, NoteAction::CopyNumber, NoteAction::Open];
        Notification {
            key: key.into(),
            title: self.title("note-placed", told),
            body: self.body(told),
            kind: NotificationKind::Info,
            actions: self.actions(told, &wanted),
            sound: false,
            news: true,
        }
    }

    /// A call was missed, or several, newest first. `absent`: while nobody was there to be told.
    pub fn missed(self, key: CallKey, calls: &[Told<'_>], absent: bool) -> Option<Notification> {
        let newest = calls.first()?;
        let wanted = [
            NoteAction::CallBack,
            NoteAction::CopyNumber,
            NoteAction::OpenRecord,
            NoteAction::Open,
        ];
        let one_party = calls
            .iter()
            .all(|told| numbers::is_same_party(told.call.other_party(), newest.call.other_party()));
        let (title, body, actions) = if calls.len() == 1 {
            (
                self.title("note-missed", newest),
                self.body(newest),
                self.actions(newest, &wanted),
            )
        } else {
            let id = if absent {
                "note-missed-absent"
            } else {
                "note-missed-many"
            };
            let title = Message::new(id).with("count", calls.len().to_string());
            let actions = if one_party {
                self.actions(newest, &wanted)
            } else {
                vec![self.open()]
            };
            (say(self.lang, &title), self.parties(calls), actions)
        };
        Some(Notification {
            key: key.into(),
            title,
            body,
            kind: NotificationKind::Missed,
            actions,
            sound: self.sound,
            news: true,
        })
    }

    /// Who called, and how often, newest first.
    fn parties(self, calls: &[Told<'_>]) -> String {
        if self.discreet {
            return String::new();
        }
        let mut parties: Vec<(String, usize)> = Vec::new();
        for told in calls {
            let party = told
                .party(self.lang)
                .unwrap_or_else(|| self.say("party-withheld"));
            match parties.iter_mut().find(|(known, _)| *known == party) {
                Some((_, count)) => *count += 1,
                None => parties.push((party, 1)),
            }
        }
        let more = parties.len().saturating_sub(NAMED);
        let mut lines: Vec<String> = parties
            .into_iter()
            .take(NAMED)
            .map(|(party, count)| {
                if count == 1 {
                    party
                } else {
                    format!("{party} ({count})")
                }
            })
            .collect();
        if more > 0 {
            let more = Message::new("note-more").with("count", more.to_string());
            lines.push(say(self.lang, &more));
        }
        lines.join("\n")
    }

    /// The record of a call wasn't opened.
    pub fn record_failed(self, why: &Message) -> Notification {
        Notification {
            key: NoteKey::Record,
            title: self.say("note-record-failed"),
            body: say(self.lang, why),
            kind: NotificationKind::Info,
            actions: vec![self.open()],
            sound: false,
            news: true,
        }
    }

    /// A number was silenced by a button, which holds from now on and can be taken back.
    pub fn silenced(self, told: &Told<'_>) -> Notification {
        Notification {
            key: NoteKey::Silence,
            title: self.title("note-silenced", told),
            body: self.say("note-silenced-where"),
            kind: NotificationKind::Info,
            actions: vec![(NoteAction::Unsilence, self.say("note-unsilence"))],
            sound: false,
            news: true,
        }
    }

    /// A number was silenced by a button, and can't be kept so.
    pub fn silence_failed(self, why: &Message) -> Notification {
        Notification {
            key: NoteKey::Silence,
            title: self.say("note-silence-failed"),
            body: say(self.lang, why),
            kind: NotificationKind::Info,
            actions: vec![self.open()],
            sound: self.sound,
            news: true,
        }
    }

    /// The button of a notification was pressed and the call wasn't placed, or may not have been.
    pub fn call_back_failed(self, key: CallKey, why: &Message) -> Notification {
        Notification {
            key: key.into(),
            title: self.say("note-call-back-failed"),
            body: say(self.lang, why),
            kind: NotificationKind::Info,
            actions: vec![self.open()],
            sound: self.sound,
            news: true,
        }
    }
}

impl NoteAction {
    /// The id of its words.
    fn words(self) -> &'static str {
        match self {
            Self::Open => "note-open",
            Self::CallBack => "note-call-back",
            Self::CopyNumber => "note-copy",
            Self::OpenRecord => "note-open-record",
            Self::Silence => "note-silence",
            Self::Unsilence => "note-unsilence",
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
