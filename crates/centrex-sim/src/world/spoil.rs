//! How a callback's content is written, and what the faults do to it. Pure functions of the faults and of chance.

use super::call::{Party, Reason};
use crate::chance::Chance;
use crate::faults::{CallbackFaults, DurationForm, NumberForm, StatusForm, WithheldForm};
use crate::number::E164;
use crate::query::Parameter;

/// What chance decided for one callback. Every chance is drawn every time, so that changing one fault moves no other.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Roll {
    pub(super) drop: bool,
    pub(super) duplicate: bool,
    pub(super) reorder: bool,
    pub(super) delay_s: Option<f64>,
    pub(super) exact_delay_s: Option<f64>,
    pub(super) extra: bool,
    pub(super) repeated: bool,
    pub(super) shuffled: bool,
    pub(super) broken: bool,
    pub(super) missing_call_id: bool,
    pub(super) unknown_event: bool,
    pub(super) slash: bool,
}

impl Roll {
    pub(super) fn draw(chance: &mut Chance, faults: &CallbackFaults) -> Self {
        let drop = chance.hit(faults.drop);
        let duplicate = chance.hit(faults.duplicate);
        let reorder = chance.hit(faults.reorder);
        let delayed = chance.hit(faults.delay);
        let delay = chance.between(faults.delay_s);
        Self {
            drop,
            duplicate,
            reorder,
            delay_s: delayed.then_some(delay),
            exact_delay_s: None,
            extra: chance.hit(faults.extra_parameters),
            repeated: chance.hit(faults.repeated_parameters),
            shuffled: chance.hit(faults.shuffled_parameters),
            broken: chance.hit(faults.broken_encoding),
            missing_call_id: chance.hit(faults.missing_call_id),
            unknown_event: chance.hit(faults.unknown_event),
            slash: chance.hit(faults.slash_before_query),
        }
    }
}

/// A party's number as a parameter, or none when it is withheld by leaving it out.
pub(super) fn number(
    name: &str,
    party: &Party,
    form: NumberForm,
    withheld: WithheldForm,
    chance: &mut Chance,
) -> Option<Parameter> {
    let forms = [NumberForm::Digits, NumberForm::Plus, NumberForm::UnescapedPlus];
    let ways = [WithheldForm::Empty, WithheldForm::Anonymous, WithheldForm::Absent];
    let (form_drawn, way_drawn) = (forms[chance.below(forms.len())], ways[chance.below(ways.len())]);
    let form = if form == NumberForm::Any { form_drawn } else { form };
    let number = match party {
        Party::Account { number, .. } | Party::Group { number, .. } => number.clone(),
        Party::Outside(text) => match E164::parse(text) {
            Some(number) => number,
            None => return Some(Parameter::new(name, text)),
        },
        Party::Withheld => {
            return match if withheld == WithheldForm::Any {
                way_drawn
            } else {
                withheld
            } {
                WithheldForm::Empty | WithheldForm::Any => Some(Parameter::new(name, "")),
                WithheldForm::Anonymous => Some(Parameter::new(name, "anonymous")),
                WithheldForm::Absent => None,
            };
        }
    };
    Some(match form {
        NumberForm::Digits | NumberForm::Any => Parameter::new(name, number.digits()),
        NumberForm::Plus => Parameter::new(name, &number.to_string()),
        NumberForm::UnescapedPlus => Parameter::raw(name, &number.to_string()),
    })
}

/// `status`, or nothing.
pub(super) fn status(reason: Reason, form: &StatusForm, chance: &mut Chance) -> Option<Parameter> {
    let forms = [
        StatusForm::Usual,
        StatusForm::LowerCase,
        StatusForm::French,
        StatusForm::SipCode,
        StatusForm::Empty,
        StatusForm::Absent,
    ];
    let drawn = &forms[chance.below(forms.len())];
    let form = if *form == StatusForm::Any { drawn } else { form };
    let text = match form {
        StatusForm::Usual | StatusForm::Any => reason.as_str().to_uppercase(),
        StatusForm::LowerCase => reason.as_str().replace('_', " "),
        StatusForm::French => french(reason).to_owned(),
        StatusForm::SipCode => sip_code(reason).to_owned(),
        StatusForm::Empty => String::new(),
        StatusForm::Absent => return None,
        StatusForm::Text(text) => text.clone(),
    };
    Some(Parameter::new("status", &text))
}

