//! What of a book is to be fetched, and fetching it.

use std::collections::{HashMap, HashSet};

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

impl Client {
    /// What changed in a book since `token`; without it, or where the server knows it no longer, since what is known.
    ///
    /// # Errors
    /// See [`Trouble`].
    pub async fn plan(&self, book: &Book, token: Option<&str>, known: &Known) -> Result<Plan, Trouble> {
        match token.and_then(|token| token.split_once(':')) {
            Some(("sync", token)) => match self
                .ask(&SyncCollection::new(&book.href).with_sync_token(token))
                .await
            {
                Ok(changes) => {
                    let mut plan = Plan {
                        fetch: self.changed(changes.changed, known, &mut HashSet::new())?,
                        removed: self.paths(changes.deleted)?,
                        token: Some(format!("sync:{}", changes.new_sync_token)),
                    };
                    let unread = known
                        .iter()
                        .filter(|(_, etag)| etag.is_none())
                        .map(|(href, _)| href.clone());
                    plan.fetch.extend(unread);
                    plan.fetch.sort();
                    plan.fetch.dedup();
                    plan.fetch.retain(|href| !plan.removed.contains(href));
                    return Ok(plan);
                }
                // The server forgot the token, or never meant it: everything is listed.
                Err(Asked::Status(_) | Asked::Unreadable) => {}
                Err(Asked::Trouble(trouble)) => return Err(trouble),
            },
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
        let (listed, token) = match self.first_sync(book).await? {
            Some(first) => first,
            // The tag first: what changes in between is then seen the next time.
            None => {
                let ctag = self.ctag(book).await?;
                (self.ask(&ListResources::new(&book.href)).await?.resources, ctag)
            }
        };
        if listed.len() > MOST {
            return Err(Trouble::TooLarge);
        }
        let mut there = HashSet::new();
        let fetch = self.changed(listed, known, &mut there)?;
        let removed = known
            .keys()
            .filter(|href| !there.contains(*href))
            .cloned()
            .collect();
        Ok(Plan {
            fetch,
            removed,
            token,
        })
    }

    /// Everything, with a token; `None` where the server doesn't do that.
    async fn first_sync(
        &self,
        book: &Book,
    ) -> Result<Option<(Vec<ListedResource>, Option<String>)>, Trouble> {
        if !book.supports_sync {
            return Ok(None);
        }
        match self.ask(&SyncCollection::new(&book.href)).await {
            Ok(first) => Ok(Some((
                first.changed,
                Some(format!("sync:{}", first.new_sync_token)),
            ))),
            Err(Asked::Status(_) | Asked::Unreadable) => Ok(None),
            Err(Asked::Trouble(trouble)) => Err(trouble),
        }
    }

    async fn ctag(&self, book: &Book) -> Result<Option<String>, Trouble> {
        let values = self.ask(&GetProperties::new(&book.href, &[&CTAG])).await?.values;
        let tag = values.into_iter().find_map(|(_, value)| value);
        Ok(tag.map(|tag| format!("ctag:{tag}")))
    }

    /// Which of them aren't known as they are; `there` gets all of them.
    fn changed(
        &self,
        listed: Vec<ListedResource>,
        known: &Known,
        there: &mut HashSet<String>,
    ) -> Result<Vec<String>, Trouble> {
        let mut changed = Vec::new();
        for resource in listed
            .into_iter()
            .filter(|resource| !resource.resource_type.is_collection)
        {
            let href = self.path(&resource.href)?;
            let same = resource.etag.is_some() && known.get(&href) == Some(&resource.etag);
            if there.insert(href.clone()) && !same {
                changed.push(href);
            }
        }
        Ok(changed)
    }

    fn paths(&self, hrefs: Vec<String>) -> Result<Vec<String>, Trouble> {
        hrefs.iter().map(|href| self.path(href)).collect()
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
