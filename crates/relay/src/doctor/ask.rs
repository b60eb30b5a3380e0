//! Asking over HTTP, as little as possible: no redirect is followed, nothing is sent but the address.

use std::time::Duration;

use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::redirect::Policy;
use reqwest::tls::TlsInfo;
use rustls::pki_types::CertificateDer;
use url::Url;

use crate::causes::{causes, innermost};

/// The longest wait for another program.
const PATIENCE: Duration = Duration::from_secs(5);

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// The certificate that was shown, and trusted.
    pub(super) certificate: Option<CertificateDer<'static>>,
    /// The first KiB or so.
    pub(super) text: String,
}

impl Answer {
    /// The other machine's clock, to the second.
    pub(super) fn date(&self) -> Option<Timestamp> {
        let date = self.headers.get(header::DATE)?.to_str().ok()?;
        Some(rfc2822::parse(date).ok()?.timestamp())
    }
}

/// Why there is no answer.
pub(super) enum NoAnswer {
    /// Nothing takes connections there, or the name isn't known.
    Unreachable(String),
    /// TLS, or what lies behind it, failed.
    Broken(String),
    /// Too slow.
    Late,
}

impl std::fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) | Self::Broken(why) => f.write_str(why),
            Self::Late => write!(f, "no answer within {} s", PATIENCE.as_secs()),
        }
    }
}

/// Asks one question. What comes back tells no address: it may hold a secret.
pub(super) async fn ask(method: Method, address: &str) -> Result<Answer, NoAnswer> {
    let is_local = Url::parse(address).is_ok_and(|url| loopback::is_loopback(&url));
    let mut builder = reqwest::Client::builder()
        .redirect(Policy::none())
        .referer(false)
        .tls_info(true)
        .timeout(PATIENCE);
    if is_local {
        builder = builder.no_proxy();
    }
    let client = builder.build().map_err(no_answer)?;
    let mut response = client.request(method, address).send().await.map_err(no_answer)?;
    let certificate = response.extensions().get::<TlsInfo>();
    let certificate = certificate.and_then(TlsInfo::peer_certificate);
    let certificate = certificate.map(|der| CertificateDer::from(der.to_vec()));
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    // One piece is enough, and an endless answer is nothing to wait for.
    let text = response.chunk().await.ok().flatten().unwrap_or_default();
    let text = String::from_utf8_lossy(&text[..text.len().min(1024)]).into_owned();
    Ok(Answer {
        status,
        headers,
        certificate,
        text,
    })
}

fn no_answer(error: reqwest::Error) -> NoAnswer {
    let error = error.without_url();
    if error.is_timeout() {
        return NoAnswer::Late;
    }
    let is_tls = causes(&error).any(|cause| cause.is::<rustls::Error>());
    let why = innermost(&error);
    if error.is_connect() && !is_tls {
        NoAnswer::Unreachable(why)
    } else {
        NoAnswer::Broken(why)
    }
}
