//! Which numbers the relay lets through, whatever a desktop has checked.

use http::StatusCode;
use relay_api::wire::problem;
use telephony::{Caution, E164, Meaning, Rules, Verdict, may_dial, understand};

use crate::problem::Refusal;

/// Reads the number as a person may have written it, and checks that click-to-call may dial it. Beside the number: the
/// question that the person must say yes to first, if there is one.
pub(super) fn understood(text: &str, confirmed: bool) -> Result<(E164, Option<Refusal>), Refusal> {
    let one = match understand(text, &Rules::default()).meaning {
        Meaning::One(one) => one,
        Meaning::Empty => return Err(refused("empty", "No number was given.")),
        Meaning::Several(_) => {
            return Err(refused(
                "several",
                "There is more than one number in this text; send one.",
            ));
        }
        Meaning::Incomplete(reason) | Meaning::Refused(reason) => {
            return Err(refused(reason.code(), sentence(reason)));
        }
    };
    let question = match may_dial(&one) {
        Verdict::Refuse(reason) => return Err(refused(reason.code(), sentence(reason))),
        Verdict::Confirm(caution) if !confirmed => Some(to_confirm(caution)),
        Verdict::Confirm(_) | Verdict::Dial => None,
    };
    let number = one.number().cloned().ok_or_else(|| {
        let reason = telephony::Refusal::NotANumber;
        refused(reason.code(), sentence(reason))
    })?;
    Ok((number, question))
}

fn refused(reason: &str, detail: &str) -> Refusal {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut refusal = Refusal::new(status, problem::NUMBER_REFUSED, "Number not dialled", detail).rung(false);
    refusal.problem.reason = Some(reason.to_owned());
    refusal
}

fn to_confirm(caution: Caution) -> Refusal {
    let why = match caution {
        Caution::Premium => "This number is charged at a premium rate",
        Caution::LostZeroOrCountryCode | Caution::LostZero => "This number seems to lack its first digits",
        Caution::NotInPlan => "No such range is known in that country's numbering plan",
        Caution::Letters => "Letters of this number were turned into digits",
        Caution::Fax => "This number is labelled as a fax",
    };
    let detail = format!("{why}; send it again with \"confirmed\": true if it is meant.");
    let title = "To be confirmed first";
    let mut refusal =
        Refusal::new(StatusCode::CONFLICT, problem::CONFIRMATION_NEEDED, title, detail).rung(false);
    refusal.problem.reason = Some(caution.code().to_owned());
    refusal
}

fn sentence(reason: telephony::Refusal) -> &'static str {
    use telephony::Refusal as R;
    match reason {
        R::TooShort { .. } => "The number has too few digits.",
        R::TooLong { .. } => "The number has too many digits.",
        R::Letters => "There are letters where digits should be.",
        R::ServiceCode => "Star and hash codes change the line's settings; dial them on the phone.",
        R::MissingPrefix => "This looks like a foreign number without its + or 00; add it.",
        R::UnknownCountry => "No country has this code; check the digits after the +.",
        R::NotANumber => "This is no phone number.",
        R::SipAddress => "This is a SIP address with a name; click-to-call takes numbers.",
        R::TooMuchText => "The text is too long to look for a number in it.",
        R::Emergency => {
            "Emergency numbers are dialled on the phone itself, which tells where you are; click-to-call does not dial them."
        }
        R::ShortNumber => "Short numbers can't be dialled by click-to-call; dial it on the phone.",
        R::Directory => "Directory services can't be dialled by click-to-call; dial it on the phone.",
        R::Extension => "Extensions can't be dialled by click-to-call; dial it on the phone.",
        R::Machine => "This is a machine's number.",
        R::SpecialService => "Numbers from 083 to 088 can't be dialled by click-to-call.",
        R::Satellite => "Satellite and special international services are not dialled by click-to-call.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name_and_reason(text: &str, confirmed: bool) -> (String, String) {
        let problem = match understood(text, confirmed) {
            Err(refusal) | Ok((_, Some(refusal))) => refusal.problem,
            Ok((number, None)) => panic!("{number} is dialled"),
        };
        assert_eq!(problem.may_have_rung, Some(false));
        (problem.name().unwrap().to_owned(), problem.reason.unwrap())
    }

    #[test]
    fn what_people_write_is_understood() {
        for text in [
            "+33199000012",
            "33 1 99 00 00 12",
            "01 99 00 00 12",
            "tel:+33-1-99-00-00-12",
        ] {
            assert_eq!(
                understood(text, false)
                    .map(|(number, _)| number.as_str().to_owned())
                    .ok(),
                Some("+33199000012".to_owned()),
                "{text}"
            );
        }
    }

    #[test]
    fn what_may_not_be_dialled_is_refused_with_the_reason() {
        let refused = problem::NUMBER_REFUSED.to_owned();
        assert_eq!(
            name_and_reason("112", true),
            (refused.clone(), "emergency".to_owned())
        );
        assert_eq!(
            name_and_reason("3639", true),
            (refused.clone(), "short-number".to_owned())
        );
        assert_eq!(
            name_and_reason("*21#", true),
            (refused.clone(), "service-code".to_owned())
        );
        assert_eq!(name_and_reason("", true), (refused, "empty".to_owned()));
    }

    #[test]
    fn premium_rates_ask_for_a_word_first() {
        let asked = (problem::CONFIRMATION_NEEDED.to_owned(), "premium".to_owned());
        assert_eq!(name_and_reason("08 99 00 00 12", false), asked);
        assert!(matches!(understood("08 99 00 00 12", true), Ok((_, None))));
    }
}
