//! Names of callers: plain data that the agent finds in contacts and directories, and the bounded memory of it.

use std::collections::HashMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use telephony::E164;

use crate::numbers::neutralise;
use crate::words::{self, Language, Message};

/// Numbers of which the answer is remembered; more than the calls that are kept in memory.
const REMEMBERED: usize = 1_000;
/// Longest name or company that is shown, in characters.
const LONGEST: usize = 60;
/// Longest id of a contact, in characters.
const LONGEST_ID: usize = 200;

/// What contacts and directories know of a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The person; empty: only the company is known.
    pub name: String,
    /// The company.
    pub company: Option<String>,
    /// Which of the contact's numbers it is: `mobile`, `work`, or as it was written.
    pub label: Option<String>,
    /// Where the name comes from, in words: "why this name?"
    pub source: String,
    /// Since when that source says so.
    pub since: Timestamp,
    /// The contact, an opaque id.
    pub contact: String,
    /// Several contacts have this number, and the person hasn't said which is meant.
    pub ambiguous: bool,
    /// Several contacts of different names have this number, whether or not the person has said which is meant.
    pub shared: bool,
    /// The source has several people with this number and none of them is named: nothing else but the source is known.
    pub several: bool,
}

impl Known {
    /// What stands first: the person, else the company.
    pub fn title(&self) -> Option<&str> {
        let company = self.company.as_deref();
        Some(self.name.as_str())
            .filter(|name| !name.is_empty())
            .or(company)
    }

    /// The company, when it isn't the title already.
    pub fn company(&self) -> Option<&str> {
        let company = self.company.as_deref();
        company.filter(|company| self.title() != Some(company))
    }

    /// The label of the number in words.
    pub(crate) fn label(&self, lang: Language) -> Option<String> {
        let label = self.label.as_deref()?;
        let id = format!("contact-label-{label}");
        if words::knows(&id) {
            Some(words::say(lang, &words::Message::new(&id)))
        } else {
            Some(label.to_owned())
        }
    }

    /// The same, harmless to show wherever it lands; `None` when nothing is left of it.
    #[must_use]
    pub fn neutralised(self) -> Option<Self> {
        let text = |text: Option<String>| {
            let clean = neutralise(&text.unwrap_or_default(), LONGEST);
            (!clean.is_empty()).then_some(clean)
        };
        let clean = Self {
            name: neutralise(&self.name, LONGEST),
            company: text(self.company),
            label: text(self.label),
            source: neutralise(&self.source, LONGEST),
            contact: neutralise(&self.contact, LONGEST_ID),
            ..self
        };
        (clean.title().is_some() || clean.several).then_some(clean)
    }
}

/// Why a name: where it comes from, in words, and since when.
pub fn why(lang: Language, zone: &TimeZone, source: &str, since: Timestamp) -> Message {
    let format = match lang {
        Language::Fr => "%d/%m/%Y",
        Language::En => "%-d %B %Y",
    };
    let date = since.to_zoned(zone.clone()).strftime(format).to_string();
    Message::new("party-why")
        .with("source", source)
        .with("date", date)
}

/// Why no name: who has several people with the number.
pub(crate) fn why_nobody(source: &str) -> Message {
    Message::new("party-several").with("source", source)
}

/// What was found out about numbers lately.
#[derive(Debug, Default)]
pub(crate) struct Names {
    answers: HashMap<E164, Answer>,
    clock: u64,
}

#[derive(Debug)]
struct Answer {
    known: Option<Known>,
    /// Asked, and nothing heard yet.
    pending: bool,
    used: u64,
}

impl Names {
    /// Who has a number, as far as somebody is named.
    pub fn of(&self, number: &E164) -> Option<&Known> {
        self.told(number).filter(|known| known.title().is_some())
    }

    /// The same, or who has several for it and names none.
    pub fn told(&self, number: &E164) -> Option<&Known> {
        self.answers.get(number)?.known.as_ref()
    }

    /// Whether an answer is still to come.
    pub fn is_pending(&self, number: &E164) -> bool {
        self.answers.get(number).is_some_and(|answer| answer.pending)
    }

