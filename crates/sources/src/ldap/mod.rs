//! A company directory (LDAP, RFC 4511), asked who has a number.
//!
//! [`Directory::find`] gives the one person, or the one company, that the directory has for a number; where it has several
//! people, none of them, and says so: a wrong name is worse than none. What it gives is held against the number once more, whatever the filter
//! found.

mod connection;
mod filter;
mod forms;

use std::sync::Arc;
use std::time::Duration;

use contacts::{Card, Draft, DraftNumber, Label, Name, Numbering};
use ldap3::SearchEntry;
use secrecy::SecretString;
use telephony::E164;
use url::Url;

use self::connection::Connections;
use crate::trouble::Trouble;
use crate::trust::Trust;

/// How long an answer may take before it is given up, a connection included.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// More people with one number aren't told apart by anybody.
const MOST_OF_SEVERAL: usize = 20;

/// Where a directory is and what is asked of it.
#[derive(Clone, Debug)]
pub struct Config {
    /// `ldaps`, or `ldap`: then StartTLS is used unless it is on this very computer.
    pub url: Url,
    /// Where to search.
    pub base: String,
    /// Who asks; empty: anybody.
    pub user: String,
    /// Their password; goes to [`Self::url`]'s server only.
    pub password: Option<SecretString>,
    /// What is searched (RFC 4515); `{number}` stands for the conditions on the number.
    pub filter: String,
    /// Attributes that hold numbers.
    pub numbers: Vec<String>,
    /// Attributes that hold the name: the first that is there.
    pub names: Vec<String>,
    /// Attributes that hold the company: the first that is there.
    pub companies: Vec<String>,
}

/// Whom a directory has for a number.
#[derive(Clone, Debug, PartialEq)]
pub enum Whom {
    /// Nobody.
    Nobody,
    /// This one; of several people in one company, the company.
    One(Box<Card>),
    /// Several people who have no company in common: at most 20 of them.
    Several(Vec<Card>),
}

/// A directory that can be asked, by several at once.
#[derive(Clone, Debug)]
pub struct Directory {
    config: Arc<Config>,
    numbering: Arc<Numbering>,
    connections: Connections,
}

impl Directory {
    /// Asks nothing yet.
    ///
    /// # Errors
    /// [`Trouble::NotOne`] for an address that can't be one; [`Trouble::Certificate`] when the system's store of certificates
    /// can't be read.
    pub fn new(config: Config, numbering: Numbering, trust: &Trust) -> Result<Self, Trouble> {
        Ok(Self {
            connections: Connections::new(&config, trust)?,
            config: Arc::new(config),
            numbering: Arc::new(numbering),
        })
    }

    /// The same, with StartTLS also where it is on this very computer.
    #[must_use]
    pub fn with_start_tls(mut self) -> Self {
        self.connections.encrypt();
        self
    }

    /// Who has a number.
    ///
    /// # Errors
    /// See [`Trouble`]; [`Trouble::TimedOut`] after [`PATIENCE`].
    pub async fn find(&self, number: &E164) -> Result<Whom, Trouble> {
        let filter = filter::of(
            &self.config.filter,
            &self.config.numbers,
            &forms::of(number, &self.numbering),
        );
        let entries = self.search(&filter).await?;
        Ok(only(entries.into_iter().map(|entry| self.card(entry)), number))
    }

    /// Whether it can be asked: signs in, and looks for the base.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn probe(&self) -> Result<(), Trouble> {
        // Nobody's number, so that the filter is tried too.
        let filter = filter::of(&self.config.filter, &self.config.numbers, &["+000".to_owned()]);
        self.search(&filter).await.map(drop)
    }

    async fn search(&self, filter: &str) -> Result<Vec<SearchEntry>, Trouble> {
        let config = &self.config;
        let attributes = [&config.numbers, &config.names, &config.companies];
        let attributes: Vec<&str> = attributes.into_iter().flatten().map(String::as_str).collect();
        let asked = self.connections.search(config, filter, &attributes);
        tokio::time::timeout(PATIENCE, asked)
            .await
            .unwrap_or(Err(Trouble::TimedOut))
    }

    fn card(&self, entry: SearchEntry) -> Card {
        // Names of attributes don't tell upper from lower case, and a server answers in its own.
        let values = |wanted: &str| {
            let found = entry
                .attrs
                .iter()
                .find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, values)| values.as_slice()).unwrap_or_default()
        };
        let first = |wanted: &[String]| {
            let found = wanted
                .iter()
                .find_map(|name| values(name).iter().find(|value| !value.trim().is_empty()));
            found.cloned().unwrap_or_default()
        };
        let numbers = self.config.numbers.iter().flat_map(|name| {
            values(name).iter().map(|text| DraftNumber {
                label: label(name),
                written: String::new(),
                text: text.clone(),
            })
        });
        let draft = Draft {
            name: Name {
                full: first(&self.config.names),
                ..Name::default()
            },
            company: first(&self.config.companies),
            numbers: numbers.collect(),
            ..Draft::default()
        };
        draft.finish(&self.numbering).0
    }
}

