//! What a number is for.

use serde::{Deserialize, Serialize};

use crate::text::{fold, words};

/// What a number is for, as far as the words around it tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    /// A mobile phone.
    Mobile,
    /// At work.
    Work,
    /// At home.
    Home,
    /// A switchboard or main number.
    Main,
    /// A fax.
    Fax,
    /// A pager.
    Pager,
    /// Anything else.
    #[default]
    Other,
}

impl Label {
    /// All of them, so that a test can hold the words to them.
    pub const ALL: [Self; 7] = [
        Self::Mobile,
        Self::Work,
        Self::Home,
        Self::Main,
        Self::Fax,
        Self::Pager,
        Self::Other,
    ];

    /// Stable, for words and files: `mobile`, `work`, `home`, `main`, `fax`, `pager`, `other`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Mobile => "mobile",
            Self::Work => "work",
            Self::Home => "home",
            Self::Main => "main",
            Self::Fax => "fax",
            Self::Pager => "pager",
            Self::Other => "other",
        }
    }

    /// Reads what address books write, in French and English: `CELL`, `Tél. portable`, `Télécopie (bureau)`, `Business Phone`.
    /// A fax at work is a fax.
    pub fn read(text: &str) -> Self {
        let folded = fold(text);
        words(&folded)
            .map(word)
            .min_by_key(|label| label.weight())
            .unwrap_or_default()
    }

    /// The most telling word wins.
    fn weight(self) -> u8 {
        match self {
            Self::Fax => 0,
            Self::Mobile => 1,
            Self::Pager => 2,
            Self::Main => 3,
            Self::Work => 4,
            Self::Home => 5,
            Self::Other => 6,
        }
    }
}

fn word(word: &str) -> Label {
    match word {
        "fax" | "telecopie" | "telecopieur" | "workfax" | "homefax" => Label::Fax,
        "mobile" | "mob" | "portable" | "gsm" | "cell" | "cellulaire" | "cellular" | "iphone"
        | "smartphone" => Label::Mobile,
        "pager" | "bip" | "radiomessagerie" => Label::Pager,
        "main" | "principal" | "standard" | "accueil" | "primary" | "switchboard" => Label::Main,
        "work" | "business" | "bureau" | "travail" | "professionnel" | "professionnelle" | "pro"
        | "office" | "direct" | "directe" | "societe" | "company" | "entreprise" => Label::Work,
        "home" | "domicile" | "maison" | "personnel" | "personnelle" | "perso" | "prive" | "private" => {
            Label::Home
        }
        _ => Label::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_of_address_books_are_read() {
        for (text, wanted) in [
            ("CELL", Label::Mobile),
            ("Tél. portable pro", Label::Mobile),
            ("Télécopie (bureau)", Label::Fax),
            ("Business Phone 2", Label::Work),
            ("Téléphone (domicile)", Label::Home),
            ("_$!<Main>!$_", Label::Main),
            ("Téléphone principal", Label::Main),
            ("Récepteur de radiomessagerie", Label::Pager),
            ("Tél fixe", Label::Other),
            ("", Label::Other),
        ] {
            assert_eq!(Label::read(text), wanted, "{text}");
        }
    }

    #[test]
    fn codes_are_read_back() {
        for label in Label::ALL {
            assert_eq!(Label::read(label.code()), label);
        }
    }
}
