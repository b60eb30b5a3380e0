//! What the columns of a table are, by their headings: Outlook, Google, Thunderbird and customer databases, in French and
//! English.

use crate::label::Label;
use crate::text::{fold, words};

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The whole name.
    FullName,
    /// The first name.
    Given,
    /// Further first names.
    Additional,
    /// The family name.
    Family,
    /// `Dr`, `Mme`.
    Prefix,
    /// `fils`.
    Suffix,
    /// The company.
    Company,
    /// A number with this label.
    Number(Label),
    /// The label of the number in the next column of numbers.
    NumberLabel,
    /// An e-mail address.
    Email,
    /// A note.
    Note,
    /// A web address.
    Url,
    /// What the source knows the contact by.
    Uid,
}

impl Field {
    /// Stable, for words: `full-name`, `number-mobile`.
    pub fn code(self) -> &'static str {
        match self {
            Self::FullName => "full-name",
            Self::Given => "given",
            Self::Additional => "additional",
            Self::Family => "family",
            Self::Prefix => "prefix",
            Self::Suffix => "suffix",
            Self::Company => "company",
            Self::Number(Label::Mobile) => "number-mobile",
            Self::Number(Label::Work) => "number-work",
            Self::Number(Label::Home) => "number-home",
            Self::Number(Label::Main) => "number-main",
            Self::Number(Label::Fax) => "number-fax",
            Self::Number(Label::Pager) => "number-pager",
            Self::Number(Label::Other) => "number-other",
            Self::NumberLabel => "number-label",
            Self::Email => "email",
            Self::Note => "note",
            Self::Url => "url",
            Self::Uid => "uid",
        }
    }

    /// The heading tells it.
    pub fn read(heading: &str) -> Option<Self> {
        let folded = fold(heading);
        let words: Vec<&str> = words(&folded).collect();
        let has = |any: &[&str]| words.iter().any(|word| any.contains(word));
        if has(&["phonetic", "phonetique", "yomi"]) {
            return None;
        }
        let is_label = has(&["type", "label", "libelle"]);
        if has(&PHONES) {
            return match is_label {
                true => Some(Self::NumberLabel),
                false => Some(Self::Number(Label::read(heading))),
            };
        }
        if has(&MAILS) || words.windows(2).any(|pair| pair == ["adresse", "electronique"]) {
            let about = is_label || has(&["display", "nom", "format"]);
            return (!about).then_some(Self::Email);
        }
        // `Website 1 - Value`, `Web Page 2`.
        let plain: Vec<&str> = words
            .iter()
            .copied()
            .filter(|word| *word != "value" && !word.bytes().all(|b| b.is_ascii_digit()))
            .collect();
        named(&plain.join(" "))
    }
}

/// Words that announce a number.
const PHONES: [&str; 20] = [
    "tel",
    "telephone",
    "telephones",
    "phone",
    "phones",
    "mobile",
    "portable",
    "gsm",
    "cell",
    "fax",
    "telecopie",
    "telecopieur",
    "pager",
    "radiotelephone",
    "radiomessagerie",
    "standard",
    "rappel",
    "callback",
    "ligne",
    "poste",
];

const MAILS: [&str; 6] = ["email", "mail", "courriel", "messagerie", "mel", "emails"];

fn named(heading: &str) -> Option<Field> {
    Some(match heading {
        "name" | "full name" | "display name" | "nom complet" | "nom a afficher" | "nom affiche"
        | "contact" | "nom et prenom" | "nom prenom" | "prenom nom" | "prenom et nom" | "nom du contact" => {
            Field::FullName
        }
        "first name" | "given name" | "prenom" | "firstname" | "forename" => Field::Given,
        "middle name" | "additional name" | "deuxieme prenom" | "autres prenoms" => Field::Additional,
        "last name" | "family name" | "surname" | "lastname" | "nom" | "nom de famille" => Field::Family,
        "name prefix" | "prefix" | "civilite" | "prefixe" => Field::Prefix,
        "name suffix" | "suffix" | "suffixe" => Field::Suffix,
        "company"
        | "organization"
        | "organisation"
        | "organization name"
        | "societe"
        | "raison sociale"
        | "entreprise"
        | "nom de la societe"
        | "nom de l'entreprise"
        | "nom de l entreprise"
        | "nom societe"
        | "nom entreprise"
        | "company name"
        | "etablissement"
        | "account name"
        | "client" => Field::Company,
        "numero" | "number" | "numeros" => Field::Number(Label::Other),
        "notes" | "note" | "commentaire" | "commentaires" | "remarque" | "remarques" | "observations"
        | "comments" => Field::Note,
        "web page" | "page web" | "site web" | "site internet" | "site" | "url" | "website" | "web" => {
            Field::Url
        }
        "uid" => Field::Uid,
        _ => return None,
    })
}

/// A column of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its heading, harmless.
    pub heading: String,
    /// What it was taken for; `None`: it isn't read.
    pub field: Option<Field>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_of_the_known_programs_are_read() {
        for (heading, wanted) in [
            ("First Name", Some(Field::Given)),
            ("Deuxième prénom", Some(Field::Additional)),
            ("Nom", Some(Field::Family)),
            ("Société", Some(Field::Company)),
            ("Téléphone (bureau)", Some(Field::Number(Label::Work))),
            ("Téléphone 2 (domicile)", Some(Field::Number(Label::Home))),
            ("Tél. mobile", Some(Field::Number(Label::Mobile))),
            ("Télécopie (bureau)", Some(Field::Number(Label::Fax))),
            ("Company Main Phone", Some(Field::Number(Label::Main))),
            ("Phone 1 - Label", Some(Field::NumberLabel)),
            ("Phone 1 - Type", Some(Field::NumberLabel)),
            ("Phone 1 - Value", Some(Field::Number(Label::Other))),
            ("Organization Name", Some(Field::Company)),
            ("Organization 1 - Name", Some(Field::Company)),
            ("E-mail 1 - Label", None),
            ("E-mail 1 - Value", Some(Field::Email)),
            ("E-mail 2 Address", Some(Field::Email)),
            ("E-mail Display Name", None),
            ("Nom complet de l’adresse de messagerie", None),
            ("Première adresse électronique", Some(Field::Email)),
            ("Nom à afficher", Some(Field::FullName)),
            ("Portable", Some(Field::Number(Label::Mobile))),
            ("Raison sociale", Some(Field::Company)),
            ("Website 1 - Value", Some(Field::Url)),
            ("Phonetic First Name", None),
            ("Rue (bureau)", None),
            ("Date de naissance", None),
        ] {
            assert_eq!(Field::read(heading), wanted, "{heading}");
        }
    }
}
