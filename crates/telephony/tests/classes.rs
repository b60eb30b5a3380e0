//! Classes, what may be dialled, and display, by table.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a panic is the failure message of a test"
)]

use telephony::{
    About, Caution, Class, Destination, E164, Language, Party, Refusal, Territory, Verdict, about, class,
    copy_form, display, display_destination, display_number, is_emergency, may_dial_destination,
    may_dial_number,
};

fn number(text: &str) -> E164 {
    E164::parse(text).unwrap()
}

#[test]
fn french_numbers_have_their_class_and_verdict() {
    use Class::*;
    let npv = || Canvassing { territory: None };
    let rows: &[(&str, Class, Verdict)] = &[
        ("33142685300", Fixed, Verdict::Dial),
        ("33577123456", Fixed, Verdict::Dial),
        ("33612345678", Mobile, Verdict::Dial),
        ("33639981234", Mobile, Verdict::Dial),
        ("33731234567", Mobile, Verdict::Dial),
        ("337001234567890", Machine, Verdict::Refuse(Refusal::Machine)),
        ("33700512345678", Machine, Verdict::Refuse(Refusal::Machine)),
        ("33800123456", Free, Verdict::Dial),
        ("33805123456", Free, Verdict::Dial),
        ("33808812345", Free, Verdict::Dial),
        ("33806123456", Grey, Verdict::Dial),
        ("33808712345", Grey, Verdict::Dial),
        ("33809123456", Grey, Verdict::Dial),
        ("33811123456", SharedCost, Verdict::Dial),
        ("33825123456", SharedCost, Verdict::Dial),
        ("33892701234", Premium, Verdict::Confirm(Caution::Premium)),
        (
            "33836123456",
            SpecialService,
            Verdict::Refuse(Refusal::SpecialService),
        ),
        (
            "33868123456",
            SpecialService,
            Verdict::Refuse(Refusal::SpecialService),
        ),
        ("33972123456", Polyvalent, Verdict::Dial),
        ("33937123456", Platform, Verdict::Dial),
        ("33939123456", Platform, Verdict::Dial),
        ("33162123456", npv(), Verdict::Dial),
        ("33163123456", npv(), Verdict::Dial),
        ("33270123456", npv(), Verdict::Dial),
        ("33271123456", npv(), Verdict::Dial),
        ("33377123456", npv(), Verdict::Dial),
        ("33378123456", npv(), Verdict::Dial),
        ("33424123456", npv(), Verdict::Dial),
        ("33425123456", npv(), Verdict::Dial),
        ("33568123456", npv(), Verdict::Dial),
        ("33569123456", npv(), Verdict::Dial),
        ("33948123456", npv(), Verdict::Dial),
        ("33949123456", npv(), Verdict::Dial),
        ("33164123456", Fixed, Verdict::Dial),
    ];
    for (text, wanted, verdict) in rows {
        assert_eq!(&class(&number(text)), wanted, "{text}");
        assert_eq!(&may_dial_number(&number(text)), verdict, "{text}");
    }
}

#[test]
fn overseas_and_foreign_numbers_have_their_place() {
    let territory = |text: &str| match class(&number(text)) {
        Class::Overseas(territory) => Some(territory),
        _ => None,
    };
    for (text, wanted) in [
        ("262262412345", Territory::Reunion),
        ("262692123456", Territory::Reunion),
        ("262269611234", Territory::Mayotte),
        ("262639012345", Territory::Mayotte),
        ("590590201234", Territory::Guadeloupe),
        ("594594251234", Territory::FrenchGuiana),
        ("596596601234", Territory::Martinique),
        ("508411234", Territory::SaintPierreMiquelon),
        ("681721234", Territory::WallisFutuna),
        ("687261234", Territory::NewCaledonia),
        ("68940412345", Territory::FrenchPolynesia),
        // As a mainland number, which some platforms make of it.
        ("33262412345", Territory::Reunion),
    ] {
        assert_eq!(territory(text), Some(wanted), "{text}");
        assert_eq!(may_dial_number(&number(text)), Verdict::Dial);
    }
    for (text, wanted) in [
        ("590947512345", Territory::Guadeloupe),
        ("594947612345", Territory::FrenchGuiana),
        ("596947712345", Territory::Martinique),
        ("262947912345", Territory::Reunion),
    ] {
        assert_eq!(
            class(&number(text)),
            Class::Canvassing {
                territory: Some(wanted)
            },
            "{text}"
        );
        assert_eq!(class(&number(text)).about(), Some(About::ProbableCanvassing));
    }
    for (text, code, region) in [
        ("442079460000", 44, "GB"),
        ("12125550123", 1, "US"),
        ("37793152222", 377, "MC"),
        ("390612345678", 39, "IT"),
    ] {
        match class(&number(text)) {
            Class::Foreign {
                calling_code,
                region: Some(found),
                premium: false,
            } => {
                assert_eq!((calling_code, found.as_str()), (code, region), "{text}");
            }
            other => panic!("{text} → {other:?}"),
        }
    }
    for text in [
        "870773123456",
        "881612345678",
        "882161234567",
        "88351001234567",
        "979123456789",
    ] {
        assert_eq!(
            may_dial_number(&number(text)),
            Verdict::Refuse(Refusal::Satellite),
            "{text}"
        );
    }
    assert_eq!(class(&number("80012345678")), Class::Free);
    // A premium rate abroad is asked about as one at home.
    assert_eq!(
        may_dial_number(&number("449012345678")),
        Verdict::Confirm(Caution::Premium)
    );
}

