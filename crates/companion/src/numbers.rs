//! Numbers in words: how one is shown, what is said about it, what a typed text means. The judgement is `telephony`'s.

use telephony::{About, Call, Caution, E164, Meaning, Note, One, Party, Refusal, Rules};

pub(crate) use telephony::neutralise;

use crate::view::{Choice, Understood, Verdict};
use crate::words::{self, Language, Message};

/// Longest text from outside that is shown as a party, in characters.
const LONGEST_PARTY: usize = 40;
/// What platforms write for a caller who withholds the number, in lower case.
const WITHHELD: [&str; 5] = ["anonymous", "anonyme", "restricted", "private", "withheld"];

/// A number for the eye.
pub(crate) fn show(number: &E164, lang: Language) -> String {
    telephony::display_number(number, lang)
}

/// A number for the clipboard: digits that any dialler understands.
pub(crate) fn copy_form(number: &E164, lang: Language) -> String {
    telephony::copy_form(number, lang)
}

/// Who stands at the other end, for the eye; `None` when the number is withheld. Hostile text is neutralised.
pub(crate) fn show_party(party: Option<&Party>, lang: Language) -> Option<String> {
    match party? {
        Party::Number(number) => Some(show(number, lang)),
        Party::Other(text) => {
            let clean = neutralise(text, LONGEST_PARTY);
            (!names_nobody(&clean)).then(|| telephony::display(&Party::Other(clean), lang))
        }
    }
}

/// Who stands at the other end of a call, for the eye: an extension as it was told. `None` when the number is withheld.
pub(crate) fn show_other(call: &Call, lang: Language) -> Option<String> {
    match &call.extension {
        Some(extension) => Some(neutralise(extension, LONGEST_PARTY)).filter(|clean| !clean.is_empty()),
        None => show_party(call.other_party(), lang),
    }
}

/// The number, when it is one that click-to-call may dial (perhaps after a question).
pub(crate) fn callable(party: Option<&Party>) -> Option<&E164> {
    match party {
        Some(Party::Number(number)) => {
            let refused = matches!(telephony::may_dial_number(number), telephony::Verdict::Refuse(_));
            (!refused).then_some(number)
        }
        _ => None,
    }
}

/// The number of a party, whether it may be called or not.
pub(crate) fn number(party: Option<&Party>) -> Option<&E164> {
    match party {
        Some(Party::Number(number)) => Some(number),
        _ => None,
    }
}

/// Whether both are the same party. Those who withhold their number are never the same.
pub(crate) fn is_same_party(a: Option<&Party>, b: Option<&Party>) -> bool {
    a == b && !is_withheld(a)
}

/// Whether nobody can tell who that is.
fn is_withheld(party: Option<&Party>) -> bool {
    match party {
        None => true,
        Some(Party::Number(_)) => false,
        Some(Party::Other(text)) => names_nobody(&neutralise(text, LONGEST_PARTY)),
    }
}

fn names_nobody(clean: &str) -> bool {
    clean.is_empty() || WITHHELD.contains(&clean.to_lowercase().as_str())
}

/// What is known about the other party of a call, when it is worth a line.
pub(crate) fn about(call: &Call) -> Option<Message> {
    let about = match call.extension {
        Some(_) => About::Extension,
        None => telephony::about(call.other_party()?)?,
    };
    Some(about_message(&about))
}

fn about_message(about: &About) -> Message {
    match about {
        About::Territory(territory) => Message::new(&format!("about-territory-{}", territory.code())),
        About::Country { calling_code, region } => {
            let named = region
                .as_ref()
                .map(|region| format!("country-{}", region.as_str().to_lowercase()));
            match named.filter(|id| words::knows(id)) {
                Some(id) => Message::new(&id),
                None => Message::new("about-country-code").with("code", calling_code.to_string()),
            }
        }
        other => Message::new(&format!("about-{}", other.code())),
    }
}

