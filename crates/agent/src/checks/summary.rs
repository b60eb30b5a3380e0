//! A line each for the relay and the platform, whichever way of working is set up: a script can rely on their being there, and
//! on that of each there is one.

use companion::settings::Mode;
use control::protocol::{Check, CheckResult};

use super::{CheckName, ok, skipped};

/// Adds `relay` and `platform` after the steps that they sum up, where the steps don't hold them already.
pub(crate) fn summarise(mode: Mode, checks: &mut Vec<Check>) {
    let relay = match mode {
        Mode::Unset => skipped(CheckName::Relay, "test-not-set-up"),
        Mode::Direct => skipped(CheckName::Relay, "doctor-relay-unused"),
        Mode::Relay => match worst(checks, &CheckName::RELAY_STEPS) {
            Some(found) => named(CheckName::Relay, found),
            None => ok(CheckName::Relay, "doctor-relay-ok"),
        },
    };
    let platform = match mode {
        Mode::Unset => skipped(CheckName::Platform, "test-not-set-up"),
        // The platform's refusal of the last call comes through the relay.
        Mode::Relay => match worst(checks, &[CheckName::RelayDial]) {
            Some(refused) if refused.result == CheckResult::Failed => named(CheckName::Platform, refused),
            _ => skipped(CheckName::Platform, "doctor-platform-by-relay"),
        },
        Mode::Direct => match worst(checks, &[CheckName::PlatformAddress]) {
            Some(found) => named(CheckName::Platform, found),
            // What stands before it failed, so that it wasn't asked.
            None => match worst(checks, &[CheckName::Account]) {
                Some(found) => Check {
                    result: CheckResult::Skipped,
                    ..named(CheckName::Platform, found)
                },
                None => skipped(CheckName::Platform, "test-not-set-up"),
            },
        },
    };
    for summary in [relay, platform] {
        if !checks.iter().any(|check| check.name == summary.name) {
            checks.push(summary);
        }
    }
}

/// The first of these checks that failed, else the first that has a reservation.
fn worst<'a>(checks: &'a [Check], names: &[CheckName]) -> Option<&'a Check> {
    let first = |result| {
        checks
            .iter()
            .find(|check| check.result == result && names.iter().any(|name| name.as_str() == check.name))
    };
    first(CheckResult::Failed).or_else(|| first(CheckResult::Warning))
}

fn named(name: CheckName, found: &Check) -> Check {
    Check {
        name: name.as_str().to_owned(),
        ..found.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;

    fn summary(mode: Mode, found: &[(CheckName, CheckResult, &str)]) -> [(CheckResult, String); 2] {
        let mut checks: Vec<Check> = found
            .iter()
            .map(|(name, result, id)| check(*name, *result, (*id).into()))
            .collect();
        summarise(mode, &mut checks);
        ["relay", "platform"].map(|name| {
            let mut of_that_name = checks.iter().filter(|check| check.name == name);
            let check = of_that_name.next().unwrap_or_else(|| panic!("no {name}"));
            assert_eq!(of_that_name.count(), 0, "{name} twice");
            (check.result, check.message.id.clone())
        })
    }

    #[test]
    fn relay_and_platform_have_a_line_in_every_way_of_working() {
        use CheckResult::{Failed, Ok, Skipped, Warning};
        let told = |result, id: &str| (result, id.to_owned());
        assert_eq!(
            summary(Mode::Unset, &[(CheckName::Mode, Skipped, "test-not-set-up")]),
            [told(Skipped, "test-not-set-up"), told(Skipped, "test-not-set-up")]
        );
        let answers = (CheckName::RelayReachable, Ok, "test-relay-reachable");
        assert_eq!(
            summary(
                Mode::Relay,
                &[answers, (CheckName::RelayDial, Ok, "test-relay-dial-ok")]
            ),
            [
                told(Ok, "doctor-relay-ok"),
                told(Skipped, "doctor-platform-by-relay")
            ]
        );
        let watches = (CheckName::RelayDial, Warning, "test-relay-dial-none");
        let silent = (CheckName::RelayStream, Failed, "test-stream-failed");
        assert_eq!(
            summary(Mode::Relay, &[answers, watches, silent]),
            [
                told(Failed, "test-stream-failed"),
                told(Skipped, "doctor-platform-by-relay")
            ]
        );
        let refused = (CheckName::RelayDial, Failed, "test-relay-refused-key");
        assert_eq!(
            summary(Mode::Relay, &[answers, refused]),
            [
                told(Failed, "test-relay-refused-key"),
                told(Failed, "test-relay-refused-key")
            ]
        );
        let unused = told(Skipped, "doctor-relay-unused");
        assert_eq!(
            summary(
                Mode::Direct,
                &[(CheckName::Platform, Ok, "test-platform-reachable")]
            ),
            [unused.clone(), told(Ok, "test-platform-reachable")]
        );
        assert_eq!(
            summary(
                Mode::Direct,
                &[(CheckName::PlatformAddress, Failed, "test-address-unknown")]
            ),
            [unused.clone(), told(Failed, "test-address-unknown")]
        );
        assert_eq!(
            summary(
                Mode::Direct,
                &[(CheckName::Account, Failed, "test-account-missing")]
            ),
            [unused, told(Skipped, "test-account-missing")]
        );
    }
}
