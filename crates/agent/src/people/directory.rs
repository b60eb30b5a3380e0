//! The company directory, asked for callers that no contact names.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use companion::known::Known;
use companion::words::{Language, say};
use contacts::sync::{Kind, Resource, SourceId};
use contacts::{Card, ContactsError, Label, Numbering, Source};
use jiff::{SignedDuration, Timestamp};
use sources::ldap::{Config, Directory, Whom};
use sources::{Trouble, Trust};
use telephony::E164;
use tokio::sync::{Mutex, mpsc};
use tokio_util::task::AbortOnDropHandle;

use super::carddav::trouble_message;
use super::{Writer, answer, shown};

/// Whoever waits for a name goes on without it after so long; it is told when it comes.
pub const DEADLINE: Duration = Duration::from_millis(300);
/// An answer is good for so long; afterwards the number is asked for again when it calls.
const FRESH: SignedDuration = SignedDuration::from_mins(30);
/// A directory that couldn't be asked is left alone for so long: it is asked in the middle of calls.
const REST: SignedDuration = SignedDuration::from_secs(5);
/// The same for what hardly ends by itself, such as a certificate that isn't trusted.
const LONG_REST: SignedDuration = SignedDuration::from_mins(1);
/// Numbers of which the answer is remembered.
const REMEMBERED: usize = 1_000;

/// What a directory tells unasked.
#[derive(Debug)]
pub enum DirectoryNews {
    /// It has not answered within [`DEADLINE`]: nobody waits any longer.
    Late(E164),
    /// Its answer.
    Found(E164, Whom, Timestamp),
    /// It can't say.
    Failed(E164, Trouble, Timestamp),
    /// It was tried: what is wrong with it.
    Tried(Option<Trouble>, Timestamp),
}

/// A directory that is asked in the background. Remembers what it said.
#[derive(Debug)]
pub struct DirectorySource {
    directory: Result<Directory, Trouble>,
    health: Health,
    news: mpsc::UnboundedSender<DirectoryNews>,
    answers: HashMap<E164, Answer>,
    /// What was wrong when it was last asked, and when that was.
    trouble: Option<(Trouble, Timestamp)>,
    tasks: Vec<AbortOnDropHandle<()>>,
}

#[derive(Debug)]
struct Answer {
    whom: Whom,
    /// When it was given; `None`: it is being asked.
    at: Option<Timestamp>,
}

impl DirectorySource {
    /// Tries it once, so that what is wrong is known before somebody calls. Must be called within a tokio runtime.
    pub fn start(
        config: Config,
        numbering: Numbering,
        writer: Writer,
        news: mpsc::UnboundedSender<DirectoryNews>,
    ) -> Self {
        let source = SourceId {
            kind: Kind::Ldap,
            name: config.url.as_str().to_owned(),
        };
        let mut started = Self {
            directory: Directory::new(config, numbering, &Trust::default()),
            health: Health {
                source,
                writer,
                noted: Arc::default(),
            },
            news,
            answers: HashMap::new(),
            trouble: None,
            tasks: Vec::new(),
        };
        started.probe();
        started
    }

    /// Tries it, and keeps what is wrong. That it was tried is told, whatever came of it: somebody may wait for it.
    pub fn probe(&mut self) {
        let directory = self.directory.clone();
        let (health, news) = (self.health.clone(), self.news.clone());
        self.spawn(async move {
            let tried = match directory {
                Ok(directory) => directory.probe().await,
                Err(trouble) => Err(trouble),
            };
            let trouble = tried.err();
            // Fails only when nobody listens any more.
            let _ = news.send(DirectoryNews::Tried(trouble.clone(), Timestamp::now()));
            health.note(trouble).await;
            if let Err(error) = answer(health.writer.tell()).await {
                tracing::warn!(%error, "that the directory was tried can't be told");
            }
        });
    }

    /// What it said of a number, also long ago.
    pub fn said(&self, number: &E164, language: Language) -> Option<Known> {
        let answer = self.answers.get(number)?;
        self.known(&answer.whom, number, answer.at?, language)
    }

    /// Of whom it couldn't say who is meant: several people with one number.
    pub fn several(&self, number: &E164) -> &[Card] {
        match self.answers.get(number).map(|answer| &answer.whom) {
            Some(Whom::Several(people)) => people,
            _ => &[],
        }
    }

    /// As their contacts' origin.
    pub fn source(&self) -> Source {
        Source::Ldap {
            directory: self.health.source.name.clone(),
        }
    }

