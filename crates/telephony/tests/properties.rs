//! What holds for every text and every number.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

use proptest::prelude::*;
use telephony::{
    Destination, E164, ExtensionRange, Extensions, Language, Meaning, Party, Rules, Verdict, about, class,
    copy_form, display, display_destination, display_number, may_dial, understand,
};

/// Pieces of what people type, so that random texts reach the deeper branches.
fn fragment() -> impl Strategy<Value = String> {
    prop_oneof![
        "[0-9]{1,15}",
        "0[1-9]([ .-]?[0-9]{2}){4}",
        "\\+[0-9]{1,15}",
        "[ .,;:/()#*+\\-\n\t\u{a0}\u{202f}]{1,3}",
        prop::sample::select(vec![
            "Tél. : ",
            "Fax",
            "poste 204",
            " ou ",
            "tel:",
            "sip:",
            "callto:",
            ";ext=12",
            ";phone-context=+33",
            "0800 ALLO 12",
            "(0)",
            "00",
            "+33",
            "%20",
            "%",
            "@sip.example",
            "é",
            "\u{202d}",
            "٣",
            "𝟗",
            "/01",
            "x",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,4}",
    ]
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(fragment(), 0..8).prop_map(|fragments| fragments.concat()),
    ]
}

fn rules() -> impl Strategy<Value = Rules> {
    let extensions =
        prop::option::of(
            (1_usize..5, 2_usize..9).prop_map(|(min_digits, max_digits)| Extensions {
                min_digits,
                max_digits,
                overriding: vec!["15".to_owned(), "3639".to_owned()],
            }),
        );
    let prefix = prop::option::of(prop::sample::select(vec!["0", "9", "", "00"]).prop_map(str::to_owned));
    let range = prop::option::of(
        (2_usize..9).prop_filter_map("a range", |digits| ExtensionRange::new("+3314268", digits).ok()),
    );
    (prefix, extensions, range).prop_map(|(outside_prefix, extensions, range)| Rules {
        outside_prefix,
        extensions,
        range,
    })
}

/// Numbers that exist: French ones of every first digit, and others by country.
fn number() -> impl Strategy<Value = E164> {
    let text = prop_oneof![
        "33(1|2[0-57]|3|4[1-9]|5[1-8])[0-9]{8}".prop_map(|digits| digits[..11].to_owned()),
        "336[0-24-8][0-9]{7}",
        "337[3-9][0-9]{7}",
        "3380[0-9][0-9]{6}",
        "3389[0-9]{7}",
        "3397[0-5][0-9]{6}",
        "442079460[0-9]{3}",
        "1212555[0-9]{4}",
        "2626920[0-9]{5}",
        "50841[0-9]{4}",
        "68726[0-9]{4}",
        "3906698[0-9]{5}",
        "49301234[0-9]{3}",
    ];
    text.prop_map(|digits| E164::parse(&digits).unwrap())
}

fn only_number(meaning: Meaning) -> Option<E164> {
    match meaning {
        Meaning::One(one) => one.number().cloned(),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_understood_without_panic_and_kept(text in text(), rules in rules()) {
        let understanding = understand(&text, &rules);
        prop_assert_eq!(&understanding.original, &text);
        match understanding.meaning {
            Meaning::One(one) => {
                let verdict = may_dial(&one);
                // Only a number in international form is ever dialled.
                prop_assert!(one.number().is_some() || matches!(verdict, Verdict::Refuse(_)), "{:?}", one);
                let _ = (one.destination.class().about(), display_destination(&one.destination, Language::Fr));
            }
            Meaning::Several(choices) => {
                prop_assert!(choices.len() > 1);
                prop_assert!(choices.iter().all(|choice| choice.one.number().is_some()));
            }
            Meaning::Empty => prop_assert!(!text.contains(|c: char| c.is_ascii_digit()) || text.contains('%')),
            Meaning::Incomplete(_) | Meaning::Refused(_) => {}
        }
    }

    #[test]
    fn no_digit_is_ever_invented(text in "[0-9 +.()/-]{0,24}") {
        // Whatever is dialled ends in the digits that were typed.
        if let Some(number) = only_number(understand(&text, &Rules::default()).meaning) {
            let typed: String = text.chars().filter(char::is_ascii_digit).collect();
            let tail = &number.digits()[number.digits().len() - 6..];
            prop_assert!(typed.ends_with(tail), "{} from {}", number, text);
        }
    }

    #[test]
    fn what_is_shown_or_copied_is_understood_as_the_same_number(number in number()) {
        for language in [Language::Fr, Language::En] {
            for text in [display_number(&number, language), copy_form(&number, language), number.to_string()] {
                let read = only_number(understand(&text, &Rules::default()).meaning);
                prop_assert_eq!(read.as_ref(), Some(&number), "{} as {}", number, text);
            }
            prop_assert!(!display_number(&number, language).contains(' '), "it would break over two lines");
        }
    }

    #[test]
    fn every_party_can_be_shown_and_classed(text in any::<String>(), digits in "[0-9]{1,16}") {
        for text in [text, digits] {
            let party = Party::from(text.clone());
            let _ = (display(&party, Language::Fr), about(&party));
            if let Party::Number(number) = &party {
                let _ = class(number);
            }
            prop_assert_eq!(String::from(party.clone()), match party {
                Party::Number(number) => number.to_string(),
                Party::Other(_) => text,
            });
        }
    }
}

#[test]
fn an_emergency_number_is_refused_however_it_is_wrapped() {
    for digits in [
        "15", "17", "18", "112", "114", "115", "119", "191", "196", "197", "116000", "116111", "116117",
    ] {
        for text in [
            digits.to_owned(),
            format!(" {digits}\n"),
            format!("tel:{digits}"),
            format!("Urgence : {digits}"),
        ] {
            match understand(&text, &Rules::default()).meaning {
                Meaning::One(one) => {
                    assert_eq!(one.destination, Destination::Short(digits.to_owned()), "{text:?}");
                    assert_eq!(
                        may_dial(&one),
                        Verdict::Refuse(telephony::Refusal::Emergency),
                        "{text:?}"
                    );
                }
                other => panic!("{text:?} → {other:?}"),
            }
        }
    }
}

#[test]
fn the_worst_text_of_the_longest_length_is_read_in_bounded_work() {
    use telephony::understand::LONGEST_TEXT;
    for piece in [
        "0 ",
        "1/",
        "01 ",
        "a1 ",
        "1,",
        "00/",
        "01 42 68 53 00 ",
        "+",
        "(",
        "x1",
        "\u{1d7ff}",
        "1 - ",
    ] {
        let text = piece.repeat(LONGEST_TEXT / piece.len());
        #[expect(clippy::disallowed_methods, reason = "how long it takes is what is tested")]
        let started = std::time::Instant::now();
        let _ = understand(&text, &Rules::default());
        // Generous: an unoptimised build on a busy machine. Quadratic work would take minutes.
        assert!(
            started.elapsed().as_secs() < 10,
            "{piece:?} took {:?}",
            started.elapsed()
        );
    }
}