/// What a typed text means, and what to say to who dials it all the same.
#[derive(Clone, Debug)]
pub(crate) struct Judged {
    /// For the field.
    pub understood: Understood,
    /// Why it can't be dialled as it is, when it can't.
    pub refusal: Option<Message>,
}

/// Judges a typed or pasted text by the company's rules. Pure and total.
pub(crate) fn judge(input: &str, rules: &Rules, lang: Language) -> Judged {
    match telephony::understand(input, rules).meaning {
        Meaning::Empty => {
            let refusal = Message::new("number-refused-empty");
            Judged {
                understood: bare(Verdict::Empty, None),
                refusal: Some(refusal),
            }
        }
        Meaning::Incomplete(refusal) => Judged {
            understood: bare(Verdict::Incomplete, Some(refused(refusal))),
            refusal: Some(refused(refusal)),
        },
        Meaning::Refused(refusal) => refuse(refused(refusal)),
        Meaning::One(one) => judge_one(&one, rules, lang),
        Meaning::Several(choices) => {
            let choices: Vec<_> = choices
                .iter()
                .filter_map(|choice| {
                    let number = choice.one.number()?.clone();
                    let label = choice
                        .label
                        .as_deref()
                        .map(|label| neutralise(label, LONGEST_PARTY));
                    Some(Choice {
                        display: show(&number, lang),
                        number,
                        label,
                    })
                })
                .collect();
            let message = Message::new("number-choose");
            let mut understood = bare(Verdict::Choose, Some(message.clone()));
            understood.choices = choices;
            Judged {
                understood,
                refusal: Some(message),
            }
        }
    }
}

fn judge_one(one: &One, rules: &Rules, lang: Language) -> Judged {
    let (verdict, message) = match (telephony::may_dial(one), one.number()) {
        (telephony::Verdict::Refuse(refusal), _) => return refuse(refused(refusal)),
        // Only numbers in international form can be sent; the judgement refuses all else.
        (_, None) => return refuse(refused(Refusal::NotANumber)),
        (telephony::Verdict::Confirm(caution), Some(number)) => {
            (Verdict::Confirm, question(caution, number, lang))
        }
        (telephony::Verdict::Dial, Some(number)) => (Verdict::Dial, will_dial(number, one, rules, lang)),
    };
    let number = one.number().cloned();
    let about = number
        .as_ref()
        .and_then(|number| telephony::about(&Party::Number(number.clone())))
        .map(|about| about_message(&about));
    let display = number.as_ref().map(|number| show(number, lang));
    let understood = Understood {
        verdict,
        message: Some(message),
        number,
        display,
        about,
        choices: Vec::new(),
    };
    Judged {
        understood,
        refusal: None,
    }
}

fn bare(verdict: Verdict, message: Option<Message>) -> Understood {
    Understood {
        verdict,
        message,
        number: None,
        display: None,
        about: None,
        choices: Vec::new(),
    }
}

fn refuse(message: Message) -> Judged {
    Judged {
        understood: bare(Verdict::Refuse, Some(message.clone())),
        refusal: Some(message),
    }
}

fn will_dial(number: &E164, one: &One, rules: &Rules, lang: Language) -> Message {
    let display = show(number, lang);
    let inside = rules
        .range
        .as_ref()
        .filter(|_| one.notes.contains(&Note::Extension));
    if let Some(extension) = inside.and_then(|range| range.extension(number)) {
        return Message::new("number-will-dial-inside")
            .with("number", display)
            .with("extension", extension);
    }
    match &one.extension {
        Some(extension) => Message::new("number-will-dial-extension")
            .with("number", display)
            .with("extension", neutralise(extension, LONGEST_PARTY)),
        None => Message::new("number-will-dial").with("number", display),
    }
}

fn question(caution: Caution, number: &E164, lang: Language) -> Message {
    Message::new(&format!("number-confirm-{}", caution.code())).with("number", show(number, lang))
}

