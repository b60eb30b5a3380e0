//! What single values mean. Each error says what to write instead.

use std::net::SocketAddr;
use std::time::Duration;

use jiff::{SignedDuration, Span, SpanRelativeTo};
use url::Url;

use super::LogFormat;

pub(super) fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse()
        .map_err(|_| "write an IP address and a port, like 127.0.0.1:8420 or [::]:8420".to_owned())
}

pub(super) fn web_address(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{error}; write it like https://host/path"))?;
    if !matches!(url.scheme(), "http" | "https") || url.host().is_none() {
        return Err("it must start with https:// (or http:// on a private network)".to_owned());
    }
    Ok(url)
}

pub(super) fn public_url(text: &str) -> Result<Url, String> {
    let mut url = web_address(text)?;
    if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        return Err("it must be only scheme, host and path, like https://relay.example.org".to_owned());
    }
    if !url.path().ends_with('/') {
        let path = format!("{}/", url.path());
        url.set_path(&path);
    }
    Ok(url)
}

pub(super) fn log_format(text: &str) -> Result<LogFormat, String> {
    match text {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        _ => Err("must be text or json".to_owned()),
    }
}

pub(super) fn log_filter(text: &str) -> Result<String, String> {
    tracing_subscriber::EnvFilter::try_new(text)
        .map(|_| text.to_owned())
        .map_err(|_| "write a level (info) or a filter (info,centrex_relay=debug)".to_owned())
}

/// A duration of more than nothing, such as `15s`, `5m`, `12h`, `90d`. A day is 24 hours.
///
/// # Errors
/// What to write instead.
pub fn duration(text: &str) -> Result<SignedDuration, String> {
    let wrong = || "write a duration, like 15s, 5m, 12h or 90d".to_owned();
    let span: Span = text.parse().map_err(|_| wrong())?;
    let duration = span
        .to_duration(SpanRelativeTo::days_are_24_hours())
        .map_err(|_| wrong())?;
    let bounds = SignedDuration::ZERO < duration && duration <= SignedDuration::from_hours(24 * 3660);
    if bounds {
        Ok(duration)
    } else {
        Err("it must be more than nothing and at most ten years".to_owned())
    }
}

/// Bytes, such as `500MiB`, `8GiB`.
pub(super) fn size(text: &str) -> Result<u64, String> {
    let wrong = || "write a size, like 500MiB or 8GiB".to_owned();
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];
    let (number, shift) = units
        .into_iter()
        .find_map(|(unit, shift)| Some((text.strip_suffix(unit)?, shift)))
        .ok_or_else(wrong)?;
    let number: u64 = number.trim().parse().map_err(|_| wrong())?;
    match number.checked_mul(1 << shift) {
        Some(bytes) if bytes >= LEAST_SIZE => Ok(bytes),
        _ => Err("it must be at least 10MiB".to_owned()),
    }
}

/// Less than this isn't worth a relay.
const LEAST_SIZE: u64 = 10 << 20;

pub(super) fn wait(text: &str) -> Result<Duration, String> {
    Duration::try_from(duration(text)?).map_err(|error| error.to_string())
}

pub(super) fn count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count > 0 => Ok(count),
        _ => Err("write a whole number of at least 1".to_owned()),
    }
}
