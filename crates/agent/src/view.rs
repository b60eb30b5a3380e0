//! The companion's state as the control protocol shows it. Pure.

use companion::Companion;
use companion::event::{CredentialKind, CredentialState};
use companion::journal::Taken;
use companion::known::Known;
use companion::settings::{self, FileState};
use companion::view as seen;
use companion::words::Message;
use control::protocol as wire;
use jiff::Timestamp;
use telephony::{AccountId, Direction, Language};

use crate::desktop::links::{LinkOpener, NumberLinks, Takeover};
use crate::token::SecretPlace;

/// Ended calls in a snapshot.
const RECENT: usize = 100;

/// What a snapshot shows beside the companion's state.
#[derive(Clone, Debug)]
pub struct Around<'a> {
    /// `default`, or the `--profile`.
    pub profile: &'a str,
    /// What the settings' files say beside them.
    pub files: &'a FileState,
    /// Where the person's settings file is.
    pub settings_file: &'a std::path::Path,
    /// An enrolment link that waits for the person's yes.
    pub pending_enrolment: Option<&'a wire::PendingEnrolment>,
    /// Why the last link of our own can't be obeyed.
    pub link_problem: Option<Message>,
    /// A tray shows our icon.
    pub tray_shown: bool,
    /// What keeps calls from being remembered, or became of the journal when it was opened.
    pub journal_problem: Option<Message>,
    /// Why the contacts can't be read.
    pub contacts_problem: Option<Message>,
    /// The hotkey of the settings doesn't work.
    pub hotkey_problem: Option<Message>,
    /// Grows with every change of the journal.
    pub journal_revision: u64,
    /// Grows with every change of the contacts.
    pub contacts_revision: u64,
    /// How many snapshots were made, this one included.
    pub revision: u64,
}

/// The whole state at a time.
pub fn snapshot(companion: &Companion, around: &Around<'_>, now: Timestamp) -> wire::Snapshot {
    let default = companion.accounts().first().cloned();
    let live: Vec<_> = companion.live().into_iter().map(call).collect();
    let live_more = companion.live_count().saturating_sub(live.len());
    wire::Snapshot {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        profile: around.profile.to_owned(),
        language: companion.language().code().to_owned(),
        mode: mode(companion.settings().mode),
        connection: connection(&companion.connection()),
        accounts: companion
            .accounts()
            .into_iter()
            .map(|id| wire::Account {
                default: Some(&id) == default.as_ref(),
                id: id.0,
            })
            .collect(),
        cannot_dial: companion.cannot_dial().map(message),
        dial: companion.dial().map(|card| dial(&card)),
        live,
        live_more: u32::try_from(live_more).unwrap_or(u32::MAX),
        recent: companion.recent(RECENT).into_iter().map(call).collect(),
        missed: companion.missed(),
        credentials: credentials(companion),
        settings: settings(companion.settings(), companion.language(), around),
        settings_problem: around
            .files
            .problem
            .as_ref()
            .map(|problem| message(problem.message())),
        journal_problem: around.journal_problem.clone().map(message),
        contacts_problem: around.contacts_problem.clone().map(message),
        record_problem: companion.record_problem().map(message),
        hotkey_problem: around.hotkey_problem.clone().map(message),
        pending_enrolment: around.pending_enrolment.cloned(),
        link_problem: around.link_problem.clone().map(message),
        journal_revision: around.journal_revision,
        contacts_revision: around.contacts_revision,
        tray_shown: around.tray_shown,
        at: now.to_string(),
        revision: around.revision,
    }
}

/// A sentence on the wire.
pub fn message(message: Message) -> wire::Message {
    wire::Message {
        id: message.id,
        args: message.args,
    }
}

/// A sentence from the wire.
pub fn words(message: &wire::Message) -> Message {
    Message {
        id: message.id.clone(),
        args: message.args.clone(),
    }
}

/// What a typed text means, on the wire; `known`: who has that number. Of several contacts with one number none is named.
pub fn understood(understood: seen::Understood, known: Option<&Known>) -> wire::Understood {
    let named = known.filter(|known| !known.ambiguous);
    wire::Understood {
        verdict: match understood.verdict {
            seen::Verdict::Empty => wire::Verdict::Empty,
            seen::Verdict::Incomplete => wire::Verdict::Incomplete,
            seen::Verdict::Dial => wire::Verdict::Dial,
            seen::Verdict::Confirm => wire::Verdict::Confirm,
            seen::Verdict::Choose => wire::Verdict::Choose,
            seen::Verdict::Refuse => wire::Verdict::Refuse,
        },
        message: understood.message.map(message),
        number: understood.number.map(String::from),
        display: understood.display,
        name: named.and_then(Known::title).map(str::to_owned),
        company: named.and_then(Known::company).map(str::to_owned),
        about: understood.about.map(message),
        choices: understood
            .choices
            .into_iter()
            .map(|choice| wire::Choice {
                number: choice.number.into(),
                display: choice.display,
                label: choice.label,
            })
            .collect(),
    }
}