/// The sentence for a refusal.
pub(crate) fn refused(refusal: Refusal) -> Message {
    let id = format!("number-refused-{}", refusal.code());
    match refusal.digits() {
        Some((digits, Some(expected))) => Message::new(&id)
            .with("digits", digits.to_string())
            .with("expected", expected.to_string()),
        Some((_, None)) => Message::new(&format!("{id}-open")),
        None => Message::new(&id),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other(text: &str) -> Option<String> {
        show_party(Some(&Party::Other(text.to_owned())), Language::Fr)
    }

    #[test]
    fn hostile_text_is_harmless() {
        assert_eq!(other("204\u{202e}321").as_deref(), Some("204321"));
        assert_eq!(other("a\r\n\tb\u{0}\u{1b}[31mc").as_deref(), Some("a b[31mc"));
        assert_eq!(other("<b>Accueil</b>").as_deref(), Some("<b>Accueil</b>"));
        assert_eq!(other("\u{2066}\u{200b}\u{feff}"), None);
        let long = other(&"x".repeat(10_000)).unwrap();
        assert_eq!(long.chars().count(), LONGEST_PARTY + 1);
        assert!(long.ends_with('…'));
    }

    #[test]
    fn withheld_numbers_have_no_text() {
        for text in ["", "  ", "anonymous", "Anonymous", "RESTRICTED", "anonyme"] {
            assert_eq!(other(text), None, "{text:?}");
        }
        assert_eq!(show_party(None, Language::Fr), None);
        assert_eq!(other("3639").as_deref(), Some("36\u{a0}39"));
    }

    #[test]
    fn incomplete_carries_what_to_say_to_who_dials_it_now() {
        let judged = judge("01 42 68 53 0", &Rules::default(), Language::Fr);
        assert_eq!(judged.understood.verdict, Verdict::Incomplete);
        let message = judged.understood.message.unwrap();
        assert_eq!(message.id, "number-refused-too-short");
        assert_eq!(
            (message.args["digits"].as_str(), message.args["expected"].as_str()),
            ("9", "10")
        );
        assert_eq!(judged.refusal, Some(message));
    }

    #[test]
    fn one_number_shows_what_will_be_dialled() {
        let judged = judge("Tél. : 01.42.68.53.00 poste 204", &Rules::default(), Language::Fr);
        assert_eq!(judged.understood.verdict, Verdict::Dial);
        let message = judged.understood.message.unwrap();
        assert_eq!(message.id, "number-will-dial-extension");
        assert_eq!(message.args["number"], "01\u{a0}42\u{a0}68\u{a0}53\u{a0}00");
        assert_eq!(message.args["extension"], "204");
    }

    #[test]
    fn a_short_number_is_refused_and_premium_asks() {
        let judged = |text| judge(text, &Rules::default(), Language::Fr).understood;
        assert_eq!(judged("112").message.unwrap().id, "number-refused-emergency");
        let premium = judged("0892 70 12 34");
        assert_eq!(premium.verdict, Verdict::Confirm);
        assert_eq!(premium.message.unwrap().id, "number-confirm-premium");
        assert_eq!(premium.about.unwrap().id, "about-premium");
    }

    #[test]
    fn an_extension_is_named_beside_the_number_that_is_dialled() {
        let inside = Rules {
            range: telephony::ExtensionRange::new("+3314268", 4).ok(),
            ..Rules::default()
        };
        let judged = judge("5300", &inside, Language::Fr).understood;
        assert_eq!(judged.verdict, Verdict::Dial);
        assert_eq!(judged.number.unwrap().as_str(), "+33142685300");
        let message = judged.message.unwrap();
        assert_eq!(message.id, "number-will-dial-inside");
        assert_eq!(message.args["extension"], "5300");
        let whole = judge("01 42 68 53 00", &inside, Language::Fr).understood;
        assert_eq!(whole.message.unwrap().id, "number-will-dial");
        let unknown = judge("5300", &Rules::default(), Language::Fr).understood;
        assert_eq!(unknown.verdict, Verdict::Incomplete);
    }
}