#[test]
fn short_numbers_have_their_class_and_are_never_sent() {
    use Class::*;
    for (digits, wanted, refusal) in [
        ("15", Emergency, Refusal::Emergency),
        ("196", Emergency, Refusal::Emergency),
        ("116000", Emergency, Refusal::Emergency),
        ("3000", ShortFree, Refusal::ShortNumber),
        ("3008", ShortPaid, Refusal::ShortNumber),
        ("3169", ShortFree, Refusal::ShortNumber),
        ("3170", ShortPaid, Refusal::ShortNumber),
        ("3199", ShortFree, Refusal::ShortNumber),
        ("3639", ShortPaid, Refusal::ShortNumber),
        ("1014", ShortOperator, Refusal::ShortNumber),
        ("118218", Directory, Refusal::Directory),
        ("116006", ShortFree, Refusal::ShortNumber),
    ] {
        let destination = Destination::Short(digits.to_owned());
        assert_eq!(destination.class(), wanted, "{digits}");
        assert_eq!(
            may_dial_destination(&destination),
            Verdict::Refuse(refusal),
            "{digits}"
        );
        assert_eq!(is_emergency(digits), wanted == Emergency);
    }
    let extension = Destination::Extension("204".to_owned());
    assert_eq!(
        may_dial_destination(&extension),
        Verdict::Refuse(Refusal::Extension)
    );
}

#[test]
fn numbers_are_shown_as_each_language_writes_them() {
    let nbsp = |text: &str| text.replace(' ', "\u{a0}");
    for (text, french, english) in [
        ("33142685300", "01 42 68 53 00", "+33 1 42 68 53 00"),
        ("33639981234", "06 39 98 12 34", "+33 6 39 98 12 34"),
        ("33892701234", "0 892 70 12 34", "+33 892 70 12 34"),
        ("442079460000", "+44 20 7946 0000", "+44 20 7946 0000"),
        ("262262412345", "+262 262 41 23 45", "+262 262 41 23 45"),
    ] {
        assert_eq!(display_number(&number(text), Language::Fr), nbsp(french));
        assert_eq!(display_number(&number(text), Language::En), nbsp(english));
    }
    for (text, shown) in [
        ("3639", "36 39"),
        ("118218", "118 218"),
        ("1014", "10 14"),
        ("204", "204"),
        ("4207", "4207"),
        ("15", "15"),
        ("accueil", "accueil"),
    ] {
        for language in [Language::Fr, Language::En] {
            assert_eq!(display(&Party::Other(text.to_owned()), language), nbsp(shown));
        }
    }
    assert_eq!(
        display_destination(&Destination::Extension("3639".into()), Language::Fr),
        "3639"
    );
    assert_eq!(copy_form(&number("33142685300"), Language::Fr), "0142685300");
    assert_eq!(copy_form(&number("33142685300"), Language::En), "+33142685300");
    assert_eq!(copy_form(&number("442079460000"), Language::Fr), "+442079460000");
}

#[test]
fn something_is_said_about_parties_worth_it() {
    let said = |party: &str| about(&Party::from(party.to_owned())).map(|about| about.code());
    for (party, code) in [
        ("33142685300", None),
        ("33612345678", None),
        ("33162123456", Some("probable-canvassing")),
        ("442079460000", Some("country")),
        ("596596601234", Some("territory")),
        ("33892701234", Some("premium")),
        ("3639", Some("short-number")),
        ("204", Some("extension")),
        ("accueil", None),
        ("", None),
    ] {
        assert_eq!(said(party), code, "{party}");
    }
}

#[test]
fn every_code_is_its_own() {
    let mut codes: Vec<&str> = Refusal::ALL.iter().map(|refusal| refusal.code()).collect();
    codes.extend(Caution::ALL.iter().map(|caution| caution.code()));
    let count = codes.len();
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), count);
}