    /// Asks for a number unless its answer is fresh, or on its way, or the directory rests; gives whether one is on its way.
    /// [`DirectoryNews`] follows.
    pub fn ask(&mut self, number: &E164, now: Timestamp) -> bool {
        match self.answers.get(number) {
            Some(Answer { at: None, .. }) => return true,
            Some(Answer { at: Some(at), .. }) if now.duration_since(*at) < FRESH => return false,
            _ => {}
        }
        if self.rests(now) {
            return false;
        }
        let Ok(directory) = self.directory.clone() else {
            return false;
        };
        self.remember(number.clone());
        let (health, news, number) = (self.health.clone(), self.news.clone(), number.clone());
        self.spawn(async move {
            let mut asked = std::pin::pin!(directory.find(&number));
            // Fails only when nobody listens any more, as below.
            let found = match tokio::time::timeout(DEADLINE, &mut asked).await {
                Ok(found) => found,
                Err(_) => {
                    let _ = news.send(DirectoryNews::Late(number.clone()));
                    asked.await
                }
            };
            let trouble = found.as_ref().err().cloned();
            let _ = news.send(match found {
                Ok(whom) => DirectoryNews::Found(number.clone(), whom, Timestamp::now()),
                Err(trouble) => DirectoryNews::Failed(number.clone(), trouble, Timestamp::now()),
            });
            health.note(trouble).await;
        });
        true
    }

    /// Takes in an answer, for [`Self::said`].
    pub fn learn(&mut self, number: E164, whom: Whom, at: Timestamp) {
        self.answers.insert(number, Answer { whom, at: Some(at) });
        self.trouble = None;
    }

    /// It couldn't say who has this number, which is asked for again the next time it calls.
    pub fn failed(&mut self, number: &E164, trouble: Trouble, at: Timestamp) {
        self.answers.remove(number);
        self.trouble = Some((trouble, at));
    }

    /// It was tried.
    pub fn tried(&mut self, trouble: Option<Trouble>, at: Timestamp) {
        self.trouble = trouble.map(|trouble| (trouble, at));
    }

    /// Whether it is left alone: it failed a moment ago, or refuses who asks. Then each question would count as one more wrong
    /// password, until a person has it tried or changes the settings.
    fn rests(&self, now: Timestamp) -> bool {
        self.trouble.as_ref().is_some_and(|(trouble, at)| {
            let rest = if trouble.passes() { REST } else { LONG_REST };
            // The clock may have been set back since.
            trouble.is_refusal() || now.duration_since(*at).abs() < rest
        })
    }

    fn remember(&mut self, number: E164) {
        if self.answers.len() >= REMEMBERED {
            let oldest = self.answers.iter().min_by_key(|(_, answer)| answer.at);
            if let Some(oldest) = oldest.map(|(number, _)| number.clone()) {
                self.answers.remove(&oldest);
            }
        }
        self.answers
            .entry(number)
            .or_insert(Answer {
                whom: Whom::Nobody,
                at: None,
            })
            .at = None;
    }

    fn known(&self, whom: &Whom, number: &E164, at: Timestamp, language: Language) -> Option<Known> {
        let nobody = Card::default();
        let card = match whom {
            Whom::Nobody => return None,
            Whom::One(card) => card.as_ref(),
            Whom::Several(_) => &nobody,
        };
        let label = card.numbers.iter().find(|one| one.e164() == Some(number));
        Some(Known {
            name: card.name.full.clone(),
            company: card.company.clone(),
            label: label
                .map(|one| one.label)
                .filter(|label| *label != Label::Other)
                .map(|label| label.code().to_owned()),
            source: say(language, &shown::source(&self.source())),
            since: at,
            contact: String::new(),
            ambiguous: false,
            shared: false,
            several: matches!(whom, Whom::Several(_)),
        })
    }

    fn spawn(&mut self, work: impl Future<Output = ()> + Send + 'static) {
        self.tasks.retain(|task| !task.is_finished());
        self.tasks.push(AbortOnDropHandle::new(tokio::spawn(work)));
    }
}

/// How the directory goes, as the book keeps it.
#[derive(Clone, Debug)]
struct Health {
    source: SourceId,
    writer: Writer,
    /// What was noted last: what is wrong, or that nothing is.
    noted: Arc<Mutex<Option<Option<Trouble>>>>,
}

impl Health {
    /// Written only when it changes.
    async fn note(&self, trouble: Option<Trouble>) {
        let mut noted = self.noted.lock().await;
        if noted.as_ref() == Some(&trouble) {
            return;
        }
        let source = self.source.clone();
        let written = match &trouble {
            Some(trouble) => {
                tracing::warn!(%trouble, "the directory can't be asked");
                let message = trouble_message("ldap", trouble, &source.name);
                answer(self.writer.trouble(source, message)).await
            }
            None => {
                let nothing = std::iter::empty::<Result<Resource, ContactsError>>();
                answer(self.writer.replace_source(source, |_| Ok(nothing)))
                    .await
                    .map(drop)
            }
        };
        match written {
            Ok(()) => *noted = Some(trouble),
            Err(error) => tracing::warn!(%error, "how the directory goes can't be noted"),
        }
    }
}