/// A way of working, on the wire.
pub fn mode(mode: settings::Mode) -> wire::Mode {
    match mode {
        settings::Mode::Unset => wire::Mode::Unset,
        settings::Mode::Relay => wire::Mode::Relay,
        settings::Mode::Direct => wire::Mode::Direct,
    }
}

fn connection(connection: &seen::Connection) -> wire::Connection {
    wire::Connection {
        state: match connection.state {
            seen::ConnectionState::None => wire::ConnectionState::None,
            seen::ConnectionState::Connecting => wire::ConnectionState::Connecting,
            seen::ConnectionState::Live => wire::ConnectionState::Live,
            seen::ConnectionState::Down => wire::ConnectionState::Down,
            seen::ConnectionState::Refused => wire::ConnectionState::Refused,
        },
        message: message(connection.message.clone()),
        since: Some(connection.since.to_string()),
    }
}

fn dial(card: &seen::DialCard) -> wire::Dial {
    wire::Dial {
        number: card.number.clone().map(String::from),
        display: card.display.clone(),
        name: card.name.clone(),
        company: card.company.clone(),
        account: card.account.clone().map(|account| account.0),
        stage: match card.stage {
            seen::DialStage::Question => wire::DialStage::Question,
            seen::DialStage::Asking => wire::DialStage::Asking,
            seen::DialStage::PickUp => wire::DialStage::PickUp,
            seen::DialStage::Calling => wire::DialStage::Calling,
            seen::DialStage::Talking => wire::DialStage::Talking,
            seen::DialStage::Ended => wire::DialStage::Ended,
            seen::DialStage::Failed => wire::DialStage::Failed,
        },
        message: message(card.message.clone()),
        started_at: card.started_at.to_string(),
        connected_at: card.connected_at.map(|at| at.to_string()),
        ended_at: card.ended_at.map(|at| at.to_string()),
    }
}

/// A call in a list, on the wire.
pub fn call(line: seen::CallLine) -> wire::CallView {
    wire::CallView {
        account: line.key.account.0,
        call: line.key.call.0,
        direction: match line.direction {
            Direction::Incoming => wire::Direction::Incoming,
            Direction::Outgoing => wire::Direction::Outgoing,
        },
        outcome: match line.outcome {
            seen::Outcome::Ringing => wire::Outcome::Ringing,
            seen::Outcome::Talking => wire::Outcome::Talking,
            seen::Outcome::Answered => wire::Outcome::Answered,
            seen::Outcome::Missed => wire::Outcome::Missed,
            seen::Outcome::NoAnswer => wire::Outcome::NoAnswer,
            seen::Outcome::Unknown => wire::Outcome::Unknown,
        },
        answered_on: line.answered_on.map(|account| account.0),
        display: (!line.withheld).then(|| line.party.clone()),
        party: line.name.unwrap_or(line.party),
        company: line.company,
        why: line.why.map(message),
        ambiguous: line.ambiguous,
        shared: line.shared,
        note: None,
        call_back: wire::CallBackState::None,
        has_record: line.has_record,
        silenced: line.silenced,
        number: line.number.map(String::from),
        about: line.about.map(message),
        line: line.line,
        started_at: line.started_at.to_string(),
        connected_at: line.connected_at.map(|at| at.to_string()),
        ended_at: line.ended_at.map(|at| at.to_string()),
        status: line.status,
        unread: line.unread,
    }
}

/// What reading a journal's export did, on the wire.
pub fn calls_taken(taken: &Taken) -> wire::Taken {
    let count = |count| u32::try_from(count).unwrap_or(u32::MAX);
    wire::Taken {
        batch: None,
        added: count(taken.added),
        updated: count(taken.changed),
        ..wire::Taken::default()
    }
}

/// The token, and the other secrets once the settings have a use for them.
fn credentials(companion: &Companion) -> Vec<wire::Credential> {
    let account = companion.settings().account_id.as_ref();
    let entry = |kind, wire_kind, account: Option<&AccountId>| {
        let state = companion.credential(kind);
        wire::Credential {
            kind: wire_kind,
            account: account.map(|account| account.0.clone()),
            present: state == CredentialState::Present,
            problem: match state {
                CredentialState::Unavailable(problem) => Some(message(problem.message())),
                _ => None,
            },
        }
    };
    let mut list = vec![entry(
        CredentialKind::RelayToken,
        wire::CredentialKind::RelayToken,
        None,
    )];
    if account.is_some() {
        list.push(entry(
            CredentialKind::ApiKey,
            wire::CredentialKind::ApiKey,
            account,
        ));
        list.push(entry(
            CredentialKind::AccountPassword,
            wire::CredentialKind::AccountPassword,
            account,
        ));
    }
    let directories = [
        (
            CredentialKind::CardDavPassword,
            wire::CredentialKind::CarddavPassword,
        ),
        (CredentialKind::LdapPassword, wire::CredentialKind::LdapPassword),
    ];
    for (kind, wire_kind) in directories {
        if let Some(place) = SecretPlace::of(kind, companion.settings()) {
            list.push(entry(kind, wire_kind, place.name.account.as_ref()));
        }
    }
    list
}

