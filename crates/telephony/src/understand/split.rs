//! Several numbers in one run of digits.

use super::One;
use super::plan::{self, Reading};
use crate::number::{Destination, E164};
use crate::rules::Rules;

/// More digits than this in one group can't be a number, whatever its form.
const MOST_DIGITS: usize = 20;

/// The numbers of a run: the run as a whole when it is one, else its parts when all of them are numbers, else whatever the
/// whole reads as.
pub(super) fn readings(run: &str, rules: &Rules) -> Vec<Reading> {
    let whole = plan::read(run, rules);
    if let Reading::One(_) = whole {
        return vec![whole];
    }
    if let Some(one) = with_hash_extension(run, rules) {
        return vec![Reading::One(one)];
    }
    parts(run.split('/'), rules)
        .or_else(|| parts(run.split(" - "), rules))
        .or_else(|| side_by_side(run, rules))
        .map_or_else(
            || vec![whole],
            |ones| ones.into_iter().map(Reading::One).collect(),
        )
}

/// `01 42 68 53 00 #204`
fn with_hash_extension(run: &str, rules: &Rules) -> Option<One> {
    let (number, extension) = run.split_once('#')?;
    let extension = extension.trim();
    if !(1..=6).contains(&extension.len()) || !extension.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    match plan::read(number, rules) {
        Reading::One(one) if one.number().is_some() => Some(One {
            extension: Some(extension.to_owned()),
            ..one
        }),
        _ => None,
    }
}

/// Parts that are numbers, or one or two digits that replace the last ones of the number before: `…53 00/01`.
fn parts<'a>(pieces: impl Iterator<Item = &'a str>, rules: &Rules) -> Option<Vec<One>> {
    let mut ones: Vec<One> = Vec::new();
    for piece in pieces.map(str::trim).filter(|piece| !piece.is_empty()) {
        let one = match (piece.len(), ones.last()) {
            (1..=2, Some(before)) => varied(before, piece)?,
            _ => sure(plan::read(piece, rules))?,
        };
        ones.push(one);
    }
    (ones.len() > 1).then_some(ones)
}

fn varied(before: &One, ending: &str) -> Option<One> {
    if !ending.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let digits = before.number()?.digits();
    let kept = digits.get(..digits.len().checked_sub(ending.len())?)?;
    let number = E164::parse(&format!("{kept}{ending}")).ok()?;
    Some(One {
        destination: Destination::Number(number),
        extension: None,
        notes: before.notes.clone(),
    })
}

/// Numbers with nothing but spaces between them: each but the first starts with `0` or `+`.
fn side_by_side(run: &str, rules: &Rules) -> Option<Vec<One>> {
    let groups: Vec<&str> = run.split_whitespace().collect();
    let mut ones = Vec::new();
    let mut current = String::new();
    for (index, group) in groups.iter().enumerate() {
        current.push_str(group);
        if current.bytes().filter(u8::is_ascii_digit).count() > MOST_DIGITS {
            return None;
        }
        let boundary = groups
            .get(index + 1)
            .is_none_or(|next| next.starts_with(['0', '+', '(']));
        if boundary && let Some(one) = sure(plan::read(&current, rules)) {
            ones.push(one);
            current.clear();
        }
    }
    (current.is_empty() && ones.len() > 1).then_some(ones)
}

fn sure(reading: Reading) -> Option<One> {
    match reading {
        Reading::One(one) if one.number().is_some() && one.is_sure() => Some(one),
        _ => None,
    }
}
