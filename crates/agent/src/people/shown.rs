//! Contacts as the control protocol shows them. Pure.

use companion::known;
use companion::words::{Language, Message, say};
use contacts::import::{Format, Preview};
use contacts::sync::{Kind, SourceState};
use contacts::{Card, Contact, ContactId, Draft, DraftNumber, Label, Match, Name, Number, Source};
use control::protocol as wire;
use jiff::tz::TimeZone;
use telephony::E164;

use super::{PeopleError, Previewed};
use crate::view;

/// Contacts of a preview.
const SAMPLE: usize = 20;
/// Unreadable entries that are listed.
const REJECTED: usize = 100;
/// Remarks that are listed.
const REMARKS: usize = 100;

/// How contacts are worded.
#[derive(Clone, Debug)]
pub struct Shown {
    /// For numbers, dates and sources.
    pub language: Language,
    /// For dates.
    pub zone: TimeZone,
}

/// The contact that an opaque id of the protocol stands for.
///
/// # Errors
/// [`PeopleError::Book`]: it is none of ours.
pub fn id(text: &str) -> Result<ContactId, PeopleError> {
    let id = text.parse().map(ContactId);
    id.map_err(|_| contacts::ContactsError::NoSuchContact.into())
}

/// The opaque id of somebody of a directory: told by what is shown of them, whatever its order is the next time. No number, as
/// the ids of contacts are.
pub fn directory_id(card: &Card) -> String {
    let company = card.company.as_deref().unwrap_or_default();
    format!("directory:{}\u{1f}{company}", card.name.full)
}

/// A number of the protocol.
pub fn number_of(text: &str) -> Option<E164> {
    E164::parse(text).ok()
}

/// Where a contact comes from, as it stands in "by …, since …".
pub(super) fn source(source: &Source) -> Message {
    match source {
        Source::Local => Message::new("contact-source-own"),
        Source::Import { file, .. } => Message::new("contact-source-import").with("name", file.as_str()),
        Source::Folder { file, .. } => Message::new("contact-source-folder").with("name", file.as_str()),
        Source::CardDav { collection } => {
            Message::new("contact-source-carddav").with("name", host(collection))
        }
        Source::Ldap { directory } => Message::new("contact-source-ldap").with("name", host(directory)),
    }
}

/// The address of a source is long; its host tells enough.
pub(super) fn host(address: &str) -> String {
    let url = url::Url::parse(address).ok();
    let host = url.as_ref().and_then(url::Url::host_str);
    host.unwrap_or(address).to_owned()
}

impl Shown {
    /// A contact of the book.
    pub fn contact(&self, contact: &Contact) -> wire::Contact {
        let from = say(self.language, &source(&contact.source));
        let why = known::why(self.language, &self.zone, &from, contact.since);
        wire::Contact {
            id: contact.id.0.to_string(),
            favourite: contact.favourite,
            own: contact.source.is_own(),
            why: view::message(why),
            ..self.card(&contact.card)
        }
    }

    /// One of those who have a number; the first of them is shown for it.
    pub fn matched(&self, index: usize, found: &Match) -> wire::Contact {
        wire::Contact {
            chosen: index == 0,
            ..self.contact(&found.contact)
        }
    }

    /// Somebody of a directory, by an id of [`directory_id`].
    pub fn of_directory(&self, card: &Card, directory: &Source) -> wire::Contact {
        let from =
            Message::new("contact-why-directory").with("source", say(self.language, &source(directory)));
        wire::Contact {
            id: directory_id(card),
            own: false,
            why: view::message(from),
            ..self.card(card)
        }
    }

