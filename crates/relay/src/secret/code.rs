//! Enrolment codes: short enough to be read out on the phone.
//!
//! Eleven characters of Crockford's base 32 (55 bits) and a check character by the Luhn algorithm mod 32, which finds every
//! mistyped character and nearly every swap of neighbours. Written `XXXX-XXXX-XXXX`; read in any case, with any hyphens and
//! spaces, `O` for 0 and `I` or `L` for 1.

use rand::RngCore;
use secrecy::{ExposeSecret as _, SecretString};

use super::Hash;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const DATA: usize = 11;

/// An enrolment code in its plain form, without hyphens.
#[derive(Clone)]
pub struct Code(SecretString);

/// Not an enrolment code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Not twelve characters.
    #[error("an enrolment code has 12 letters and digits, like 7KQ2-M9TR-4XB0")]
    Length,
    /// A character that no code has.
    #[error("an enrolment code has only digits and letters, and no U")]
    Character,
    /// The check character doesn't fit.
    #[error("the enrolment code is mistyped: its check character doesn't fit")]
    Check,
}

impl Code {
    /// A new one.
    pub fn new(chance: &mut dyn RngCore) -> Self {
        let mut values: Vec<u8> = (0..DATA).map(|_| (chance.next_u32() % 32) as u8).collect();
        values.push(check(&values));
        Self(
            values
                .iter()
                .map(|value| char::from(ALPHABET[usize::from(*value)]))
                .collect::<String>()
                .into(),
        )
    }

    /// Reads what a person typed.
    ///
    /// # Errors
    /// [`CodeError`]
    pub fn read(text: &str) -> Result<Self, CodeError> {
        let plain = text
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .take(DATA + 2);
        let values: Vec<u8> = plain
            .map(value)
            .collect::<Option<_>>()
            .ok_or(CodeError::Character)?;
        if values.len() != DATA + 1 {
            return Err(CodeError::Length);
        }
        let (data, given) = values.split_at(DATA);
        if given != [check(data)] {
            return Err(CodeError::Check);
        }
        Ok(Self(
            values
                .iter()
                .map(|value| char::from(ALPHABET[usize::from(*value)]))
                .collect::<String>()
                .into(),
        ))
    }

    /// As it is handed to a person: `XXXX-XXXX-XXXX`.
    pub fn reveal(&self) -> String {
        let plain = self.0.expose_secret();
        [&plain[..4], &plain[4..8], &plain[8..]].join("-")
    }

    /// What is kept of it.
    pub fn hash(&self) -> Hash {
        Hash::of(self.0.expose_secret().as_bytes())
    }
}

fn value(c: char) -> Option<u8> {
    let c = match c.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET.iter().position(|letter| char::from(*letter) == c)?;
    u8::try_from(place).ok()
}

/// Luhn mod 32: every second value from the right doubled, the digits of the product in base 32 added.
fn check(values: &[u8]) -> u8 {
    let sum: u32 = values
        .iter()
        .rev()
        .enumerate()
        .map(|(place, value)| {
            let product = u32::from(*value) * if place % 2 == 0 { 2 } else { 1 };
            product / 32 + product % 32
        })
        .sum();
    ((32 - sum % 32) % 32) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    fn some() -> Vec<Code> {
        let mut chance = rand::rngs::StdRng::seed_from_u64(7);
        (0..200).map(|_| Code::new(&mut chance)).collect()
    }

    #[test]
    fn what_is_written_can_be_read_as_people_write_it() {
        for code in some() {
            let shown = code.reveal();
            assert_eq!(shown.len(), 14);
            let spoken = shown
                .to_lowercase()
                .replace('-', " ")
                .replace('0', "o")
                .replace('1', "l");
            assert!(Code::read(&spoken).unwrap().hash().matches(&code.hash()));
        }
    }

    #[test]
    fn one_wrong_character_is_always_found() {
        for code in some() {
            let plain = code.reveal();
            for place in plain
                .char_indices()
                .filter(|(_, c)| *c != '-')
                .map(|(place, _)| place)
            {
                for letter in ALPHABET {
                    let mut wrong = plain.clone().into_bytes();
                    if wrong[place] == *letter {
                        continue;
                    }
                    wrong[place] = *letter;
                    let wrong = String::from_utf8(wrong).unwrap();
                    assert!(matches!(Code::read(&wrong), Err(CodeError::Check)), "{wrong}");
                }
            }
        }
    }

    #[test]
    fn other_things_are_refused() {
        assert!(matches!(Code::read(""), Err(CodeError::Length)));
        assert!(matches!(Code::read("7KQ2-M9TR-4XB"), Err(CodeError::Length)));
        assert!(matches!(Code::read("7KQ2-M9TR-4XB00"), Err(CodeError::Length)));
        assert!(matches!(Code::read("7KQ2-M9TR-4XBU"), Err(CodeError::Character)));
        assert!(matches!(
            Code::read("é".repeat(12).as_str()),
            Err(CodeError::Character)
        ));
    }
}
