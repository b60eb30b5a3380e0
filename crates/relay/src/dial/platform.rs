//! The platform's failures, each as its own problem.

use std::time::Duration;

use http::StatusCode;
use relay_api::wire::problem;

use crate::problem::Refusal;

/// How long to leave a busy platform alone that names no time.
const BUSY: Duration = Duration::from_secs(10);

/// What to tell a desktop about a failed request. Whether a phone may have rung is the client's own judgement.
pub(super) fn refusal(error: &centrex::Error) -> Refusal {
    let retry_after = match error {
        centrex::Error::RateLimited { retry_after } => Some(retry_after.unwrap_or(BUSY)),
        _ => None,
    };
    let (status, name, title, detail) = words(error);
    let mut refusal = Refusal::new(status, name, title, detail).rung(error.may_have_rung());
    refusal.retry_after = retry_after;
    refusal
}

fn words(error: &centrex::Error) -> (StatusCode, &'static str, &'static str, &'static str) {
    use centrex::Error as E;
    const BAD: StatusCode = StatusCode::BAD_GATEWAY;
    match error {
        E::WrongKey => (
            BAD,
            problem::PLATFORM_KEY,
            "The platform refused the key",
            "The operator doesn't accept the relay's API key; its administrator must put in the right one.",
        ),
        E::Forbidden => (
            BAD,
            problem::PLATFORM_FORBIDDEN,
            "The platform refuses this relay",
            "The operator refuses the relay's address or this account; ask the operator to allow it.",
        ),
        E::RateLimited { .. } => (
            StatusCode::SERVICE_UNAVAILABLE,
            problem::PLATFORM_BUSY,
            "The platform asks to slow down",
            "Too many calls were started at once; nothing rang. Wait a moment and try again.",
        ),
        E::NoCallback => (
            BAD,
            problem::PLATFORM_NO_CALLBACK,
            "No callback URL at the platform",
            "The operator has no callback URL for this account; the administrator can run: centrex-relay callback set.",
        ),
        E::Unreachable { .. } | E::Timeout { sent: false } => (
            BAD,
            problem::PLATFORM_UNREACHABLE,
            "The platform can't be reached",
            "The relay has no connection to the operator; nothing rang. Try again in a moment, or dial on the phone.",
        ),
        E::Tls { .. } => (
            BAD,
            problem::PLATFORM_TLS,
            "No encrypted connection to the platform",
            "The relay doesn't trust the operator's certificate, or TLS failed otherwise; nothing rang. Its administrator must \
             check platform.url, the machine's date and its certificates; until then dial on the phone.",
        ),
        E::Timeout { sent: true } => timeout(),
        E::Interrupted { .. } => (
            BAD,
            problem::PLATFORM_ERROR,
            "The connection to the platform broke",
            "The connection broke while the operator was asked; your phone may ring all the same.",
        ),
        // It was carried out, and its answer lies elsewhere.
        E::Redirected { status: 303 } => (
            BAD,
            problem::PLATFORM_ERROR,
            "The platform answered with another address",
            "The operator took the request and answered with a redirect; your phone may ring all the same.",
        ),
        E::Redirected { .. } => (
            BAD,
            problem::PLATFORM_ERROR,
            "The platform's address leads elsewhere",
            "The operator's address is a redirect, and the key goes to no other; nothing rang. The relay's administrator must \
             put the right one into platform.url.",
        ),
        E::Rejected { .. } => (
            BAD,
            problem::PLATFORM_ERROR,
            "The platform refused the call",
            "The operator refused this call; check the account and the number.",
        ),
        _ => (
            BAD,
            problem::PLATFORM_ERROR,
            "The platform failed",
            "The operator's answer makes no sense; your phone may ring all the same.",
        ),
    }
}

fn timeout() -> (StatusCode, &'static str, &'static str, &'static str) {
    (
        StatusCode::GATEWAY_TIMEOUT,
        problem::PLATFORM_TIMEOUT,
        "The platform didn't answer in time",
        "The operator didn't answer in time; your phone may ring all the same.",
    )
}

/// A restart came between the request to the platform and its answer.
pub(super) fn swallowed() -> Refusal {
    let (status, name, title, _) = timeout();
    let detail = "The relay restarted while the operator was asked; your phone may ring or have rung.";
    Refusal::new(status, name, title, detail).rung(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Words of the system may hold an address, and with it the key.
    const DETAIL: &str = "words of the system";

    #[test]
    fn each_failure_has_its_problem_and_says_whether_a_phone_may_ring() {
        use centrex::Error as E;
        let detail = || DETAIL.to_owned();
        for (error, name, says) in [
            (E::WrongKey, problem::PLATFORM_KEY, "key"),
            (E::Forbidden, problem::PLATFORM_FORBIDDEN, "address"),
            (
                E::RateLimited { retry_after: None },
                problem::PLATFORM_BUSY,
                "nothing rang",
            ),
            (E::NoCallback, problem::PLATFORM_NO_CALLBACK, "callback"),
            (
                E::Unreachable { detail: detail() },
                problem::PLATFORM_UNREACHABLE,
                "nothing rang",
            ),
            (
                E::Timeout { sent: false },
                problem::PLATFORM_UNREACHABLE,
                "nothing rang",
            ),
            (E::Tls { detail: detail() }, problem::PLATFORM_TLS, "nothing rang"),
            (E::Timeout { sent: true }, problem::PLATFORM_TIMEOUT, "may ring"),
            (
                E::Interrupted { detail: detail() },
                problem::PLATFORM_ERROR,
                "may ring",
            ),
            (
                E::Redirected { status: 302 },
                problem::PLATFORM_ERROR,
                "nothing rang",
            ),
            (E::Redirected { status: 303 }, problem::PLATFORM_ERROR, "may ring"),
            (E::Rejected { status: 400 }, problem::PLATFORM_ERROR, "refused"),
            (E::Server { status: 500 }, problem::PLATFORM_ERROR, "may ring"),
        ] {
            let (_, told, title, words) = words(&error);
            assert_eq!(told, name, "{error:?}");
            assert!(words.contains(says), "{error:?}: {words}");
            assert_eq!(
                words.contains("may ring"),
                error.may_have_rung(),
                "{error:?}: {words}"
            );
            assert!(!title.contains(DETAIL) && !words.contains(DETAIL));
            if matches!(error, E::Tls { .. }) {
                assert!(
                    !words.contains("in a moment"),
                    "it doesn't pass by itself: {words}"
                );
            }
        }
    }
}
