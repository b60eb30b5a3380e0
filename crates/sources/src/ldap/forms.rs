//! The ways in which directories write a number. Active Directory compares them letter by letter; OpenLDAP's
//! `telephoneNumberMatch` leaves out spaces and hyphens only (RFC 4517, 4.2.29).

use contacts::Numbering;
use telephony::{E164, Language, copy_form, display_number};

/// Each form once, the likeliest first.
pub(super) fn of(number: &E164, numbering: &Numbering) -> Vec<String> {
    let plain = |text: String| text.replace('\u{a0}', " ");
    let international = plain(display_number(number, Language::En));
    let national = plain(display_number(number, Language::Fr));
    let mut forms = vec![
        number.as_str().to_owned(),
        international.clone(),
        national.clone(),
        copy_form(number, Language::Fr),
        national.replace(' ', "."),
        national.replace(' ', "-"),
        international.replace(' ', "."),
        international.replace(' ', "-"),
        format!("00{}", number.digits()),
        number.digits().to_owned(),
    ];
    if let Some((country, rest)) = international.split_once(' ') {
        let close: String = rest.chars().filter(char::is_ascii_digit).collect();
        forms.push(format!("{country} {close}"));
        if national != international && national.starts_with('0') {
            forms.push(format!("{country} (0){rest}"));
            forms.push(format!("{country} (0) {rest}"));
            forms.push(format!("{country}(0){close}"));
        }
    }
    let range = numbering.rules.range.as_ref();
    let extension = range.and_then(|range| range.extension(number));
    forms.extend(extension.map(str::to_owned));
    let mut seen = std::collections::HashSet::new();
    forms.retain(|form| seen.insert(form.clone()));
    forms
}

#[cfg(test)]
mod tests {
    use telephony::{ExtensionRange, Rules};

    use super::*;

    #[test]
    fn a_french_number_is_tried_as_people_write_it() {
        let numbering = Numbering {
            rules: Rules {
                range: ExtensionRange::new("+3314268", 4).ok(),
                ..Rules::default()
            },
        };
        let forms = of(&E164::parse("+33142685300").unwrap(), &numbering);
        for form in [
            "+33142685300",
            "+33 1 42 68 53 00",
            "01 42 68 53 00",
            "0142685300",
            "01.42.68.53.00",
            "01-42-68-53-00",
            "0033142685300",
            "33142685300",
            "+33 142685300",
            "+33 (0)1 42 68 53 00",
            "+33(0)142685300",
            "5300",
        ] {
            assert!(forms.iter().any(|one| one == form), "{form} of {forms:?}");
        }
        assert_eq!(forms[0], "+33142685300");
    }

    #[test]
    fn every_form_is_read_as_the_number_again() {
        for text in [
            "+33142685300",
            "+33612345678",
            "+442083661177",
            "+12125550123",
            "+262262123456",
        ] {
            let number = E164::parse(text).unwrap();
            for form in of(&number, &Numbering::default()) {
                let understood = telephony::understand(&form, &telephony::Rules::default());
                if let telephony::Meaning::One(one) = understood.meaning {
                    assert_eq!(one.number(), Some(&number), "{form}");
                } else {
                    // A number of another country without its plus.
                    assert!(!form.starts_with('+') && !form.starts_with('0'), "{form}");
                }
            }
        }
    }
}
