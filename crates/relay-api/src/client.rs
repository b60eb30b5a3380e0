//! Requests of a desktop to its relay.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::error::{ClientError, SetupError};
use crate::http;
use crate::wire::{CallList, Enrolled, Me, PlaceCall, Placed};

/// The address of a relay: `https://…`, or `http://` on this very machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelayUrl(Url);

impl RelayUrl {
    /// Reads an address as a person writes it or a link carries it. A path is kept as a prefix (a relay behind a proxy).
    ///
    /// # Errors
    /// [`SetupError::Address`] when it isn't an address with a host or carries a user, password, query or fragment;
    /// [`SetupError::Plain`] for `http://` to another machine.
    pub fn parse(text: &str) -> Result<Self, SetupError> {
        let mut url = Url::parse(text.trim()).map_err(|error| SetupError::Address(error.to_string()))?;
        if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
            return Err(SetupError::Address("it must start with https://".to_owned()));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(SetupError::Address(
                "it must not contain a user or password".to_owned(),
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(SetupError::Address(
                "it must end with its path, without ? or #".to_owned(),
            ));
        }
        if url.scheme() == "http" && !loopback::is_loopback(&url) {
            return Err(SetupError::Plain);
        }
        if !url.path().ends_with('/') {
            let path = format!("{}/", url.path());
            url.set_path(&path);
        }
        Ok(Self(url))
    }

    /// Host and port, as they may be shown to a person who is asked whether to trust it.
    pub fn host(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0
            .port()
            .map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// The address as text, for settings.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// An address below this one; each segment is percent-encoded.
    pub(crate) fn join(&self, segments: &[&str]) -> Url {
        let mut url = self.0.clone();
        // `parse` lets only http and https through, and both have path segments.
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }
}

impl std::fmt::Display for RelayUrl {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How to reach the relay.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// The longest wait for a connection.
    pub connect_timeout: Duration,
    /// The longest wait for a whole answer, dialling excepted.
    pub timeout: Duration,
    /// The longest wait for the answer to a dial: the relay waits for the platform meanwhile.
    pub dial_timeout: Duration,
    /// A proxy for everything but this machine; `None` follows the system.
    pub proxy: Option<Url>,
}

impl Default for ClientOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(15),
            dial_timeout: Duration::from_secs(45),
            proxy: None,
        }
    }
}

/// A desktop's door to one relay. Cheap to clone; clones share their connections. Build a new one after sleep or a change
/// of network, so that no dead connection is used.
#[derive(Clone)]
pub struct RelayClient {
    pub(crate) http: reqwest::Client,
    pub(crate) base: RelayUrl,
    pub(crate) options: ClientOptions,
    token: Option<SecretString>,
}

impl std::fmt::Debug for RelayClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RelayClient")
            .field("base", &self.base.as_str())
            .field("has_token", &self.token.is_some())
            .finish_non_exhaustive()
    }
}

impl RelayClient {
    /// A client with this desktop's token; `None` before enrolment, when only [`enrol`](Self::enrol) can work.
    ///
    /// # Errors
    /// [`SetupError::Http`] when TLS or the proxy can't be set up.
    pub fn new(
        base: RelayUrl,
        token: Option<SecretString>,
        options: ClientOptions,
    ) -> Result<Self, SetupError> {
        Self::build(base, token, options, None)
    }

    /// Like [`new`](Self::new), trusting one more root certificate (PEM): a company's own authority.
    ///
    /// # Errors
    /// As [`new`](Self::new), and when the certificate can't be read.
    pub fn with_root_certificate(
        base: RelayUrl,
        token: Option<SecretString>,
        options: ClientOptions,
        pem: &[u8],
    ) -> Result<Self, SetupError> {
        let root = reqwest::Certificate::from_pem(pem).map_err(http::setup)?;
        Self::build(base, token, options, Some(root))
    }

    fn build(
        base: RelayUrl,
        token: Option<SecretString>,
        options: ClientOptions,
        root: Option<reqwest::Certificate>,
    ) -> Result<Self, SetupError> {
        let http = http::build(&base.0, &options, root)?;
        Ok(Self {
            http,
            base,
            options,
            token,
        })
    }

    /// The relay that it talks to.
    pub fn base(&self) -> &RelayUrl {
        &self.base
    }

    /// `GET /v1/me`: the label, the accounts, and what the relay can do.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn me(&self) -> Result<Me, ClientError> {
        let request = self.request(Method::GET, &["v1", "me"]);
        send(request.timeout(self.options.timeout)).await
    }

    /// `GET /v1/calls`: live calls, and the ended ones that the relay still keeps.
    ///
    /// # Errors
    /// [`ClientError`]
    pub async fn calls(&self) -> Result<CallList, ClientError> {
        let request = self.request(Method::GET, &["v1", "calls"]);
        send(request.timeout(self.options.timeout)).await
    }

    /// `POST /v1/calls`: rings the account's own phone, then the number. Sent once and never repeated by this client; the
    /// same `idempotency_key` (one for each press of the button) makes a repetition by the caller harmless too.
    ///
    /// # Errors
    /// [`ClientError`]; ask [`ClientError::may_have_rung`] before telling a person that nothing happened.
    pub async fn place_call(&self, call: &PlaceCall, idempotency_key: &str) -> Result<Placed, ClientError> {
        let request = self
            .request(Method::POST, &["v1", "calls"])
            .header("Idempotency-Key", idempotency_key)
            .json(call)
            .timeout(self.options.dial_timeout);
        send(request).await
    }

    /// `POST /v1/enrolments/{code}`: trades a one-time code for a token. Spaces and hyphens in the code don't matter.
    ///
    /// # Errors
    /// [`ClientError`]; `enrolment-code-invalid` when the code is unknown, used or expired.
    pub async fn enrol(&self, code: &str) -> Result<Enrolled, ClientError> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let url = self.base.join(&["v1", "enrolments", &code]);
        send(self.http.post(url).timeout(self.options.timeout)).await
    }

    /// `POST /v1/tokens/renew`: a new token in place of this client's. The old one stays good until the new one was used, so
    /// keep the new one first, then use it.
    ///
    /// # Errors
    /// [`ClientError`]; `not-found` from a relay that can't renew yet.
    pub async fn renew(&self) -> Result<Enrolled, ClientError> {
        let request = self.request(Method::POST, &["v1", "tokens", "renew"]);
        send(request.timeout(self.options.timeout)).await
    }

    /// A request with the token.
    pub(crate) fn request(&self, method: Method, segments: &[&str]) -> RequestBuilder {
        let request = self.http.request(method, self.base.join(segments));
        match &self.token {
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }
}

async fn send<T: serde::de::DeserializeOwned>(request: RequestBuilder) -> Result<T, ClientError> {
    let response = request.send().await.map_err(ClientError::from_http)?;
    http::read_json(response).await
}
