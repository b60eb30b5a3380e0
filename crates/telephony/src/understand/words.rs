//! The words that stand around numbers.

use super::normalise::plain;

/// What a word means next to a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WordKind {
    /// Announces a number: `Tél`, `Mobile`, `Bureau`.
    Label,
    /// Announces a fax.
    Fax,
    /// Announces an extension behind the number before it: `poste`, `ext`.
    Extension,
    /// Stands between two numbers: `ou`.
    Separator,
    /// Anything else.
    Other,
}

/// Known words, without accents, in lower case.
pub(super) fn kind(word: &str) -> WordKind {
    match plain(word).as_str() {
        "tel" | "tels" | "telephone" | "telephones" | "phone" | "t" | "mobile" | "mob" | "portable"
        | "port" | "gsm" | "cell" | "m" | "p" | "bureau" | "office" | "work" | "domicile" | "home"
        | "standard" | "accueil" | "ligne" | "direct" | "directe" | "fixe" | "numero" | "num" | "no"
        | "n" | "nº" | "appelez" | "appeler" | "call" | "le" | "au" => WordKind::Label,
        "fax" | "telecopie" | "telecopieur" | "f" => WordKind::Fax,
        "poste" | "postes" | "ext" | "extension" | "extn" | "x" | "interne" | "int" => WordKind::Extension,
        "ou" | "et" | "or" | "and" => WordKind::Separator,
        _ => WordKind::Other,
    }
}
