//! Finds a person's address books (RFC 6764; RFC 6352, 7.1.1).

use http::{Request, Uri};
use libdav::carddav::{FindAddressBookHomeSet, FindAddressBooks, FindAddressBooksResponse};
use libdav::dav::{FindPropertyHrefs, FoundCollection, Propfind, WebDavError};
use libdav::requests::{DavRequest, ParseResponseError};
use libdav::{Depth, names};

use super::client::Asked;
use super::{Book, Client};
use crate::trouble::Trouble;

/// Where servers tell where their address books begin.
const WELL_KNOWN: &str = "/.well-known/carddav";
/// Most books that are read.
const MOST: usize = 50;

/// The address books at a path. The library's own request asks for entity tags of collections too, for which a server may look
/// at every card.
struct BooksAt<'a> {
    path: &'a str,
    depth: Depth,
}

impl DavRequest for BooksAt<'_> {
    type Response = FindAddressBooksResponse;
    type ParseError = ParseResponseError;
    type Error<E> = WebDavError<E>;

    fn prepare_request(&self, base_url: Uri) -> Result<Request<String>, http::Error> {
        Propfind::new(self.path)
            .with_properties(&[
                &names::RESOURCETYPE,
                &names::SUPPORTED_REPORT_SET,
                &names::DISPLAY_NAME,
            ])
            .with_depth(self.depth)
            .prepare_request(base_url)
    }

    fn parse_response(
        &self,
        parts: &http::response::Parts,
        body: &[u8],
    ) -> Result<Self::Response, Self::ParseError> {
        FindAddressBooks::new(self.path).parse_response(parts, body)
    }
}

impl Client {
    /// The person's address books: the one that the address leads to, else all those of the person on that server. `named`: those
    /// of these names only, when there are any.
    ///
    /// # Errors
    /// [`Trouble::NoBook`] when there is none.
    pub async fn books(&self, named: &[String]) -> Result<Vec<Book>, Trouble> {
        let mut books = self.all_books().await?;
        if !named.is_empty() {
            books.retain(|book| named.contains(&book.name));
        }
        if books.is_empty() {
            return Err(Trouble::NoBook);
        }
        books.truncate(MOST);
        Ok(books)
    }

    async fn all_books(&self) -> Result<Vec<Book>, Trouble> {
        let start = self.account.url.path().to_owned();
        if start != "/" {
            let itself = BooksAt {
                path: &start,
                depth: Depth::Zero,
            };
            match self.ask(&itself).await {
                Ok(found) if !found.addressbooks.is_empty() => return self.found(found.addressbooks),
                Ok(_) | Err(Asked::Status(_) | Asked::Unreadable) => {}
                Err(Asked::Trouble(trouble)) => return Err(trouble),
            }
        }
        let mut books = Vec::new();
        for home in self.homes(&start).await? {
            let inside = BooksAt {
                path: &home,
                depth: Depth::One,
            };
            let found = self.ask(&inside).await?;
            books.extend(self.found(found.addressbooks)?);
        }
        Ok(books)
    }

    /// Where the person's books are, each a path.
    async fn homes(&self, start: &str) -> Result<Vec<String>, Trouble> {
        let principal = match self.principal(WELL_KNOWN).await {
            Ok(Some(principal)) => principal,
            Err(trouble @ (Trouble::Refused { .. } | Trouble::NotOne | Trouble::Forbidden)) => {
                self.principal(start).await?.ok_or(trouble)?
            }
            Err(trouble) => return Err(trouble),
            Ok(None) => self.principal(start).await?.ok_or(Trouble::NotOne)?,
        };
        let homes = self
            .ask(&FindAddressBookHomeSet::new(&principal))
            .await?
            .home_sets;
        homes.iter().map(|home| self.path(&home.to_string())).collect()
    }

    async fn principal(&self, path: &str) -> Result<Option<String>, Trouble> {
        let found = self
            .ask(&FindPropertyHrefs::new(path, &names::CURRENT_USER_PRINCIPAL))
            .await?;
        found
            .hrefs
            .first()
            .map(|principal| self.path(&principal.to_string()))
            .transpose()
    }

    fn found(&self, collections: Vec<FoundCollection>) -> Result<Vec<Book>, Trouble> {
        let book = |found: FoundCollection| {
            let href = self.path(&found.href)?;
            let url = self.account.url.join(&href).map_err(|_| Trouble::NotOne)?;
            let name = found
                .properties
                .into_iter()
                .find_map(|(property, value)| (*property == names::DISPLAY_NAME).then_some(value).flatten());
            Ok(Book {
                url,
                name: name.unwrap_or_default(),
                href,
                supports_sync: found.supports_sync,
            })
        };
        collections.into_iter().map(book).collect()
    }
}
