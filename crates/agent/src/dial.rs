//! Places one call, once: through the relay or straight to the platform. Nothing here tries twice.

use std::time::Duration;

use centrex::{Client, Config, ConfigError, Credential, Method, PLATFORM_URL};
use companion::event::{CredentialKind, DialFailure, DialId, DialReason};
use companion::settings::{Authentication, PlatformMethod, Settings};
use relay_api::wire::{PlaceCall, problem};
use relay_api::{ClientError, RelayClient};
use telephony::{AccountId, CallId, E164};

use crate::desktop::KeychainPort;
use crate::token::SecretPlace;

/// How it went: the platform's call id, when it told one.
pub(crate) type DialOutcome = Result<Option<CallId>, DialFailure>;

/// Nothing was sent, so nothing rings.
pub(crate) fn not_sent(reason: DialReason) -> DialFailure {
    DialFailure {
        reason,
        may_have_rung: false,
    }
}

/// Asks the relay for the call; the press is the `Idempotency-Key`.
pub(crate) async fn through_relay(client: RelayClient, id: DialId, call: PlaceCall) -> DialOutcome {
    match client.place_call(&call, &id.0.to_string()).await {
        Ok(placed) => Ok(placed.call_id),
        Err(error) => {
            tracing::warn!(%error, may_have_rung = error.may_have_rung(), "the relay did not place the call");
            Err(DialFailure {
                reason: reason(&error),
                may_have_rung: error.may_have_rung(),
            })
        }
    }
}

fn reason(error: &ClientError) -> DialReason {
    let Some(name) = error.problem_name() else {
        return match error {
            ClientError::TimedOut => DialReason::Timeout,
            ClientError::Refused { .. } | ClientError::Unreadable { .. } => DialReason::Platform,
            _ => DialReason::RelayUnreachable,
        };
    };
    match name {
        problem::UNAUTHORIZED => DialReason::RelayRefused,
        problem::FORBIDDEN | problem::DIAL_UNAVAILABLE => DialReason::RelayCannotDial,
        problem::NUMBER_REFUSED | problem::BAD_REQUEST => DialReason::NumberRefused,
        problem::RULE_REFUSED => DialReason::RuleRefused,
        problem::CONFIRMATION_NEEDED => DialReason::ToConfirm,
        problem::TOO_MANY_CALLS => DialReason::TooManyCalls,
        problem::PLATFORM_KEY => DialReason::WrongKey,
        problem::PLATFORM_FORBIDDEN => DialReason::Forbidden,
        problem::PLATFORM_BUSY => DialReason::RateLimited,
        problem::TOO_MANY_REQUESTS => DialReason::TooManyRequests,
        problem::PLATFORM_NO_CALLBACK => DialReason::NoCallback,
        problem::PLATFORM_UNREACHABLE => DialReason::Unreachable,
        problem::PLATFORM_TLS => DialReason::Tls,
        problem::PLATFORM_TIMEOUT => DialReason::Timeout,
        problem::UNAVAILABLE => DialReason::RelayUnreachable,
        _ => DialReason::Platform,
    }
}

/// Asks the platform for the call, to be answered `within` that time, with the secret from the keychain: fetched for this one
/// call and dropped after it.
pub(crate) async fn directly<K: KeychainPort>(
    keychain: &K,
    settings: &Settings,
    within: Duration,
    account: AccountId,
    number: E164,
) -> DialOutcome {
    let kind = match settings.authentication {
        Authentication::ApiKey => CredentialKind::ApiKey,
        Authentication::AccountPassword => CredentialKind::AccountPassword,
    };
    let place = SecretPlace::platform(kind, account.clone(), settings)
        .ok_or_else(|| not_sent(DialReason::NotConfigured))?;
    let secret = match keychain.get(place.name.clone()).await {
        Ok(Some(kept)) => place.take(&kept).ok_or_else(|| {
            tracing::warn!(
                "the platform's address is not the one that the secret was given for: it is not sent"
            );
            not_sent(DialReason::OtherPlatform)
        })?,
        Ok(None) => return Err(not_sent(DialReason::NotConfigured)),
        Err(problem) => return Err(not_sent(DialReason::Keychain(problem))),
    };
    let credential = match kind {
        CredentialKind::AccountPassword => Credential::AccountPassword(secret),
        _ => Credential::ApiKey(secret),
    };
    let client = platform(settings, within).map_err(|error| {
        tracing::warn!(%error, "the platform's address can't be used");
        not_sent(DialReason::NotConfigured)
    })?;
    match client.call(&credential, &account, &number).await {
        Ok(accepted) => Ok(accepted.call_id),
        Err(error) => {
            tracing::warn!(%error, may_have_rung = error.may_have_rung(), "the platform did not place the call");
            Err(DialFailure {
                reason: platform_reason(&error),
                may_have_rung: error.may_have_rung(),
            })
        }
    }
}