    /// What a file would do.
    pub fn preview(&self, previewed: &Previewed) -> wire::ImportPreview {
        let Previewed { preview, compared } = previewed;
        let sample = preview.entries().take(SAMPLE).map(|(_, card)| self.card(&card));
        wire::ImportPreview {
            file: preview.file.clone(),
            format: format(preview),
            columns: preview
                .columns
                .iter()
                .map(|column| wire::ImportColumn {
                    header: column.heading.clone(),
                    field: column.field.map(|field| field.code().to_owned()),
                })
                .collect(),
            added: count(compared.added),
            updated: count(compared.updated),
            sample: sample.collect(),
            rejected: preview
                .rejected
                .iter()
                .take(REJECTED)
                .map(|rejected| wire::Rejected {
                    line: u32::try_from(rejected.line).unwrap_or(u32::MAX),
                    why: view::message(Message::new(&format!("contact-rejected-{}", rejected.why.code()))),
                })
                .collect(),
            rejected_count: count(preview.rejected.len()),
            remarks: remarks(preview),
            remark_count: {
                let cuts = preview.shortened.iter().map(|shortened| shortened.what.len());
                count(preview.odd_number_count + cuts.sum::<usize>())
            },
        }
    }

    fn card(&self, card: &Card) -> wire::Contact {
        let company = card.company.clone();
        wire::Contact {
            id: String::new(),
            name: card.display_name().to_owned(),
            company: company.filter(|company| company != card.display_name()),
            numbers: card.numbers.iter().map(|number| self.number(number)).collect(),
            note: card.note.clone(),
            favourite: false,
            own: true,
            why: view::message(Message::new("contact-why-preview")),
            chosen: false,
        }
    }

    fn number(&self, number: &Number) -> wire::ContactNumber {
        let display = match &number.party {
            Some(party) => telephony::display(party, self.language),
            None => number.text.clone(),
        };
        wire::ContactNumber {
            label: label(number.label).to_owned(),
            display,
            dial: number
                .e164()
                .map_or_else(|| number.text.clone(), |number| number.as_str().to_owned()),
        }
    }
}

/// What a person typed, over what the contact says already: the form shows neither e-mail addresses nor the parts of a name, and
/// leaves them as they are.
pub(super) fn draft(typed: wire::ContactDraft, known: Option<&Card>) -> Draft {
    let mut draft = known.map(Draft::from).unwrap_or_default();
    // What has no name is shown by its company, number or address: left as shown, that makes no person's name of it. The form
    // shows no company beside a title that is the same.
    let title = known.map(Card::display_name);
    let same_title = title == Some(typed.name.as_str());
    let company_is_title = known.is_some_and(|card| card.company.as_deref() == title);
    if !same_title {
        draft.name = Name {
            full: typed.name,
            ..Name::default()
        };
    }
    if !(same_title && company_is_title && typed.company.is_empty()) {
        draft.company = typed.company;
    }
    draft.note = typed.note;
    let known = known.map(|card| card.numbers.as_slice()).unwrap_or_default();
    let numbers = typed.numbers.into_iter().map(|typed| {
        let same = known.iter().find(|known| {
            let text = known.e164().map_or(known.text.as_str(), E164::as_str);
            (text == typed.number || known.text == typed.number) && label(known.label) == typed.label
        });
        match same {
            Some(known) => DraftNumber {
                label: known.label,
                written: known.written.clone().unwrap_or_default(),
                text: known.text.clone(),
            },
            None => DraftNumber {
                label: Label::read(&typed.label),
                written: String::new(),
                text: typed.number,
            },
        }
    });
    draft.numbers = numbers.collect();
    draft
}

/// A source of the book and how it goes.
pub fn source_state(state: &SourceState) -> wire::Source {
    let kind = state.source.as_ref().map_or("own", |source| source.kind.code());
    wire::Source {
        kind: kind.to_owned(),
        name: state
            .source
            .as_ref()
            .map(|source| source.name.clone())
            .unwrap_or_default(),
        contacts: (state.source.as_ref().map(|source| source.kind) != Some(Kind::Ldap))
            .then(|| count(usize::try_from(state.contacts).unwrap_or(usize::MAX))),
        read_at: state.synced_at.map(|at| at.to_string()),
        trouble: state.trouble.as_deref().map(trouble),
    }
}

