//! The client of the platform's two functions.

use std::error::Error as StdError;
use std::time::{Duration, Instant};

use reqwest::header::{CONTENT_TYPE, RETRY_AFTER};
use secrecy::{ExposeSecret, SecretString};
use telephony::{AccountId, E164};
use url::Url;

use crate::answer::{Accepted, Answer, Function, MOST_BODY, judge};
use crate::error::{ConfigError, Error};
use crate::secret::{Credential, Scrubber};

/// The operator's base address, from the guide.
pub const PLATFORM_URL: &str = "https://popc.axialys.com/api";

/// The HTTP method. The guide names none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Method {
    /// Parameters in the URL's query, as the guide describes requests.
    #[default]
    Get,
    /// Parameters in a form body.
    Post,
}

/// How to talk to the platform.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the API is, without `/centrex/v1`. The simulator's stands in for [`PLATFORM_URL`].
    pub base_url: Url,
    /// GET unless the operator says otherwise.
    pub method: Method,
    /// Send numbers with their `+`. The operator writes them without.
    pub plus: bool,
    /// Limit for name resolution, connection and TLS. A request that runs into it was never sent.
    pub connect_timeout: Duration,
    /// Limit for the whole request, connection included; longer than `connect_timeout`.
    pub timeout: Duration,
}

impl Config {
    /// The usual settings for a base address: GET, no plus, 5 s to connect, 20 s in all.
    pub fn new(base_url: Url) -> Self {
        Self {
            base_url,
            method: Method::Get,
            plus: false,
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(20),
        }
    }
}

/// A client of the platform. Cheap to clone; keeps no connection open.
///
/// Every request is sent at most once: nothing repeats it, neither this client nor the HTTP library below it. Each uses a
/// connection of its own, because a kept one may turn out dead after the request went out, and then nobody knows.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    config: Config,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client")
            .field("config", &self.config)
            .finish_non_exhaustive()
    }
}