/// The platform at the address of the settings, or at the operator's usual one, asked as they say.
pub(crate) fn platform(settings: &Settings, within: Duration) -> Result<Client, ConfigError> {
    let base = match &settings.platform_url {
        Some(url) => url.clone(),
        None => url::Url::parse(PLATFORM_URL).map_err(|_| ConfigError::NotHttp)?,
    };
    Client::new(Config {
        timeout: within,
        method: match settings.platform_method {
            PlatformMethod::Get => Method::Get,
            PlatformMethod::Post => Method::Post,
        },
        plus: settings.platform_plus,
        ..Config::new(base)
    })
}

fn platform_reason(error: &centrex::Error) -> DialReason {
    match error {
        centrex::Error::WrongKey => DialReason::WrongKey,
        centrex::Error::Forbidden => DialReason::Forbidden,
        centrex::Error::RateLimited { .. } => DialReason::RateLimited,
        centrex::Error::NoCallback => DialReason::NoCallback,
        // Its sentence says which of the two it was, by whether a phone may have rung.
        centrex::Error::Unreachable { .. } | centrex::Error::Interrupted { .. } => DialReason::Unreachable,
        centrex::Error::Tls { .. } => DialReason::Tls,
        centrex::Error::Timeout { .. } => DialReason::Timeout,
        _ => DialReason::Platform,
    }
}

#[cfg(test)]
mod tests {
    use relay_api::wire::Problem;

    use super::*;

    #[test]
    fn each_error_of_the_platform_has_its_reason() {
        use centrex::Error;
        let detail = || "words of the system".to_owned();
        for (error, reason, may_have_rung) in [
            (Error::WrongKey, DialReason::WrongKey, false),
            (Error::Forbidden, DialReason::Forbidden, false),
            (
                Error::RateLimited { retry_after: None },
                DialReason::RateLimited,
                false,
            ),
            (Error::NoCallback, DialReason::NoCallback, false),
            (
                Error::Unreachable { detail: detail() },
                DialReason::Unreachable,
                false,
            ),
            (
                Error::Interrupted { detail: detail() },
                DialReason::Unreachable,
                true,
            ),
            (Error::Tls { detail: detail() }, DialReason::Tls, false),
            (Error::Timeout { sent: false }, DialReason::Timeout, false),
            (Error::Timeout { sent: true }, DialReason::Timeout, true),
            (Error::Rejected { status: 400 }, DialReason::Platform, false),
            (Error::Server { status: 500 }, DialReason::Platform, true),
            (Error::WebPage { status: 200 }, DialReason::Platform, true),
        ] {
            assert_eq!(
                (platform_reason(&error), error.may_have_rung()),
                (reason, may_have_rung),
                "{error:?}"
            );
        }
    }

    #[test]
    fn each_answer_of_the_relay_has_its_reason() {
        let refused = |name: &str| ClientError::Refused {
            problem: Box::new(Problem {
                kind: format!("{}{name}", problem::PREFIX),
                title: String::new(),
                status: 409,
                detail: None,
                may_have_rung: None,
                reason: None,
            }),
            retry_after: None,
        };
        for (name, expected) in [
            (problem::UNAUTHORIZED, DialReason::RelayRefused),
            (problem::FORBIDDEN, DialReason::RelayCannotDial),
            (problem::DIAL_UNAVAILABLE, DialReason::RelayCannotDial),
            (problem::NUMBER_REFUSED, DialReason::NumberRefused),
            (problem::BAD_REQUEST, DialReason::NumberRefused),
            (problem::RULE_REFUSED, DialReason::RuleRefused),
            (problem::CONFIRMATION_NEEDED, DialReason::ToConfirm),
            (problem::TOO_MANY_CALLS, DialReason::TooManyCalls),
            (problem::PLATFORM_KEY, DialReason::WrongKey),
            (problem::PLATFORM_FORBIDDEN, DialReason::Forbidden),
            (problem::PLATFORM_BUSY, DialReason::RateLimited),
            (problem::TOO_MANY_REQUESTS, DialReason::TooManyRequests),
            (problem::PLATFORM_NO_CALLBACK, DialReason::NoCallback),
            (problem::PLATFORM_UNREACHABLE, DialReason::Unreachable),
            (problem::PLATFORM_TLS, DialReason::Tls),
            (problem::PLATFORM_TIMEOUT, DialReason::Timeout),
            (problem::UNAVAILABLE, DialReason::RelayUnreachable),
            ("of-a-later-version", DialReason::Platform),
        ] {
            assert_eq!(reason(&refused(name)), expected, "{name}");
        }
        let why = || "words of the system".to_owned();
        for (error, expected) in [
            (
                ClientError::Unreachable { why: why() },
                DialReason::RelayUnreachable,
            ),
            (ClientError::Tls { why: why() }, DialReason::RelayUnreachable),
            (
                ClientError::Interrupted { why: why() },
                DialReason::RelayUnreachable,
            ),
            (
                ClientError::NotARelay { status: 200 },
                DialReason::RelayUnreachable,
            ),
            (ClientError::TimedOut, DialReason::Timeout),
            (ClientError::Unreadable { why: why() }, DialReason::Platform),
        ] {
            assert_eq!(reason(&error), expected, "{error:?}");
        }
    }
}
