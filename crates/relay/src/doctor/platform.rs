//! The operator: whether it answers, whether it takes the key, and whether its clock and ours agree.

use http::Method;
use jiff::{SignedDuration, Timestamp};

use super::ask::{Answer, NoAnswer, ask};
use super::{Finding, State, finding};
use crate::settings::Settings;
use crate::store::kinds::answered::{self, Mark};
use crate::time::to_the_second;
use crate::told;

/// Clocks that differ by less are right.
const CLOSE: SignedDuration = SignedDuration::from_secs(30);
/// Clocks that differ by more are wrong.
const FAR: SignedDuration = SignedDuration::from_mins(5);

pub(super) async fn findings(settings: &Settings) -> Vec<Finding> {
    let answer = ask(Method::GET, settings.platform.url.as_str()).await;
    let clock = clock(&answer, Timestamp::now());
    vec![key(settings), reached(settings, &answer), clock]
}

/// Any request with the key could ring a phone or change the callback address, so it isn't tried: what the operator said when
/// it was last used is told.
fn key(settings: &Settings) -> Finding {
    const WHAT: &str = "platform key";
    let Some(key) = &settings.platform.api_key else {
        return finding(WHAT, State::Warning, settings.no_key().unwrap_or_default());
    };
    let answered = told::answered(&settings.data_dir).ok().flatten();
    let Some(answered) = answered.filter(|answered| answered.key == Mark::of(key)) else {
        let detail = "there is one; whether the operator takes it shows at the first call or at `centrex-relay callback set`";
        return finding(WHAT, State::Untried, detail);
    };
    let at = to_the_second(answered.at);
    match answered.outcome.as_str() {
        answered::ACCEPTED => finding(WHAT, State::Good, format!("the operator took it at {at}")),
        "wrong-key" => finding(
            WHAT,
            State::Failed,
            format!(
                "the operator refused it at {at} (401): nobody can place calls through this relay; put the present key into \
                 platform.api_key_file or CENTREX_RELAY_PLATFORM_API_KEY, restart the relay, then: centrex-relay callback set"
            ),
        ),
        _ => finding(
            WHAT,
            State::Failed,
            format!(
                "the operator refused this relay at {at} (403), not for its key: its address or the account isn't allowed; ask \
                 the operator to allow them"
            ),
        ),
    }
}

fn reached(settings: &Settings, answer: &Result<Answer, NoAnswer>) -> Finding {
    const WHAT: &str = "platform";
    let url = &settings.platform.url;
    match answer {
        Ok(answer) if answer.status >= 500 => finding(
            WHAT,
            State::Warning,
            format!(
                "{url} answers, but with an error of its own (status {}); ask the operator if it goes on",
                answer.status
            ),
        ),
        Ok(answer) => finding(
            WHAT,
            State::Good,
            format!("{url} answers (status {})", answer.status),
        ),
        Err(NoAnswer::Broken(why)) => finding(
            WHAT,
            State::Failed,
            format!(
                "{url} is there, but the connection fails: {why}; check platform.url, this machine's certificates \
                 (ca-certificates) and its clock"
            ),
        ),
        Err(error) => finding(
            WHAT,
            State::Failed,
            format!(
                "{url} can't be reached: {error}; check platform.url, this machine's network and its firewall"
            ),
        ),
    }
}

fn clock(answer: &Result<Answer, NoAnswer>, now: Timestamp) -> Finding {
    const WHAT: &str = "clock";
    let Some(theirs) = answer.as_ref().ok().and_then(Answer::date) else {
        let detail = "nobody was there to compare with; look whether it is kept right: timedatectl";
        return finding(WHAT, State::Untried, detail);
    };
    let (state, detail) = compared(now.duration_since(theirs));
    finding(WHAT, state, detail)
}

/// By how much ours is ahead.
fn compared(ahead: SignedDuration) -> (State, String) {
    let by = ahead.abs();
    if by <= CLOSE {
        return (State::Good, "agrees with the operator's".to_owned());
    }
    let seconds = by.as_secs();
    let way = if ahead.is_positive() { "ahead of" } else { "behind" };
    let fix = "switch on time synchronisation: timedatectl set-ntp true";
    if by <= FAR {
        return (State::Warning, format!("{seconds} s {way} the operator's; {fix}"));
    }
    let detail = format!(
        "{seconds} s {way} the operator's: desktops take calls for old or new, and TLS may fail; {fix}"
    );
    (State::Failed, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_compared_to_what_matters() {
        for (ahead, state, word) in [
            (0, State::Good, "agrees"),
            (-30, State::Good, "agrees"),
            (31, State::Warning, "31 s ahead of"),
            (-299, State::Warning, "299 s behind"),
            (-3600, State::Failed, "3600 s behind"),
        ] {
            let (found, detail) = compared(SignedDuration::from_secs(ahead));
            assert_eq!(found, state, "{ahead}");
            assert!(detail.contains(word), "{detail}");
        }
    }
}
