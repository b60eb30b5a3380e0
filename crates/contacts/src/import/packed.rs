//! Cards in one piece of memory, which goes back to the system whole: a preview of 50,000 cards leaves nothing behind.

use std::ops::Range;

use crate::model::Card;

/// Cards with their lines, as JSON one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Packed {
    text: String,
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
            *place = range;
        }
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