/// A trouble as it is kept: the sentence in JSON, as the protocol has it.
pub(super) fn kept_trouble(message: Message) -> String {
    // A sentence always has a JSON form.
    serde_json::to_string(&view::message(message)).unwrap_or_default()
}

fn trouble(kept: &str) -> wire::Message {
    serde_json::from_str(kept).unwrap_or_else(|_| view::message(Message::new("contacts-source-failed")))
}

/// The protocol knows fewer labels than address books.
fn label(label: Label) -> &'static str {
    match label {
        Label::Main => Label::Work.code(),
        Label::Pager => Label::Other.code(),
        label => label.code(),
    }
}

/// What is taken otherwise than the file says it, in the order of lines.
fn remarks(preview: &Preview) -> Vec<wire::Remark> {
    let remark = |line: u64, contact: &str, what: Message| wire::Remark {
        line: u32::try_from(line).unwrap_or(u32::MAX),
        contact: contact.to_owned(),
        what: view::message(what),
    };
    let numbers = preview.odd_numbers.iter().map(|odd| {
        let what = Message::new("contact-remark-odd-number").with("number", odd.number.as_str());
        remark(odd.line, &odd.contact, what)
    });
    let cut = preview.shortened.iter().take(REMARKS).flat_map(|shortened| {
        let cuts = shortened.what.iter();
        cuts.map(|cut| {
            let what = Message::new(&format!("contact-remark-cut-{}", cut.code()));
            remark(shortened.line, &shortened.contact, what)
        })
    });
    let mut remarks: Vec<wire::Remark> = numbers.chain(cut).collect();
    remarks.sort_by_key(|remark| remark.line);
    remarks.truncate(REMARKS);
    remarks
}

fn format(preview: &Preview) -> String {
    match &preview.format {
        Format::VCard(Some(version)) => format!("vCard {version}"),
        Format::VCard(None) => "vCard".to_owned(),
        Format::Csv(b'\t') => format!("CSV · ⇥ · {}", preview.encoding),
        Format::Csv(separator) => format!("CSV · {} · {}", char::from(*separator), preview.encoding),
    }
}