/// The one that has the number; of several people in one company, the company.
fn only(cards: impl Iterator<Item = Card>, number: &E164) -> Whom {
    let has = |card: &Card| card.numbers.iter().any(|one| one.e164() == Some(number));
    let named = |card: &Card| !card.name.full.is_empty() || card.company.is_some();
    let mut having: Vec<Card> = cards.filter(|card| has(card) && named(card)).collect();
    having.dedup_by(|a, b| a.name == b.name && a.company == b.company);
    let Some(first) = having.first().cloned() else {
        return Whom::Nobody;
    };
    if having.len() == 1 {
        return Whom::One(Box::new(first));
    }
    let shared = first.company.is_some() && having.iter().all(|card| card.company == first.company);
    match shared {
        true => Whom::One(Box::new(Card {
            name: Name::default(),
            ..first
        })),
        false => {
            having.truncate(MOST_OF_SEVERAL);
            Whom::Several(having)
        }
    }
}

/// What a number is for, by its attribute's name.
fn label(attribute: &str) -> Label {
    match attribute.to_ascii_lowercase().as_str() {
        "mobile" | "othermobile" | "mobiletelephonenumber" => Label::Mobile,
        "homephone" | "otherhomephone" | "hometelephonenumber" => Label::Home,
        "facsimiletelephonenumber" | "otherfacsimiletelephonenumber" => Label::Fax,
        "pager" | "otherpager" => Label::Pager,
        "telephonenumber" | "othertelephone" | "ipphone" => Label::Work,
        _ => Label::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(name: &str, company: &str, number: &str) -> Card {
        let draft = Draft {
            name: Name {
                full: name.into(),
                ..Name::default()
            },
            company: company.into(),
            numbers: vec![DraftNumber {
                text: number.into(),
                ..DraftNumber::default()
            }],
            ..Draft::default()
        };
        draft.finish(&Numbering::default()).0
    }

    #[test]
    fn a_name_is_given_only_where_it_is_the_only_one() {
        let number = E164::parse("+33199000042").unwrap();
        let found = |cards: &[(&str, &str, &str)]| {
            let cards = cards
                .iter()
                .map(|(name, company, number)| card(name, company, number));
            match only(cards, &number) {
                Whom::One(card) => Ok((card.name.full, card.company)),
                Whom::Several(people) => {
                    Err(people.into_iter().map(|card| card.name.full).collect::<Vec<_>>())
                }
                Whom::Nobody => Err(Vec::new()),
            }
        };
        let here = "01 99 00 00 42";
        assert_eq!(found(&[]), Err(Vec::new()));
        assert_eq!(
            found(&[("Une", "Société", here), ("Autre", "Société", "01 99 00 00 43")]),
            Ok(("Une".into(), Some("Société".into()))),
            "the other has another number, whatever the filter found"
        );
        assert_eq!(
            found(&[("Une", "Société", here), ("Deux", "Société", here)]),
            Ok((String::new(), Some("Société".into())))
        );
        let several = Err(vec!["Une".to_owned(), "Deux".to_owned()]);
        assert_eq!(
            found(&[("Une", "Société", here), ("Deux", "Autre", here)]),
            several
        );
        assert_eq!(found(&[("Une", "", here), ("Deux", "", here)]), several);
        assert_eq!(
            found(&[("Une", "", here), ("Une", "", here)]),
            Ok(("Une".into(), None))
        );
        assert_eq!(found(&[("", "", here)]), Err(Vec::new()));
    }
}