    /// A call of this number: true when it has to be looked up. So has one that nobody knew: a directory may know it by now.
    pub fn wants(&mut self, number: &E164) -> bool {
        self.clock += 1;
        if let Some(answer) = self.answers.get_mut(number) {
            answer.used = self.clock;
            if answer.pending || answer.known.is_some() {
                return false;
            }
        }
        self.put(number.clone(), None, true);
        true
    }

    /// The answer came; true when it differs from what was known.
    pub fn learn(&mut self, number: E164, known: Option<Known>) -> bool {
        self.clock += 1;
        let known = known.and_then(Known::neutralised);
        let changed = self.told(&number) != known.as_ref();
        self.put(number, known, false);
        changed
    }

    /// Contacts changed: everything is to be looked up again, and stays as it is until then.
    pub fn all(&mut self) -> Vec<E164> {
        let mut numbers: Vec<E164> = self.answers.keys().cloned().collect();
        numbers.sort();
        numbers
    }

    fn put(&mut self, number: E164, known: Option<Known>, pending: bool) {
        if self.answers.len() >= REMEMBERED && !self.answers.contains_key(&number) {
            let oldest = self.answers.iter().min_by_key(|(_, answer)| answer.used);
            if let Some(oldest) = oldest.map(|(number, _)| number.clone()) {
                self.answers.remove(&oldest);
            }
        }
        let used = self.clock;
        self.answers.insert(number, Answer { known, pending, used });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(name: &str, company: Option<&str>) -> Known {
        Known {
            name: name.into(),
            company: company.map(str::to_owned),
            label: None,
            source: "test".into(),
            since: Timestamp::UNIX_EPOCH,
            contact: "1".into(),
            ambiguous: false,
            shared: false,
            several: false,
        }
    }

    fn number(n: u32) -> E164 {
        E164::parse(&format!("+331990{n:05}")).unwrap()
    }

    #[test]
    fn person_else_company() {
        let both = known("Personne", Some("Société"));
        assert_eq!(
            (both.title(), both.company()),
            (Some("Personne"), Some("Société"))
        );
        let company = known("", Some("Société"));
        assert_eq!((company.title(), company.company()), (Some("Société"), None));
        let twice = known("Société", Some("Société"));
        assert_eq!((twice.title(), twice.company()), (Some("Société"), None));
    }

    #[test]
    fn memory_is_bounded_and_forgets_what_was_not_used() {
        let mut names = Names::default();
        assert!(names.wants(&number(0)) && !names.wants(&number(0)));
        assert!(names.learn(number(0), Some(known("Personne", None))));
        for n in 1..3_000 {
            assert!(names.wants(&number(n)));
            assert!(!names.wants(&number(0)), "used all the time");
        }
        assert_eq!(names.answers.len(), REMEMBERED);
        assert!(names.of(&number(0)).is_some() && !names.is_pending(&number(0)));
        assert!(names.wants(&number(1)), "forgotten, so asked again");
    }

    #[test]
    fn a_number_that_nobody_knew_is_asked_for_again_when_it_calls_again() {
        let mut names = Names::default();
        assert!(names.wants(&number(0)));
        assert!(!names.wants(&number(0)), "it is being asked");
        assert!(!names.learn(number(0), None));
        assert!(names.wants(&number(0)) && names.is_pending(&number(0)));
        names.learn(number(0), Some(known("Personne", None)));
        assert!(!names.wants(&number(0)));
    }

    #[test]
    fn hostile_names_are_neutralised_and_empty_ones_are_none() {
        let mut names = Names::default();
        let hostile = format!("\u{202e}<b>\r\n{}\u{0}", "x".repeat(10_000));
        names.learn(number(0), Some(known(&hostile, Some(&hostile))));
        let shown = names.of(&number(0)).unwrap();
        for text in [&shown.name, shown.company.as_ref().unwrap()] {
            assert!(
                text.chars().count() <= LONGEST + 1 && text.starts_with("<b> xxx"),
                "{text}"
            );
            assert!(!text.chars().any(|c| c.is_control() || c == '\u{202e}'));
        }
        assert!(names.learn(number(0), Some(known("\u{200b}", Some(" ")))));
        assert_eq!(names.of(&number(0)), None);
    }
}