fn settings(settings: &settings::Settings, language: Language, around: &Around<'_>) -> wire::Settings {
    wire::Settings {
        mode: mode(settings.mode),
        language: settings.language.name().to_owned(),
        theme: settings.theme.name().to_owned(),
        relay_url: settings.relay_url.as_ref().map(|url| url.as_str().to_owned()),
        account_id: settings.account_id.clone().map(|account| account.0),
        authentication: settings.authentication.name().to_owned(),
        platform_url: settings.platform_url.as_ref().map(|url| url.as_str().to_owned()),
        platform_method: settings.platform_method.name().to_owned(),
        platform_plus: settings.platform_plus,
        default_account: settings.default_account.clone().map(|account| account.0),
        notify_incoming: settings.notify_incoming,
        notify_missed: settings.notify_missed,
        sound: settings.sound,
        dial_hotkey: settings
            .dial_hotkey
            .map(|hotkey| hotkey.to_string())
            .unwrap_or_default(),
        autostart: settings.autostart,
        notify_outgoing: settings.notify_outgoing,
        click_to_call_only: settings.click_to_call_only,
        respect_dnd: settings.respect_dnd,
        discreet_when_locked: settings.discreet_when_locked,
        quiet_hours: settings
            .quiet
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
        silenced: settings
            .silenced
            .iter()
            .map(|number| wire::SilencedNumber {
                number: number.as_str().to_owned(),
                display: telephony::display_number(number, language),
            })
            .collect(),
        pop_when: settings.pop_when.name().to_owned(),
        pop_directions: settings.pop_directions.names().map(ToOwned::to_owned).collect(),
        pop_schemes: settings.pop_schemes.iter().cloned().collect(),
        pop_url: settings
            .pop_url
            .as_ref()
            .map(|template| template.as_str().to_owned()),
        pop_program: settings
            .pop_program
            .as_ref()
            .map(|program| program.display().to_string()),
        keep_days: settings.keep_days,
        keep_private: settings.keep_private,
        contacts_folder: settings
            .contacts_folder
            .as_ref()
            .map(|folder| folder.display().to_string()),
        carddav_url: settings.carddav.url.as_ref().map(|url| url.as_str().to_owned()),
        carddav_user: settings.carddav.user.clone(),
        carddav_books: settings.carddav.books.clone(),
        carddav_every_minutes: settings.carddav.every_minutes,
        ldap_url: settings.ldap.url.as_ref().map(|url| url.as_str().to_owned()),
        ldap_base: settings.ldap.base.clone(),
        ldap_user: settings.ldap.user.clone(),
        ldap_filter: settings.ldap.filter.clone(),
        ldap_numbers: settings.ldap.numbers.clone(),
        ldap_names: settings.ldap.names.clone(),
        ldap_companies: settings.ldap.companies.clone(),
        extension_prefix: (!settings.extension_prefix.is_empty()).then(|| settings.extension_prefix.clone()),
        extension_length: settings.extension_length,
        outside_prefix: (!settings.outside_prefix.is_empty()).then(|| settings.outside_prefix.clone()),
        window_linger_s: settings.window_linger_s,
        locked: around
            .files
            .locked
            .iter()
            .map(|key| key.name().to_owned())
            .collect(),
        file: around.settings_file.display().to_string(),
    }
}

/// Who opens links to numbers, on the wire.
pub fn number_links(links: NumberLinks) -> wire::NumberLinks {
    let (opener, program) = match links.opener {
        LinkOpener::Us => (wire::LinkOpener::Us, None),
        LinkOpener::Other(program) => (wire::LinkOpener::Other, program),
        LinkOpener::Nobody => (wire::LinkOpener::Nobody, None),
        LinkOpener::Unknown => (wire::LinkOpener::Unknown, None),
    };
    wire::NumberLinks {
        opener,
        program,
        takeover: match links.takeover {
            Takeover::Here => wire::LinkTakeover::Here,
            Takeover::SystemSettings => wire::LinkTakeover::SystemSettings,
            Takeover::NotInstalled => wire::LinkTakeover::NotInstalled,
            Takeover::Elsewhere => wire::LinkTakeover::Elsewhere,
        },
    }
}
