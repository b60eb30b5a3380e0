//! What of a book is to be fetched, and fetching it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use contacts::sync::{Content, Resource};
use libdav::PropertyName;
use libdav::carddav::GetAddressBookResources;
use libdav::dav::{GetProperties, ListResources, ListedResource, SyncCollection};
use libdav::encoding::strict_percent_encoded;
use libdav::names;

use super::client::Asked;
use super::{Book, Client};
use crate::trouble::Trouble;

/// Changes whenever the book does (no RFC; all servers have it).
const CTAG: PropertyName<'_, '_> = PropertyName::new(names::CALENDAR_SERVER, "getctag");
/// Cards that are asked for at once.
const PIECE: usize = 200;
/// Most cards of a book.
const MOST: usize = 200_000;
/// Most parts that a server may give its changes in: parts of 200 cards make the largest book.
const MOST_PARTS: usize = 1_000;

/// The cards that are known and their entity tags. One without was fetched and couldn't be read.
pub type Known = HashMap<String, Option<String>>;

/// What is to be done with a book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    /// Cards that are new, changed, or couldn't be read the last time.
    pub fetch: Vec<String>,
    /// Cards that are gone.
    pub removed: Vec<String>,
    /// What the book's state will be called once that is done.
    pub token: Option<String>,
}

impl Plan {
    /// The cards to fetch in pieces for [`Client::fetch`].
    pub fn pieces(&self) -> impl Iterator<Item = &[String]> {
        self.fetch.chunks(PIECE)
    }
}

/// What a server tells of a book.
#[derive(Default)]
struct Listed {
    /// Cards that are there, and their entity tags.
    there: BTreeMap<String, Option<String>>,
    /// Cards that are gone.
    gone: BTreeSet<String>,
    /// What it calls that state; see [`Plan::token`].
    token: Option<String>,
}

impl Listed {
    /// The cards that aren't known as they are.
    fn unlike(&self, known: &Known) -> Vec<String> {
        self.there
            .iter()
            .filter(|(href, etag)| etag.is_none() || known.get(*href) != Some(etag))
            .map(|(href, _)| href.clone())
            .collect()
    }
}