fn french(reason: Reason) -> &'static str {
    match reason {
        Reason::Answered => "Terminé",
        Reason::NoAnswer => "Sans réponse",
        Reason::Busy => "Occupé",
        Reason::Cancelled => "Annulé",
        Reason::Rejected => "Refusé",
        Reason::Unreachable => "Injoignable",
    }
}

/// RFC 3261 section 21.
fn sip_code(reason: Reason) -> &'static str {
    match reason {
        Reason::Answered => "200",
        Reason::NoAnswer => "480",
        Reason::Busy => "486",
        Reason::Cancelled => "487",
        Reason::Rejected => "603",
        Reason::Unreachable => "404",
    }
}

/// `billable_duration`, or nothing.
pub(super) fn billable_duration(seconds: f64, form: &DurationForm, chance: &mut Chance) -> Option<Parameter> {
    let forms = [
        DurationForm::Usual,
        DurationForm::Empty,
        DurationForm::Absent,
        DurationForm::Negative,
        DurationForm::Decimal,
        DurationForm::Clock,
        DurationForm::Huge,
    ];
    let drawn = &forms[chance.below(forms.len())];
    let text = match if *form == DurationForm::Any { drawn } else { form } {
        DurationForm::Usual | DurationForm::Any => format!("{seconds:.0}"),
        DurationForm::Empty => String::new(),
        DurationForm::Absent => return None,
        DurationForm::Negative => "-1".to_owned(),
        DurationForm::Decimal => "12.5".to_owned(),
        DurationForm::Clock => "00:00:12".to_owned(),
        DurationForm::Huge => "99999999999999999999".to_owned(),
    };
    Some(Parameter::new("billable_duration", &text))
}

/// What the faults do to the parameters themselves.
pub(super) fn spoil(parameters: &mut Vec<Parameter>, roll: &Roll, chance: &mut Chance) {
    if roll.missing_call_id {
        parameters.retain(|parameter| parameter.name != "call_id");
    }
    if roll.repeated {
        // The guide itself lists call_id twice for call_end.
        let repeated = |p: &&Parameter| p.name == "call_id" || p.name == "called_number";
        let again: Vec<Parameter> = parameters.iter().filter(repeated).cloned().collect();
        parameters.extend(again);
    }
    if roll.extra {
        parameters.push(Parameter::new("queue", "Accueil"));
        parameters.push(Parameter::new(
            "x-trace.id",
            &format!("{:08x}", chance.bits() as u32),
        ));
        parameters.push(Parameter::new("calling_name", "Réception & Cie"));
        parameters.push(Parameter::new("flag", ""));
    }
    if roll.broken {
        parameters.push(broken(chance));
    }
    if roll.shuffled {
        chance.shuffle(parameters);
    }
}

/// A parameter that no strict decoder accepts; what the call is stays readable beside it.
fn broken(chance: &mut Chance) -> Parameter {
    let ways = [
        // Latin-1, as an old script writes it.
        "Caf%E9",
        // Not percent-encoding.
        "100%",
        "%ZZ",
        // An overlong form, and a lone surrogate, of UTF-8 (RFC 3629 section 3).
        "%C0%AF",
        "%ED%A0%80",
        // A zero byte.
        "a%00b",
    ];
    Parameter::raw("calling_name", ways[chance.below(ways.len())])
}

/// A callback with an event that the guide does not name.
pub(super) fn unknown_event(call_id: &str, chance: &mut Chance) -> (&'static str, Vec<Parameter>) {
    let events = [
        "call_transferred",
        "call_held",
        "recording_available",
        "CALL_CONNECTED",
    ];
    let event = events[chance.below(events.len())];
    (
        event,
        vec![Parameter::new("call_id", call_id), Parameter::new("event", event)],
    )
}
