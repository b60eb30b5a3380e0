//! Cards in one piece of memory, which goes back to the system whole: a preview of 50,000 cards leaves nothing behind.

use std::ops::Range;

use crate::model::Card;

/// What was replaced stays where it is until it is so much, in bytes, and most of all.
const WASTE: usize = 8 * 1024 * 1024;

/// Cards with their lines, as JSON one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    text: String,
    /// Bytes of the text that no card has any more.
    wasted: usize,
    cards: Vec<(u64, Range<usize>)>,
}

impl Packed {
    pub fn len(&self) -> usize {
        self.cards.len()
    }

    /// Adds a card; gives its number.
    pub fn push(&mut self, line: u64, card: &Card) -> usize {
        let range = self.write(card);
        self.cards.push((line, range));
        self.cards.len() - 1
    }

    /// Puts another card in the place of one.
    pub fn replace(&mut self, entry: usize, card: &Card) {
        let range = self.write(card);
        if let Some((_, place)) = self.cards.get_mut(entry) {
            self.wasted += place.len();
            *place = range;
        }
        if self.wasted > WASTE.max(self.text.len() / 2) {
            self.pack();
        }
    }

    /// Without what was replaced.
    fn pack(&mut self) {
        let mut text = String::with_capacity(self.text.len() - self.wasted);
        for (_, place) in &mut self.cards {
            let start = text.len();
            text.push_str(self.text.get(place.clone()).unwrap_or_default());
            *place = start..text.len();
        }
        (self.text, self.wasted) = (text, 0);
    }

    pub fn get(&self, entry: usize) -> Option<Card> {
        let (_, range) = self.cards.get(entry)?;
        serde_json::from_str(self.text.get(range.clone())?).ok()
    }

    pub fn iter(&self) -> impl Iterator<Item = (u64, Card)> {
        (0..self.cards.len()).filter_map(|entry| Some((self.cards.get(entry)?.0, self.get(entry)?)))
    }

    fn write(&mut self, card: &Card) -> Range<usize> {
        let start = self.text.len();
        // Strings, lists and options always are JSON.
        self.text
            .push_str(&serde_json::to_string(card).unwrap_or_default());
        start..self.text.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_that_are_replaced_again_and_again_take_the_room_of_a_few() {
        let card = |note: usize| Card {
            note: Some(format!("{note} {}", "x".repeat(4_000))),
            ..Card::default()
        };
        let mut packed = Packed::default();
        packed.push(1, &card(0));
        packed.push(2, &card(1));
        for note in 0..5_000 {
            packed.replace(0, &card(note));
        }
        assert!(packed.text.len() < 2 * WASTE, "{} bytes", packed.text.len());
        assert_eq!(packed.get(0).unwrap(), card(4_999));
        assert_eq!(packed.get(1).unwrap(), card(1));
    }
}