impl Client {
    /// Makes a client. Installs ring as rustls' provider unless the program has one.
    ///
    /// # Errors
    /// [`ConfigError`] when the base address can't be used or the HTTP client can't start.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::build(config, None)
    }

    /// Like [`Client::new`], trusting one more root certificate (PEM): a company's own proxy, a test.
    ///
    /// # Errors
    /// As [`Client::new`], and when the certificate can't be read.
    pub fn with_root_certificate(config: Config, pem: &[u8]) -> Result<Self, ConfigError> {
        let root = reqwest::Certificate::from_pem(pem).map_err(|error| ConfigError::Http(detail(&error)))?;
        Self::build(config, Some(root))
    }

    fn build(config: Config, root: Option<reqwest::Certificate>) -> Result<Self, ConfigError> {
        check(&config.base_url)?;
        if rustls::crypto::CryptoProvider::get_default().is_none() {
            // Losing this race to another thread is as good as winning it.
            let _ = rustls::crypto::ring::default_provider().install_default();
        }
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .referer(false)
            .retry(reqwest::retry::never())
            .http1_only()
            .pool_max_idle_per_host(0)
            .connect_timeout(config.connect_timeout)
            .timeout(config.timeout)
            .user_agent(concat!("centrex-tray/", env!("CARGO_PKG_VERSION")));
        if loopback::is_loopback(&config.base_url) {
            builder = builder.no_proxy();
        }
        if let Some(root) = root {
            builder = builder.tls_certs_merge([root]);
        }
        let http = builder
            .build()
            .map_err(|error| ConfigError::Http(detail(&error)))?;
        Ok(Self { http, config })
    }

    /// Whether secrets travel unencrypted to this base address, over a network.
    pub fn is_cleartext(&self) -> bool {
        self.config.base_url.scheme() == "http" && !loopback::is_loopback(&self.config.base_url)
    }

    /// Click-to-call: rings the account's own phone, then calls the number. Sent once, never repeated.
    ///
    /// `Ok` means that the platform took the request; what becomes of the call, the callbacks tell.
    ///
    /// # Errors
    /// [`Error`]; see [`Error::may_have_rung`].
    pub async fn call(
        &self,
        credential: &Credential,
        account: &AccountId,
        number: &E164,
    ) -> Result<Accepted, Error> {
        let (name, secret) = credential.parameter();
        let number = if self.config.plus {
            number.as_str()
        } else {
            number.digits()
        };
        let parameters = [
            ("account_id", account.0.as_str()),
            (name, secret.expose_secret()),
            ("number", number),
        ];
        self.request(Function::Call, &parameters, &[secret]).await
    }

    /// Sets the customer's callback URL, in place of the one set before (which can't be read). The URL is a secret too: who
    /// knows it can forge callbacks.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn set_callback(&self, api_key: &SecretString, url: &SecretString) -> Result<Accepted, Error> {
        let parameters = [("api_key", api_key.expose_secret()), ("url", url.expose_secret())];
        self.request(Function::SetCallback, &parameters, &[api_key, url])
            .await
    }

    /// Turns the callbacks off: an empty URL. Click-to-call stops working with them.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn clear_callback(&self, api_key: &SecretString) -> Result<Accepted, Error> {
        let parameters = [("api_key", api_key.expose_secret()), ("url", "")];
        self.request(Function::SetCallback, &parameters, &[api_key]).await
    }

    async fn request(
        &self,
        function: Function,
        parameters: &[(&str, &str)],
        secrets: &[&SecretString],
    ) -> Result<Accepted, Error> {
        let mut scrubber = Scrubber::default();
        for secret in secrets {
            scrubber.add(secret);
        }
        let started = Instant::now();
        let result = match self.send(function, parameters).await {
            Ok(answer) => judge(&answer, function, &scrubber),
            Err(error) => Err(error),
        };
        let took_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &result {
            Ok(accepted) => tracing::debug!(
                ?function,
                status = accepted.status,
                took_ms,
                "the platform accepted"
            ),
            Err(error) => tracing::debug!(
                ?function,
                code = error.code(),
                took_ms,
                "the platform request failed"
            ),
        }
        result
    }

    async fn send(&self, function: Function, parameters: &[(&str, &str)]) -> Result<Answer, Error> {
        let mut url = self.endpoint(function);
        let encoded = encode(parameters);
        let request = match self.config.method {
            Method::Get => {
                url.set_query(Some(&encoded));
                self.http.get(url)
            }
            Method::Post => self
                .http
                .post(url)
                .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(encoded),
        };
        let mut response = request.send().await.map_err(|error| failure(&error))?;
        let status = response.status();
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        let retry_after = header(RETRY_AFTER)
            .and_then(|value| value.trim().parse().ok())
            .map(Duration::from_secs);
        let is_html = header(CONTENT_TYPE).is_some_and(|kind| kind.to_ascii_lowercase().contains("html"));
        let mut body = Vec::new();
        let mut is_cut = false;
        loop {
            match response.chunk().await {
                Ok(Some(chunk)) => {
                    let room = MOST_BODY - body.len();
                    is_cut = chunk.len() > room;
                    body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                }
                Ok(None) => break,
                // The status already says what happened; its body would only have told more.
                Err(_) if !status.is_success() => break,
                Err(error) => return Err(failure(&error)),
            }
            if is_cut {
                break;
            }
        }
        Ok(Answer {
            status,
            retry_after,
            is_html,
            body,
            is_cut,
        })
    }

    fn endpoint(&self, function: Function) -> Url {
        let mut url = self.config.base_url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend([
                "centrex",
                "v1",
                match function {
                    Function::Call => "call",
                    Function::SetCallback => "set_callback",
                },
            ]);
        }
        url
    }
}

/// Percent-encodes parameters so that every decoder agrees: a space as `%20` and a plus as `%2B`.
fn encode(parameters: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish()
        .replace('+', "%20")
}

fn check(base_url: &Url) -> Result<(), ConfigError> {
    if !matches!(base_url.scheme(), "http" | "https") || base_url.host_str().is_none_or(str::is_empty) {
        return Err(ConfigError::NotHttp);
    }
    let is_bare = base_url.username().is_empty()
        && base_url.password().is_none()
        && base_url.query().is_none()
        && base_url.fragment().is_none();
    if is_bare {
        Ok(())
    } else {
        Err(ConfigError::TooMuch)
    }
}

/// Sorts an error of the HTTP library. Only the innermost cause's words are kept: the outer ones print URLs.
fn failure(error: &reqwest::Error) -> Error {
    if error.is_timeout() {
        return Error::Timeout {
            sent: !error.is_connect(),
        };
    }
    let detail = detail(error);
    match error.is_connect() {
        true if is_tls(error) => Error::Tls { detail },
        true => Error::Unreachable { detail },
        false => Error::Interrupted { detail },
    }
}

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |error| {
        let error: &'a (dyn StdError + 'static) = *error;
        match error.downcast_ref::<std::io::Error>() {
            // io::Error leaves out the error that it wraps and goes on to that one's source.
            Some(io) => io.get_ref().map(|inner| inner as &(dyn StdError + 'static)),
            None => error.source(),
        }
    })
}

fn is_tls(error: &reqwest::Error) -> bool {
    causes(error).any(|cause| cause.is::<rustls::Error>())
}

fn detail(error: &reqwest::Error) -> String {
    let innermost = causes(error).last();
    match innermost {
        Some(cause) if !cause.is::<reqwest::Error>() => cause.to_string(),
        // Its own text may hold a URL.
        _ => "no further detail".to_owned(),
    }
}