/// Counts of the protocol.
pub fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use contacts::Cut;
    use contacts::import::{Field, Why};

    use jiff::Timestamp;

    use super::*;

    #[test]
    fn a_contact_that_is_left_as_it_is_shown_stays_what_it_is() {
        let shown = Shown {
            language: Language::Fr,
            zone: TimeZone::UTC,
        };
        let own = |draft: Draft| {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("contacts.db");
            let numbering = contacts::Numbering::default();
            let (mut store, _) = contacts::Store::open(&path, numbering, Timestamp::UNIX_EPOCH).unwrap();
            store.save(None, draft, Timestamp::UNIX_EPOCH).unwrap()
        };
        let number = |text: &str| DraftNumber {
            label: Label::Work,
            written: String::new(),
            text: text.to_owned(),
        };
        let company = Draft {
            company: "Menuiserie".to_owned(),
            numbers: vec![number("0142685300")],
            ..Draft::default()
        };
        let nameless = Draft {
            numbers: vec![number("0142685300")],
            ..Draft::default()
        };
        let namesake = Draft {
            name: Name {
                full: "Menuiserie".to_owned(),
                ..Name::default()
            },
            ..company.clone()
        };
        for before in [company, nameless, namesake] {
            let contact = own(before);
            let before = Draft::from(&contact.card);
            let form = shown.contact(&contact);
            let typed = wire::ContactDraft {
                id: Some(form.id),
                name: form.name,
                company: form.company.unwrap_or_default(),
                numbers: form
                    .numbers
                    .into_iter()
                    .map(|number| wire::DraftNumber {
                        label: number.label,
                        number: number.dial,
                    })
                    .collect(),
                note: "à rappeler".to_owned(),
                favourite: false,
            };
            let after = draft(typed, Some(&contact.card));
            assert_eq!(after.name.full, before.name.full);
            assert_eq!(after.company, before.company);
            assert_eq!(after.note, "à rappeler");
        }
    }

    #[test]
    fn everything_that_contacts_may_say_has_words_in_both_languages() {
        let labels = Label::ALL.map(|label| format!("contact-label-{}", label.code()));
        let numbers = Label::ALL.map(Field::Number);
        let plain = [
            Field::FullName,
            Field::Given,
            Field::Additional,
            Field::Family,
            Field::Prefix,
            Field::Suffix,
            Field::Company,
            Field::NumberLabel,
            Field::Email,
            Field::Note,
            Field::Url,
            Field::Uid,
        ];
        let columns = numbers
            .into_iter()
            .chain(plain)
            .map(|field| format!("contact-column-{}", field.code()));
        let rejected = Why::ALL.map(|why| format!("contact-rejected-{}", why.code()));
        let cut = Cut::ALL.map(|cut| format!("contact-remark-cut-{}", cut.code()));
        let errors = [
            "newer",
            "unusable",
            "no-such-contact",
            "not-own",
            "blank",
            "not-its-number",
            "cancelled",
            "no-such-import",
            "nothing-to-undo",
            "changed-nothing",
            "not-a-source",
        ]
        .map(|code| format!("contacts-error-{code}"));
        let files = [
            "too-large",
            "too-many",
            "too-wide",
            "empty",
            "not-contacts",
            "unknown-columns",
        ]
        .map(|code| format!("contacts-file-{code}"));
        let ids = labels
            .into_iter()
            .chain(columns)
            .chain(rejected)
            .chain(cut)
            .chain(errors)
            .chain(files);
        for id in ids {
            for language in [Language::Fr, Language::En] {
                assert_ne!(say(language, &Message::new(&id)), id, "{language:?}");
            }
        }
    }

    #[test]
    fn everything_that_can_be_wrong_with_a_server_has_words_in_both_languages() {
        for trouble in sources::Trouble::all() {
            for kind in ["carddav", "ldap"] {
                let message = super::super::carddav::trouble_message(kind, &trouble, "https://cloud.example");
                for language in [Language::Fr, Language::En] {
                    let said = say(language, &message);
                    assert!(
                        said.contains("cloud.example"),
                        "{language:?} {}: {said}",
                        message.id
                    );
                }
            }
        }
    }

    #[test]
    fn what_the_form_does_not_show_stays_when_a_contact_is_changed() {
        let known = Draft {
            name: Name {
                full: "Personne Exemple".into(),
                given: "Personne".into(),
                ..Name::default()
            },
            numbers: vec![DraftNumber {
                label: Label::Main,
                written: "Accueil".into(),
                text: "01 42 68 53 00".into(),
            }],
            emails: vec!["personne@exemple.test".into()],
            ..Draft::default()
        };
        let (card, _) = known.clone().finish(&contacts::Numbering::default());
        let typed = wire::ContactDraft {
            id: Some("1".into()),
            name: "Personne Exemple".into(),
            company: "Société".into(),
            numbers: vec![wire::DraftNumber {
                label: "work".into(),
                number: "+33142685300".into(),
            }],
            note: String::new(),
            favourite: false,
        };
        let changed = draft(typed.clone(), Some(&card));
        assert_eq!(
            (&changed.emails, &changed.numbers),
            (&known.emails, &known.numbers)
        );
        assert_eq!(
            (changed.name.given.as_str(), changed.company.as_str()),
            ("Personne", "Société")
        );
        let renamed = draft(
            wire::ContactDraft {
                name: "Autre".into(),
                ..typed
            },
            Some(&card),
        );
        assert_eq!(
            (renamed.name.given.as_str(), renamed.name.full.as_str()),
            ("", "Autre")
        );
    }
}
