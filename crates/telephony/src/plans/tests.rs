//! The plans against the library that has all of them at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rlibphonenumber::{
    PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, PhoneNumberUtil, Region,
    get_national_significant_number_owned,
};

use super::*;

/// All that the product asks of the library about a number, and a little more.
fn answers(library: &PhoneNumberUtil, text: &str) -> String {
    match library.parse(text, None) {
        Err(error) => format!("{text}: {error:?}"),
        Ok(number) => format!(
            "{text}: {number:?} {:?} {} {:?} {:?} {:?} {} {} {}",
            library.is_possible_number_with_reason(&number),
            library.is_valid_number(&number),
            library.get_number_type(&number),
            library.get_region_for_number(&number),
            library.get_region_for_country_code(number.country_code),
            library.format(&number, PhoneNumberFormat::E164),
            library.format(&number, PhoneNumberFormat::National),
            library.format(&number, PhoneNumberFormat::International),
        ),
    }
}

/// The examples of every kind of number in every region, and of the worldwide services.
fn examples() -> Vec<PhoneNumber> {
    const KINDS: [PhoneNumberType; 11] = [
        PhoneNumberType::FixedLine,
        PhoneNumberType::Mobile,
        PhoneNumberType::TollFree,
        PhoneNumberType::PremiumRate,
        PhoneNumberType::SharedCost,
        PhoneNumberType::PersonalNumber,
        PhoneNumberType::VoIP,
        PhoneNumberType::Pager,
        PhoneNumberType::UAN,
        PhoneNumberType::VoiceMail,
        PhoneNumberType::FixedLineOrMobile,
    ];
    let everywhere = PHONE_NUMBER_UTIL
        .get_supported_regions()
        .flat_map(|region: Region| {
            KINDS.into_iter().filter_map(move |kind| {
                PHONE_NUMBER_UTIL
                    .get_example_number_for_type_and_region(region, kind)
                    .ok()
            })
        });
    let worldwide = PHONE_NUMBER_UTIL
        .get_supported_global_network_calling_codes()
        .filter_map(|code| PHONE_NUMBER_UTIL.get_example_number_for_non_geo_entity(code).ok());
    everywhere.chain(worldwide).collect()
}

#[test]
fn every_number_is_read_as_by_the_library_that_has_all_plans() {
    let examples = examples();
    assert!(examples.len() > 1_000, "{}", examples.len());
    let mut different = Vec::new();
    for number in &examples {
        let digits = format!(
            "{}{}",
            number.country_code,
            get_national_significant_number_owned(number)
        );
        // Also a digit too few, one too many, a national prefix and the last digit changed.
        let (code, national) = digits.split_at(number.country_code.to_string().len());
        let variants = [
            digits.clone(),
            digits[..digits.len() - 1].to_owned(),
            format!("{digits}5"),
            format!("{code}0{national}"),
            format!("{}0", &digits[..digits.len() - 1]),
        ];
        for digits in variants {
            let text = format!("+{digits}");
            let ours = library(&digits).map(|library| answers(&library, &text)).unwrap();
            let theirs = answers(&PHONE_NUMBER_UTIL, &text);
            if ours != theirs {
                different.push(format!("{ours}\n  instead of {theirs}"));
            }
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
}

#[test]
fn the_same_calling_codes_exist_as_in_the_library() {
    let mut theirs: Vec<i32> = PHONE_NUMBER_UTIL.get_supported_calling_codes().collect();
    theirs.sort_unstable();
    assert_eq!(REGIONS.keys().copied().collect::<Vec<_>>(), theirs);
    for digits in ["", "0", "999", "21", "99900000"] {
        assert!(library(digits).is_none(), "{digits}");
    }
}

#[test]
fn every_code_can_be_loaded_and_brings_its_own_regions_only() {
    for (&code, regions) in REGIONS.iter() {
        let library = load(&BTreeSet::from([code])).unwrap();
        let codes: Vec<i32> = library.get_supported_calling_codes().collect();
        assert_eq!(codes, [code]);
        let count = library
            .get_regions_for_country_calling_code(code)
            .unwrap()
            .count();
        assert_eq!(count, regions.len(), "+{code}");
    }
}

#[test]
fn the_file_is_of_the_library_that_reads_it() {
    let lock = include_str!("../../../../Cargo.lock").replace("\r\n", "\n");
    let version = lock
        .split("name = \"rlibphonenumber\"\nversion = \"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let notice = include_str!("../../data/NOTICE");
    assert!(
        notice.contains(&format!("rlibphonenumber {version},")),
        "rlibphonenumber is {version} now, and data/metadata.bin isn't its file: run `cargo xtask metadata`"
    );
}
