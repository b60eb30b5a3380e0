//! What can go wrong with a request to the platform, and whether a phone may have rung all the same.

use std::time::Duration;

/// A request that failed. No text of it (Display, Debug, sources) holds a secret, a URL or a phone number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// 401: the API key or the account's password isn't accepted.
    #[error("the platform refused the API key or password (401)")]
    WrongKey,
    /// 403: this address or this account may not use the API.
    #[error("the platform refuses this address or this account (403)")]
    Forbidden,
    /// 429: too many requests.
    #[error("the platform asks to slow down (429)")]
    RateLimited {
        /// How long it asks to wait, when it says so in seconds.
        retry_after: Option<Duration>,
    },
    /// The platform said something about a missing callback: the account has no notification configuration, which
    /// click-to-call demands. How the platform says so isn't documented; any refusal that speaks of callbacks or
    /// notifications is taken for this one.
    #[error("the account has no callback URL set, which click-to-call demands")]
    NoCallback,
    /// The platform refused for a reason of its own: an error in a JSON answer, or another 4xx.
    #[error("the platform refused the request (status {status})")]
    Rejected {
        /// The HTTP status; a JSON answer may say an error under 200.
        status: u16,
    },
    /// The name can't be resolved or nothing accepts the connection. Nothing was sent.
    #[error("the platform can't be reached ({detail})")]
    Unreachable {
        /// The system's words, such as `Connection refused`.
        detail: String,
    },
    /// TLS failed before anything was sent: usually a certificate that isn't trusted.
    #[error("no trusted TLS connection to the platform ({detail})")]
    Tls {
        /// The TLS library's words.
        detail: String,
    },
    /// No answer, or no whole answer, in time.
    #[error("the platform didn't answer in time")]
    Timeout {
        /// The request may have reached the platform; if not, there was no connection yet.
        sent: bool,
    },
    /// The connection broke after the request had been sent, or the answer was no HTTP.
    #[error("the connection to the platform broke ({detail})")]
    Interrupted {
        /// The system's words.
        detail: String,
    },
    /// The platform's address answers with a redirect. It isn't followed: the secret would travel along.
    #[error("the platform's address redirects elsewhere (status {status}), which isn't followed")]
    Redirected {
        /// The HTTP status.
        status: u16,
    },
    /// 5xx.
    #[error("the platform failed (status {status})")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// A web page under a 2xx where the platform's answer should be: a login page, a portal, a proxy's page.
    #[error("a web page answered instead of the platform (status {status})")]
    WebPage {
        /// The HTTP status.
        status: u16,
    },
    /// A status that makes no sense here.
    #[error("an unexpected answer (status {status})")]
    Unexpected {
        /// The HTTP status.
        status: u16,
    },
    /// A 2xx whose body is beyond the limit (64 KiB).
    #[error("the answer is longer than {limit} bytes")]
    BodyTooLarge {
        /// The limit in bytes.
        limit: usize,
    },
}

impl Error {
    /// Whether the same request may succeed later without a change of settings. Never a reason to repeat a call by
    /// itself: that is a person's choice, and [`Error::may_have_rung`] should be told beside it.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimited { .. }
            | Self::Unreachable { .. }
            | Self::Timeout { .. }
            | Self::Interrupted { .. }
            | Self::Server { .. } => true,
            Self::WrongKey
            | Self::Forbidden
            | Self::NoCallback
            | Self::Rejected { .. }
            | Self::Tls { .. }
            | Self::Redirected { .. }
            | Self::WebPage { .. }
            | Self::Unexpected { .. }
            | Self::BodyTooLarge { .. } => false,
        }
    }

    /// For [`crate::Client::call`]: whether a phone may ring or have rung although the request failed. Certain in one
    /// direction only: `false` means that the platform refused or never got the request.
    pub fn may_have_rung(&self) -> bool {
        match self {
            Self::Timeout { sent } => *sent,
            Self::Interrupted { .. }
            | Self::Server { .. }
            | Self::WebPage { .. }
            | Self::Unexpected { .. }
            | Self::BodyTooLarge { .. } => true,
            // 303 is an answer to a request that was carried out (RFC 9110 section 15.4.4).
            Self::Redirected { status } => *status == 303,
            Self::WrongKey
            | Self::Forbidden
            | Self::RateLimited { .. }
            | Self::NoCallback
            | Self::Rejected { .. }
            | Self::Unreachable { .. }
            | Self::Tls { .. } => false,
        }
    }

    /// A stable name, for metrics and for finding the words.
    pub fn code(&self) -> &'static str {
        match self {
            Self::WrongKey => "wrong-key",
            Self::Forbidden => "forbidden",
            Self::RateLimited { .. } => "rate-limited",
            Self::NoCallback => "no-callback",
            Self::Rejected { .. } => "rejected",
            Self::Unreachable { .. } => "unreachable",
            Self::Tls { .. } => "tls",
            Self::Timeout { .. } => "timeout",
            Self::Interrupted { .. } => "interrupted",
            Self::Redirected { .. } => "redirected",
            Self::Server { .. } => "server",
            Self::WebPage { .. } => "web-page",
            Self::Unexpected { .. } => "unexpected",
            Self::BodyTooLarge { .. } => "body-too-large",
        }
    }
}

/// A client that can't be made. Found when the settings are read, before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// Neither `http:` nor `https:`, or without a host.
    #[error(
        "the platform's address must be an http: or https: URL with a host, such as https://popc.axialys.com/api"
    )]
    NotHttp,
    /// A user name, password, query or fragment stands in the address.
    #[error("the platform's address must have no user name, password, query or fragment")]
    TooMuch,
    /// The HTTP client can't start: usually the system's certificate store can't be read.
    #[error("the HTTP client can't start ({0})")]
    Http(String),
}
