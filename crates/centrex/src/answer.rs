//! What the platform answers. The guide leaves it open ("TBD"), so little is demanded and less is believed.

use std::fmt;
use std::time::Duration;

use reqwest::StatusCode;
use serde_json::Value;
use telephony::CallId;

use crate::error::Error;
use crate::secret::Scrubber;

/// Most of a body that is read, in bytes.
pub const MOST_BODY: usize = 64 * 1024;

/// A request that the platform took.
#[derive(Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The HTTP status, 2xx.
    pub status: u16,
    /// The call's id, when the answer holds one under an obvious key. The callbacks tell it in any case.
    pub call_id: Option<CallId>,
    body: String,
}

impl Accepted {
    /// The body, for a diagnosis by a person: the secrets of the request are taken out, yet it may hold phone numbers.
    pub fn body(&self) -> &str {
        &self.body
    }
}

impl fmt::Debug for Accepted {
    /// Without the body: an answer may repeat what it was asked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accepted")
            .field("status", &self.status)
            .field("call_id", &self.call_id)
            .field("body_bytes", &self.body.len())
            .finish()
    }
}

/// The function that was asked, where answers are read differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Call,
    SetCallback,
}

/// An answer as it came.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub retry_after: Option<Duration>,
    pub is_html: bool,
    /// At most [`MOST_BODY`] bytes.
    pub body: Vec<u8>,
    pub is_cut: bool,
}

/// Judges an answer.
pub(crate) fn judge(answer: &Answer, function: Function, scrubber: &Scrubber) -> Result<Accepted, Error> {
    let status = answer.status.as_u16();
    let text = String::from_utf8_lossy(&answer.body);
    let is_page = answer.is_html || looks_like_html(&text);
    let speaks_of_callback = function == Function::Call && !is_page && mentions_callback(&text);
    match status {
        200..=299 => {}
        300..=399 => return Err(Error::Redirected { status }),
        401 => return Err(Error::WrongKey),
        429 => {
            return Err(Error::RateLimited {
                retry_after: answer.retry_after,
            });
        }
        400..=499 if speaks_of_callback => return Err(Error::NoCallback),
        403 => return Err(Error::Forbidden),
        400..=499 => return Err(Error::Rejected { status }),
        500..=599 => return Err(Error::Server { status }),
        _ => return Err(Error::Unexpected { status }),
    }
    if answer.is_cut {
        return Err(Error::BodyTooLarge { limit: MOST_BODY });
    }
    if is_page {
        return Err(Error::WebPage { status });
    }
    let json: Option<Value> = serde_json::from_str(&text).ok();
    if let Some(code) = json.as_ref().and_then(error_in) {
        return Err(match code {
            Some(401) => Error::WrongKey,
            Some(429) => Error::RateLimited {
                retry_after: answer.retry_after,
            },
            // As under that status of HTTP: nobody knows how far it came.
            Some(status @ 500..=599) => Error::Server { status },
            _ if speaks_of_callback => Error::NoCallback,
            Some(403) => Error::Forbidden,
            _ => Error::Rejected { status },
        });
    }
    Ok(Accepted {
        status,
        call_id: json.as_ref().and_then(call_id_in),
        body: scrubber.scrub(&text),
    })
}

fn looks_like_html(text: &str) -> bool {
    let start: String = text
        .trim_start_matches(['\u{feff}', ' ', '\n', '\r', '\t'])
        .chars()
        .take(15)
        .collect();
    let start = start.to_ascii_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html")
}

fn mentions_callback(text: &str) -> bool {
    let text = text.to_lowercase();
    ["callback", "call_back", "call back", "rappel", "notification"]
        .iter()
        .any(|word| text.contains(word))
}

/// Whether a JSON answer says error, and the HTTP-like code in it if there is one.
fn error_in(json: &Value) -> Option<Option<u16>> {
    let object = json.as_object()?;
    let mut is_error = false;
    let mut code = None;
    for (name, value) in object {
        match name.to_ascii_lowercase().as_str() {
            "error" | "errors" | "error_code" | "errorcode" | "error_message" | "exception" | "fault" => {
                is_error |= says_something(value);
                // {"error": 401} and {"error": {"code": 401}}
                code = code
                    .or_else(|| http_code(value))
                    .or_else(|| value.get("code").and_then(http_code));
            }
            "success" | "ok" | "succeeded" => {
                is_error |= matches!(value, Value::Bool(false)) || value.as_i64() == Some(0);
            }
            "status" | "result" | "state" | "code" | "status_code" | "statuscode" => {
                is_error |= is_error_word(value) || matches!(value, Value::Bool(false));
                if let Some(found) = http_code(value) {
                    is_error = true;
                    code = code.or(Some(found));
                }
            }
            _ => {}
        }
    }
    is_error.then_some(code)
}

/// Not null, false, zero, or empty.
fn says_something(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::Bool(true) => true,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !matches!(
            text.trim().to_ascii_lowercase().as_str(),
            "" | "0" | "none" | "false" | "no" | "ok"
        ),
        Value::Array(list) => !list.is_empty(),
        Value::Object(object) => !object.is_empty(),
    }
}

fn is_error_word(value: &Value) -> bool {
    value.as_str().is_some_and(|word| {
        matches!(
            word.trim().to_ascii_lowercase().as_str(),
            "error"
                | "erreur"
                | "ko"
                | "nok"
                | "fail"
                | "failed"
                | "failure"
                | "denied"
                | "refused"
                | "rejected"
        )
    })
}

fn http_code(value: &Value) -> Option<u16> {
    let code = match value {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    };
    code.and_then(|code| u16::try_from(code).ok())
        .filter(|code| (400..=599).contains(code))
}

/// A call id under an obvious key, at the top or one level below.
fn call_id_in(json: &Value) -> Option<CallId> {
    let direct = |value: &Value, names: &[&str]| {
        value.as_object()?.iter().find_map(|(name, value)| {
            let plain = name.to_ascii_lowercase().replace(['_', '-'], "");
            names.contains(&plain.as_str()).then(|| id(value)).flatten()
        })
    };
    direct(json, &["callid"]).or_else(|| {
        ["call", "data", "result", "response"].iter().find_map(|part| {
            let inner = json.get(part)?;
            let names: &[&str] = if *part == "call" {
                &["callid", "id"]
            } else {
                &["callid"]
            };
            direct(inner, names)
        })
    })
}

fn id(value: &Value) -> Option<CallId> {
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(CallId(text.clone())),
        Value::Number(number) => Some(CallId(number.to_string())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