impl Client {
    /// What changed in a book since `token`; without it, or where the server knows it no longer, since what is known.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn plan(&self, book: &Book, token: Option<&str>, known: &Known) -> Result<Plan, Trouble> {
        match token.and_then(|token| token.split_once(':')) {
            Some(("sync", since)) => {
                if let Some(changes) = self.changes(book, Some(since)).await? {
                    let mut fetch = changes.unlike(known);
                    let unread = known
                        .iter()
                        .filter(|(href, etag)| etag.is_none() && !changes.gone.contains(*href))
                        .map(|(href, _)| href.clone());
                    fetch.extend(unread);
                    fetch.sort();
                    fetch.dedup();
                    return Ok(Plan {
                        fetch,
                        removed: changes.gone.into_iter().collect(),
                        token: changes.token,
                    });
                }
                // The server forgot the token, or never meant it: everything is listed.
            }
            Some(("ctag", _)) if known.values().all(Option::is_some) => {
                let ctag = self.ctag(book).await?;
                if ctag.is_some() && ctag.as_deref() == token {
                    return Ok(Plan {
                        token: ctag,
                        ..Plan::default()
                    });
                }
            }
            _ => {}
        }
        self.everything(book, known).await
    }

    async fn everything(&self, book: &Book, known: &Known) -> Result<Plan, Trouble> {
        let first = match book.supports_sync {
            true => self.changes(book, None).await?,
            false => None,
        };
        let all = match first {
            Some(all) => all,
            None => self.list(book).await?,
        };
        let removed = known.keys().filter(|href| !all.there.contains_key(*href));
        Ok(Plan {
            fetch: all.unlike(known),
            removed: removed.cloned().collect(),
            token: all.token,
        })
    }

    /// All cards, by the entity tags that the server lists.
    async fn list(&self, book: &Book) -> Result<Listed, Trouble> {
        let mut all = Listed {
            // The tag first: what changes in between is then seen the next time.
            token: self.ctag(book).await?,
            ..Listed::default()
        };
        let listed = self.ask(&ListResources::new(&book.href)).await?.resources;
        self.take(&mut all, listed, Vec::new())?;
        Ok(all)
    }

    /// What changed since a token, without one everything; `None` where the server doesn't do that. A server may give a part of
    /// it and the token to go on from (RFC 6578, 3.6), so it is asked until it has nothing more to tell: whether it says that it
    /// gave a part isn't relied on.
    async fn changes(&self, book: &Book, since: Option<&str>) -> Result<Option<Listed>, Trouble> {
        let mut all = Listed::default();
        let mut since = since.map(str::to_owned);
        for _ in 0..MOST_PARTS {
            let mut request = SyncCollection::new(&book.href);
            if let Some(since) = &since {
                request = request.with_sync_token(since);
            }
            let part = match self.ask(&request).await {
                Ok(part) => part,
                Err(Asked::Status(_) | Asked::Unreadable) => return Ok(None),
                Err(Asked::Trouble(trouble)) => return Err(trouble),
            };
            let is_news = self.take(&mut all, part.changed, part.deleted)?;
            let is_end = !is_news || since.as_ref() == Some(&part.new_sync_token);
            if is_end {
                all.token = Some(format!("sync:{}", part.new_sync_token));
                return Ok(Some(all));
            }
            since = Some(part.new_sync_token);
        }
        // It never comes to an end.
        Ok(None)
    }

    /// Adds a part of an answer; gives whether anything of it is new.
    fn take(&self, all: &mut Listed, there: Vec<ListedResource>, gone: Vec<String>) -> Result<bool, Trouble> {
        let mut is_news = false;
        let cards = there
            .into_iter()
            .filter(|resource| !resource.resource_type.is_collection);
        for card in cards {
            let href = self.path(&card.href)?;
            is_news |= all.gone.remove(&href) || all.there.get(&href) != Some(&card.etag);
            all.there.insert(href, card.etag);
        }
        for href in gone {
            let href = self.path(&href)?;
            is_news |= all.there.remove(&href).is_some() || !all.gone.contains(&href);
            all.gone.insert(href);
        }
        match all.there.len() + all.gone.len() > MOST {
            true => Err(Trouble::TooLarge),
            false => Ok(is_news),
        }
    }

    async fn ctag(&self, book: &Book) -> Result<Option<String>, Trouble> {
        let values = self.ask(&GetProperties::new(&book.href, &[&CTAG])).await?.values;
        let tag = values.into_iter().find_map(|(_, value)| value);
        Ok(tag.map(|tag| format!("ctag:{tag}")))
    }

    /// Gets cards, a piece of [`Plan::pieces`]. One that went meanwhile is missing in the answer; one that is larger than what is
    /// read comes as such, without a tag: it is told, and asked for again.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn fetch(&self, book: &Book, hrefs: &[String]) -> Result<Vec<Resource>, Trouble> {
        let mut fetched = Vec::with_capacity(hrefs.len());
        let mut waiting = vec![hrefs];
        while let Some(piece) = waiting.pop() {
            match self.cards(book, piece).await {
                Ok(cards) => fetched.extend(cards),
                // Photos, perhaps: fewer at a time.
                Err(Trouble::TooLarge) if piece.len() > 1 => {
                    let (first, second) = piece.split_at(piece.len() / 2);
                    waiting.extend([second, first]);
                }
                Err(Trouble::TooLarge) => fetched.extend(piece.iter().map(|href| Resource {
                    href: href.clone(),
                    etag: None,
                    content: Content::TooLarge,
                })),
                Err(trouble) => return Err(trouble),
            }
        }
        Ok(fetched)
    }

    async fn cards(&self, book: &Book, hrefs: &[String]) -> Result<Vec<Resource>, Trouble> {
        let encoded = hrefs.iter().map(|href| strict_percent_encoded(href));
        let request = GetAddressBookResources::new(&book.href).with_hrefs(encoded);
        let asked: HashSet<&str> = hrefs.iter().map(String::as_str).collect();
        let mut cards = Vec::with_capacity(hrefs.len());
        for resource in self.ask(&request).await?.resources {
            let href = self.path(&resource.href)?;
            let Ok(content) = resource.content else { continue };
            // What wasn't asked for isn't taken.
            if asked.contains(href.as_str()) {
                cards.push(Resource {
                    href,
                    etag: Some(content.etag),
                    content: Content::Cards(content.data.into_bytes()),
                });
            }
        }
        Ok(cards)
    }
}
