//! One request, one bounded answer.

use std::time::Duration;

use http::response::Parts;
use http::{Request, StatusCode, Uri};
use libdav::dav::SyncCollectionParseError;
use libdav::requests::{DavRequest, ParseResponseError};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use reqwest::{Body, Response};
use secrecy::ExposeSecret;
use url::Url;

use super::Account;
use crate::trouble::{Trouble, is_tls};
use crate::trust::Trust;

/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(10);
/// How long an answer may pause.
const PAUSE: Duration = Duration::from_secs(60);
/// How long a whole answer may take: a large book's first list takes a slow server a while.
const WHOLE: Duration = Duration::from_secs(300);
/// The largest answer that is read, in bytes: a list of 100,000 cards, or a hundred cards with photos.
pub(super) const LARGEST: usize = 32 * 1024 * 1024;
/// How often a server may send us on, within itself.
const REDIRECTS: usize = 5;

/// Asks one server, on behalf of one person.
#[derive(Debug)]
pub struct Client {
    http: reqwest::Client,
    pub(super) account: Account,
    base: Uri,
    limit: usize,
}

/// Why there is no answer of use.
pub(super) enum Asked {
    /// That is all.
    Trouble(Trouble),
    /// It answered with this status, which isn't one of those that end everything.
    Status(StatusCode),
    /// What it answered can't be read.
    Unreadable,
}

impl From<Trouble> for Asked {
    fn from(trouble: Trouble) -> Self {
        Self::Trouble(trouble)
    }
}

impl From<Asked> for Trouble {
    fn from(asked: Asked) -> Self {
        match asked {
            Asked::Trouble(trouble) => trouble,
            // What servers say to a method that they don't know, or a path that isn't there.
            Asked::Status(
                StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED,
            )
            | Asked::Unreadable => Self::NotOne,
            Asked::Status(StatusCode::FORBIDDEN) => Self::Forbidden,
            Asked::Status(status) => Self::Refused {
                code: u32::from(status.as_u16()),
            },
        }
    }
}

impl From<ParseResponseError> for Asked {
    fn from(error: ParseResponseError) -> Self {
        match error {
            ParseResponseError::BadStatusCode(status) => Self::Status(status),
            ParseResponseError::Xml(_) | ParseResponseError::InvalidResponse(_) => Self::Unreadable,
        }
    }
}

impl From<SyncCollectionParseError> for Asked {
    fn from(error: SyncCollectionParseError) -> Self {
        match error {
            SyncCollectionParseError::Parse(error) => error.into(),
            SyncCollectionParseError::PreconditionFailed(_) => Self::Status(StatusCode::FORBIDDEN),
        }
    }
}

impl Client {
    /// Asks nothing yet.
    ///
    /// # Errors
    /// [`Trouble::Insecure`]; [`Trouble::NotOne`] for an address that can't be one; [`Trouble::Certificate`] when the system's
    /// store of certificates can't be read.
    pub fn new(account: Account, trust: &Trust) -> Result<Self, Trouble> {
        let here = loopback::is_loopback(&account.url);
        match account.url.scheme() {
            "https" => {}
            "http" if here => {}
            "http" => return Err(Trouble::Insecure),
            _ => return Err(Trouble::NotOne),
        }
        let base = account.url.as_str().parse().map_err(|_| Trouble::NotOne)?;
        let tls = trust.config().map_err(|_| Trouble::Certificate)?;
        let mut http = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            // Followed by hand, within the server.
            .redirect(Policy::none())
            .referer(false)
            .connect_timeout(CONNECT)
            .read_timeout(PAUSE)
            .timeout(WHOLE)
            .user_agent(concat!("centrex-tray/", env!("CARGO_PKG_VERSION")));
        if here {
            http = http.no_proxy();
        }
        let http = http.build().map_err(|_| Trouble::Certificate)?;
        Ok(Self {
            http,
            account,
            base,
            limit: LARGEST,
        })
    }

    /// Reads answers of at most so many bytes.
    #[must_use]
    pub fn with_limit(self, limit: usize) -> Self {
        Self { limit, ..self }
    }

    /// Asks, and reads the answer.
    pub(super) async fn ask<R>(&self, request: &R) -> Result<R::Response, Asked>
    where
        R: DavRequest,
        Asked: From<R::ParseError>,
    {
        let prepared = request
            .prepare_request(self.base.clone())
            .map_err(|_| Trouble::NotOne)?;
        let (parts, body) = self.send(prepared).await?;
        request.parse_response(&parts, &body).map_err(Asked::from)
    }

    async fn send(&self, request: Request<String>) -> Result<(Parts, Vec<u8>), Trouble> {
        let (head, body) = request.into_parts();
        let mut url = Url::parse(&head.uri.to_string()).map_err(|_| Trouble::NotOne)?;
        for _ in 0..=REDIRECTS {
            let response = self
                .http
                .request(head.method.clone(), url.clone())
                .headers(head.headers.clone())
                .basic_auth(&self.account.user, Some(self.account.password.expose_secret()))
                .body(Body::from(body.clone()))
                .send()
                .await
                .map_err(|error| trouble(&error))?;
            if response.status() == StatusCode::UNAUTHORIZED {
                return Err(Trouble::Password);
            }
            if !response.status().is_redirection() {
                return self.read(response).await;
            }
            let to = response.headers().get(LOCATION).and_then(|to| to.to_str().ok());
            let to = to.and_then(|to| url.join(to).ok()).ok_or(Trouble::NotOne)?;
            self.own(&to)?;
            url = to;
        }
        Err(Trouble::NotOne)
    }

    /// That address is on our server.
    pub(super) fn own(&self, url: &Url) -> Result<(), Trouble> {
        if url.origin() == self.account.url.origin() {
            return Ok(());
        }
        Err(Trouble::Elsewhere {
            host: url.host_str().unwrap_or_default().to_owned(),
        })
    }

    /// The path of what a server calls by a path or by a whole address.
    pub(super) fn path(&self, href: &str) -> Result<String, Trouble> {
        if href.starts_with('/') && !href.starts_with("//") {
            return Ok(href.to_owned());
        }
        let url = self.account.url.join(href).map_err(|_| Trouble::NotOne)?;
        self.own(&url)?;
        // As it came, not as the URL escapes it: the server knows it by that.
        let whole = href
            .split_once("://")
            .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        Ok(whole.map_or_else(|| url.path().to_owned(), str::to_owned))
    }

    async fn read(&self, mut response: Response) -> Result<(Parts, Vec<u8>), Trouble> {
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| trouble(&error))? {
            if body.len() + chunk.len() > self.limit {
                return Err(Trouble::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        // Every status that a response can have is one that it can be built with.
        let (mut parts, ()) = http::Response::new(()).into_parts();
        parts.status = status;
        Ok((parts, body))
    }
}

fn trouble(error: &reqwest::Error) -> Trouble {
    if is_tls(error) {
        Trouble::Certificate
    } else if error.is_timeout() {
        Trouble::TimedOut
    } else if error.is_builder() {
        Trouble::NotOne
    } else {
        Trouble::Unreachable
    }
}
