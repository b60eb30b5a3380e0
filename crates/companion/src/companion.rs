//! The one owner of what the app knows.

use jiff::Timestamp;
use telephony::AccountId;

use crate::effect::Effect;
use crate::event::{CredentialKind, CredentialState, Event, Link};
use crate::settings::{LanguageChoice, Settings};
use crate::tray::Tray;
use crate::view::{CallLine, Connection, ConnectionState, DialCard, Understood, Verdict};
use crate::words::{Lang, Message};

/// All state of the app that isn't the desktop's. Fed by [`Companion::on`], read by the accessors.
#[derive(Debug)]
pub struct Companion {
    settings: Settings,
    system: Lang,
    link: Link,
    since: Timestamp,
}

impl Companion {
    /// With the settings in force, the system's language and the present time; knows no call yet.
    pub fn new(settings: Settings, system: Lang, now: Timestamp) -> Self {
        Self {
            settings,
            system,
            link: Link::None,
            since: now,
        }
    }

    /// Takes what happened; the agent carries out the effects in order. After every call the accessors and
    /// [`Companion::tray`] may have changed.
    pub fn on(&mut self, event: Event, now: Timestamp) -> Vec<Effect> {
        match event {
            Event::Settings(settings) => self.settings = *settings,
            Event::Link(link) => {
                self.link = link;
                self.since = now;
            }
            _ => {}
        }
        Vec::new()
    }

    /// When [`Event::Tick`] is wanted next.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        None
    }

    /// The language in force.
    pub fn language(&self) -> Lang {
        match self.settings.language {
            LanguageChoice::System => self.system,
            LanguageChoice::Always(lang) => lang,
        }
    }

    /// The settings in force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Ringing and connected calls, newest first.
    pub fn live(&self) -> Vec<CallLine> {
        Vec::new()
    }

    /// The latest ended calls, newest first, at most `limit`.
    pub fn recent(&self, limit: usize) -> Vec<CallLine> {
        let _ = limit;
        Vec::new()
    }

    /// Missed calls that nobody has seen yet.
    pub fn missed(&self) -> u32 {
        0
    }

    /// The card of the call being placed, or of the last one until it is closed.
    pub fn dial(&self) -> Option<DialCard> {
        None
    }

    /// The accounts of this desktop, the default one first.
    pub fn accounts(&self) -> Vec<AccountId> {
        Vec::new()
    }

    /// The connection to the relay as the agent last told it.
    pub fn link(&self) -> &Link {
        &self.link
    }

    /// The connection to the relay, in words.
    pub fn connection(&self) -> Connection {
        Connection {
            state: ConnectionState::None,
            message: Message::new("link-none"),
            since: self.since,
        }
    }

    /// Why no call could be placed now; `None`: it could.
    pub fn cannot_dial(&self) -> Option<Message> {
        None
    }

    /// What is known of a credential.
    pub fn credential(&self, kind: CredentialKind) -> CredentialState {
        let _ = kind;
        CredentialState::Unknown
    }

    /// What a typed or pasted text means as a number. Pure: changes nothing.
    pub fn understand(&self, input: &str) -> Understood {
        let _ = input;
        Understood {
            verdict: Verdict::Empty,
            message: None,
            number: None,
            display: None,
            about: None,
            choices: Vec::new(),
        }
    }

    /// The tray's icon, tooltip and menu now.
    pub fn tray(&self) -> Tray {
        Tray {
            icon: crate::tray::TrayIcon::Idle,
            tooltip: String::new(),
            menu: Vec::new(),
        }
    }
}
