//! What people type and paste in France, one line a vector: the text, and what must come of it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

use telephony::{
    Caution, Destination, ExtensionRange, Extensions, Meaning, Note, One, Refusal, Rules, Verdict, may_dial,
    understand,
};

const T: &str = "+33142685300";

/// What a vector expects.
#[derive(Debug)]
enum Expect {
    /// This number, dialled at once.
    Dial(&'static str),
    /// This number behind which an extension is to be asked for.
    DialWithExtension(&'static str, &'static str),
    /// This number, after a yes.
    Confirm(&'static str, Caution),
    /// These to choose from.
    Choose(&'static [(&'static str, Option<&'static str>)]),
    /// Refused for this reason, finished or not.
    Refuse(Refusal),
    /// Not yet a number.
    Incomplete(Refusal),
}
use Expect::{Choose, Confirm, Dial, DialWithExtension, Incomplete, Refuse};

fn only(meaning: Meaning) -> Option<One> {
    match meaning {
        Meaning::One(one) => Some(one),
        _ => None,
    }
}

fn judge(text: &str, rules: &Rules, expect: &Expect) -> Result<(), String> {
    let understanding = understand(text, rules);
    assert_eq!(understanding.original, text);
    let said = format!("{text:?} → {:?}, wanted {expect:?}", understanding.meaning);
    let ok = match (expect, &understanding.meaning) {
        (Dial(number), Meaning::One(one)) => {
            one.number().map(|n| n.as_str()) == Some(number)
                && one.extension.is_none()
                && may_dial(one) == Verdict::Dial
        }
        (DialWithExtension(number, extension), Meaning::One(one)) => {
            one.number().map(|n| n.as_str()) == Some(number)
                && one.extension.as_deref() == Some(extension)
                && may_dial(one) == Verdict::Dial
        }
        (Confirm(number, caution), Meaning::One(one)) => {
            one.number().map(|n| n.as_str()) == Some(number) && may_dial(one) == Verdict::Confirm(*caution)
        }
        (Choose(wanted), Meaning::Several(choices)) => {
            let found: Vec<_> = choices
                .iter()
                .map(|choice| {
                    (
                        choice.one.number().map_or("", |n| n.as_str()),
                        choice.label.as_deref(),
                    )
                })
                .collect();
            found == *wanted
        }
        (Refuse(refusal), Meaning::One(one)) => may_dial(one) == Verdict::Refuse(*refusal),
        (Refuse(refusal), Meaning::Refused(found)) => found == refusal,
        (Incomplete(refusal), Meaning::Incomplete(found)) => found == refusal,
        _ => false,
    };
    if ok { Ok(()) } else { Err(said) }
}

fn judge_all(rules: &Rules, vectors: &[(&str, Expect)]) {
    let wrong: Vec<String> = vectors
        .iter()
        .filter_map(|(text, expect)| judge(text, rules, expect).err())
        .collect();
    assert!(
        wrong.is_empty(),
        "{} of {} vectors wrong:\n{}",
        wrong.len(),
        vectors.len(),
        wrong.join("\n")
    );
}

#[test]
fn french_numbers_however_they_are_written() {
    judge_all(
        &Rules::default(),
        &[
            ("01 42 68 53 00", Dial(T)),
            ("01.42.68.53.00", Dial(T)),
            ("01-42-68-53-00", Dial(T)),
            ("01/42/68/53/00", Dial(T)),
            ("142685300", Confirm(T, Caution::LostZero)),
            ("+33.1.42.68.53.00", Dial(T)),
            ("+33 (0)1 42 68 53 00", Dial(T)),
            ("+330142685300", Dial(T)),
            ("(33) 1 42 68 53 00", Dial(T)),
            ("0033142685300", Dial(T)),
            ("0033 (0)1 42 68 53 00", Dial(T)),
            ("00+33142685300", Dial(T)),
            ("33142685300", Dial(T)),
            (
                "331426853",
                Confirm("+33331426853", Caution::LostZeroOrCountryCode),
            ),
            ("0 800 12 34 56", Dial("+33800123456")),
            ("06 12 34 56 78", Dial("+33612345678")),
            // The ranges that the regulator keeps for fiction.
            ("01 99 00 12 34", Dial("+33199001234")),
            ("02 61 91 12 34", Dial("+33261911234")),
            ("06 39 98 12 34", Dial("+33639981234")),
            ("07001234567890", Refuse(Refusal::Machine)),
            ("0700512345678", Refuse(Refusal::Machine)),
            (
                "01 42 68 53 0",
                Incomplete(Refusal::TooShort {
                    digits: 9,
                    expected: Some(10),
                }),
            ),
            (
                "01 42 68 53 00 1",
                Refuse(Refusal::TooLong {
                    digits: 11,
                    expected: Some(10),
                }),
            ),
            (
                "+33 1 42 68 53 00 1",
                Refuse(Refusal::TooLong {
                    digits: 11,
                    expected: Some(10),
                }),
            ),
            // Nothing changed between the pairs but the kind of comma.
            ("01,42,68,53,00", Dial(T)),
        ],
    );
}

#[test]
fn addresses() {
    judge_all(
        &Rules::default(),
        &[
            ("tel:+33-1-42-68-53-00", Dial(T)),
            ("tel:0142685300;phone-context=+33", Dial(T)),
            ("tel:0142685300", Dial(T)),
            ("tel:+33142685300;ext=204", DialWithExtension(T, "204")),
            // Digits of another script, as they are typed and as a link encodes them; some of them alone would be another phone.
            ("tel:+33142685300;ext=٢٠٤", DialWithExtension(T, "204")),
            ("tel:+33142685300;ext=%D9%A20%D9%A4", DialWithExtension(T, "204")),
            (
                "tel:+33142685300;ext=%EF%BC%92%EF%BC%90%EF%BC%94",
                DialWithExtension(T, "204"),
            ),
            ("tel:+33%201%2042%2068%2053%2000", Dial(T)),
            ("tel:%2B33142685300", Dial(T)),
            ("TEL:+33142685300", Dial(T)),
            ("tel://0142685300", Dial(T)),
            ("callto:+33142685300", Dial(T)),
            ("callto:+33142685300?call", Dial(T)),
            ("sip:+33142685300@sip.example;user=phone", Dial(T)),
            ("sip:0142685300@sip.example:5060", Dial(T)),
            ("sips:+33142685300;phone-context=+33@sip.example", Dial(T)),
            ("tel:2079460000;phone-context=+44", Dial("+442079460000")),
            ("tel:0142685300;phone-context=example.com", Dial(T)),
            ("tel:+33142685300;isub=1;unknown", Dial(T)),
            ("sip:accueil@sip.example", Refuse(Refusal::SipAddress)),
            ("tel:112", Refuse(Refusal::Emergency)),
            ("tel:*21*0142685300%23", Refuse(Refusal::ServiceCode)),
            (
                "tel:",
                Incomplete(Refusal::TooShort {
                    digits: 0,
                    expected: None,
                }),
            ),
        ],
    );
}

#[test]
fn signs_of_every_script() {
    judge_all(
        &Rules::default(),
        &[
            ("01\u{a0}42\u{a0}68\u{a0}53\u{a0}00", Dial(T)),
            ("01\u{202f}42\u{202f}68\u{202f}53\u{202f}00", Dial(T)),
            ("01\u{2009}42\u{2009}68\u{2009}53\u{2009}00", Dial(T)),
            ("01–42–68–53–00", Dial(T)),
            ("01\u{2011}42\u{2011}68\u{2011}53\u{2011}00", Dial(T)),
            ("01\u{2212}42\u{2212}68\u{2212}53\u{2212}00", Dial(T)),
            ("０１４２６８５３００", Dial(T)),
            ("٠١٤٢٦٨٥٣٠٠", Dial(T)),
            ("\u{202d}+33142685300\u{202c}", Dial(T)),
            ("\u{feff}0142685300\r\n", Dial(T)),
            ("01 42 68\n53 00", Dial(T)),
        ],
    );
}

#[test]
fn labels_extensions_and_several_numbers() {
    const U: &str = "+33142685301";
    judge_all(
        &Rules::default(),
        &[
            ("Tél. : 01 42 68 53 00", Dial(T)),
            ("Te\u{301}l.\u{a0}: 01 42 68 53 00", Dial(T)),
            ("Tel01 42 68 53 00", Dial(T)),
            (
                "Tél. : 01 42 68 53 00 / Fax : 01 42 68 53 01",
                Choose(&[(T, Some("Tél.")), (U, Some("Fax"))]),
            ),
            (
                "Fax : 01 42 68 53 01 / Tél. : 01 42 68 53 00",
                Choose(&[(T, Some("Tél.")), (U, Some("Fax"))]),
            ),
            ("Fax : 01 42 68 53 00", Confirm(T, Caution::Fax)),
            ("01 42 68 53 00/01", Choose(&[(T, None), (U, None)])),
            ("01 42 68 53 00 / 01 42 68 53 01", Choose(&[(T, None), (U, None)])),
            (
                "01 42 68 53 00 ou 01 42 68 53 01",
                Choose(&[(T, None), (U, None)]),
            ),
            ("01 42 68 53 00 - 01 42 68 53 01", Choose(&[(T, None), (U, None)])),
            ("01 42 68 53 00\n01 42 68 53 01", Choose(&[(T, None), (U, None)])),
            ("01 42 68 53 00 01 42 68 53 01", Choose(&[(T, None), (U, None)])),
            (
                "+33 1 42 68 53 00 +33 1 42 68 53 01",
                Choose(&[(T, None), (U, None)]),
            ),
            ("01 42 68 53 00 ; +33 1 42 68 53 00", Dial(T)),
            ("Accueil, 12 allée des Fictions\nTél. 01 42 68 53 00", Dial(T)),
            ("01 42 68 53 00 poste 204", DialWithExtension(T, "204")),
            ("01 42 68 53 00 (poste 204)", DialWithExtension(T, "204")),
            ("01 42 68 53 00, ext. 204", DialWithExtension(T, "204")),
            ("01 42 68 53 00x204", DialWithExtension(T, "204")),
            ("01 42 68 53 00 #204", DialWithExtension(T, "204")),
            ("+33142685300;ext=204", DialWithExtension(T, "204")),
            (
                "01 42 68 53 00 poste 204 / 01 42 68 53 01",
                Choose(&[(T, None), (U, None)]),
            ),
            ("01 42 68 53 00 (accueil)", Dial(T)),
            ("(accueil) 01 42 68 53 00", Dial(T)),
            ("Merci d’appeler le 01 42 68 53 00 avant midi", Dial(T)),
        ],
    );
}

#[test]
fn letters_and_service_codes() {
    judge_all(
        &Rules::default(),
        &[
            ("01 42 68 53 OO", Refuse(Refusal::Letters)),
            ("O1 42 68 53 00", Refuse(Refusal::Letters)),
            ("01 42 O8 53 00", Refuse(Refusal::Letters)),
            ("bonjour", Refuse(Refusal::Letters)),
            ("0800 ALLO 12", Confirm("+33800255612", Caution::Letters)),
            ("0800 ALLO 1", Refuse(Refusal::Letters)),
            ("0892 ALLO 12", Confirm("+33892255612", Caution::Premium)),
            ("*21*0142685300#", Refuse(Refusal::ServiceCode)),
            ("#31#0142685300", Refuse(Refusal::ServiceCode)),
            ("Renvoi : *21*0142685300#", Refuse(Refusal::ServiceCode)),
            ("01+42", Refuse(Refusal::NotANumber)),
            (
                "€",
                Incomplete(Refusal::TooShort {
                    digits: 0,
                    expected: None,
                }),
            ),
        ],
    );
}

#[test]
fn foreign_numbers() {
    judge_all(
        &Rules::default(),
        &[
            ("00 800 1234 5678", Dial("+80012345678")),
            ("+44 (0)20 7946 0000", Dial("+442079460000")),
            ("0044 (0)20 7946 0000", Dial("+442079460000")),
            ("+39 (0)6 698 83145", Dial("+390669883145")),
            ("442079460000", Refuse(Refusal::MissingPrefix)),
            ("00 1 212 555 0123", Dial("+12125550123")),
            ("00377 93 15 22 22", Dial("+37793152222")),
            ("+999 12 34 56 78", Refuse(Refusal::UnknownCountry)),
            ("+881 6 1234 5678", Refuse(Refusal::Satellite)),
            (
                "+",
                Incomplete(Refusal::TooShort {
                    digits: 0,
                    expected: None,
                }),
            ),
            (
                "+44 20",
                Incomplete(Refusal::TooShort {
                    digits: 4,
                    expected: None,
                }),
            ),
            (
                "+44 20 7946 0000 0000",
                Refuse(Refusal::TooLong {
                    digits: 16,
                    expected: None,
                }),
            ),
        ],
    );
}

#[test]
fn overseas_numbers() {
    judge_all(
        &Rules::default(),
        &[
            ("0262 41 23 45", Dial("+262262412345")),
            ("0692 12 34 56", Dial("+262692123456")),
            ("0269 61 12 34", Dial("+262269611234")),
            ("0639 01 23 45", Dial("+262639012345")),
            ("0590 20 12 34", Dial("+590590201234")),
            ("0690 35 12 34", Dial("+590690351234")),
            ("0594 25 12 34", Dial("+594594251234")),
            ("0596 60 12 34", Dial("+596596601234")),
            ("0508 41 12 34", Dial("+508411234")),
            ("0708 40 12 34", Dial("+508708401234")),
            ("0947 91 23 45", Dial("+262947912345")),
            ("+687 26 12 34", Dial("+687261234")),
            ("+689 40 41 23 45", Dial("+68940412345")),
            ("00687261234", Dial("+687261234")),
            // A French country code before an overseas number.
            ("+33 262 41 23 45", Dial("+262262412345")),
        ],
    );
}

#[test]
fn every_overseas_prefix_goes_to_its_country_code() {
    let prefixes: &[(&str, &[&str])] = &[
        (
            "262",
            &[
                "262", "263", "268", "269", "692", "693", "639", "7092", "70935", "70936", "70937", "9478",
                "9479", "9398", "9399", "97622", "97690",
            ],
        ),
        (
            "590",
            &["590", "5987", "690", "691", "7090", "9475", "9395", "97600"],
        ),
        (
            "594",
            &[
                "594", "5988", "694", "70930", "70931", "70932", "70933", "9476", "9396", "97640",
            ],
        ),
        ("596", &["596", "5989", "696", "697", "7091", "9477", "9397"]),
    ];
    for (calling_code, prefixes) in prefixes {
        for prefix in *prefixes {
            let national = format!("{prefix:0<9}");
            let one = only(understand(&format!("0{national}"), &Rules::default()).meaning).expect("a number");
            assert_eq!(
                one.number().map(|n| n.digits().to_owned()),
                Some(format!("{calling_code}{national}"))
            );
            assert!(one.notes.contains(&Note::Overseas));
        }
    }
}

#[test]
fn short_numbers_are_never_lengthened() {
    judge_all(
        &Rules::default(),
        &[
            ("15", Refuse(Refusal::Emergency)),
            ("1 1 2", Refuse(Refusal::Emergency)),
            ("116 117", Refuse(Refusal::Emergency)),
            ("SAMU : 15", Refuse(Refusal::Emergency)),
            ("3639", Refuse(Refusal::ShortNumber)),
            ("1014", Refuse(Refusal::ShortNumber)),
            ("118 218", Refuse(Refusal::Directory)),
            (
                "204",
                Incomplete(Refusal::TooShort {
                    digits: 3,
                    expected: Some(10),
                }),
            ),
            (
                "4207",
                Incomplete(Refusal::TooShort {
                    digits: 4,
                    expected: Some(10),
                }),
            ),
        ],
    );
    let one = only(understand("3639", &Rules::default()).meaning).expect("a short number");
    assert_eq!(one.destination, Destination::Short("3639".to_owned()));
}

#[test]
fn the_administrator_says_what_is_an_extension() {
    let extensions = Extensions {
        min_digits: 3,
        max_digits: 4,
        overriding: vec!["15".to_owned()],
    };
    let rules = Rules {
        extensions: Some(extensions),
        ..Rules::default()
    };
    judge_all(
        &rules,
        &[
            ("204", Refuse(Refusal::Extension)),
            ("4207", Refuse(Refusal::Extension)),
            ("15", Refuse(Refusal::Extension)),
            ("17", Refuse(Refusal::Emergency)),
            ("112", Refuse(Refusal::Emergency)),
            ("3639", Refuse(Refusal::ShortNumber)),
            ("01 42 68 53 00", Dial(T)),
        ],
    );
    let one = only(understand("204", &rules).meaning).expect("an extension");
    assert_eq!(one.destination, Destination::Extension("204".to_owned()));
}

#[test]
fn an_extension_is_dialled_by_its_direct_number() {
    let rules = Rules {
        outside_prefix: Some("0".to_owned()),
        range: ExtensionRange::new("+3314268", 4).ok(),
        ..Rules::default()
    };
    judge_all(
        &rules,
        &[
            ("5300", Dial(T)),
            ("poste 5300", Dial(T)),
            ("53 00", Dial(T)),
            ("3639", Refuse(Refusal::ShortNumber)),
            ("112", Refuse(Refusal::Emergency)),
            ("01 42 68 53 00", Dial(T)),
            ("0 01 42 68 53 00", Dial(T)),
            // Four digits on the way to a number, and beside one.
            (
                "05300",
                Incomplete(Refusal::TooShort {
                    digits: 5,
                    expected: Some(10),
                }),
            ),
            ("bureau 4207, 01 42 68 53 00", Dial(T)),
        ],
    );
    let one = only(understand("5300", &rules).meaning).expect("a number");
    assert_eq!(one.notes, [Note::Extension]);
}

#[test]
fn the_outside_prefix_is_taken_off_only_when_nothing_else_fits() {
    let rules = Rules {
        outside_prefix: Some("0".to_owned()),
        ..Rules::default()
    };
    judge_all(
        &rules,
        &[
            ("0 01 42 68 53 00", Dial(T)),
            ("01 42 68 53 00", Dial(T)),
            ("0 0033 1 42 68 53 00", Dial(T)),
            ("00687261234", Dial("+687261234")),
            ("0033142685300", Dial(T)),
        ],
    );
    judge_all(
        &Rules::default(),
        &[(
            "0 01 42 68 53 00",
            Incomplete(Refusal::TooShort {
                digits: 9,
                expected: None,
            }),
        )],
    );
    let rules = Rules {
        outside_prefix: Some("9".to_owned()),
        ..Rules::default()
    };
    judge_all(
        &rules,
        &[
            ("9 01 42 68 53 00", Dial(T)),
            ("09 72 12 34 56", Dial("+33972123456")),
        ],
    );
}

#[test]
fn nothing_and_too_much() {
    assert_eq!(understand("", &Rules::default()).meaning, Meaning::Empty);
    assert_eq!(
        understand(" \u{a0}\n\u{200b}", &Rules::default()).meaning,
        Meaning::Empty
    );
    let paste = "01 42 68 53 00 ".repeat(7_000);
    judge_all(
        &Rules::default(),
        &[(paste.as_str(), Refuse(Refusal::TooMuchText))],
    );
}
