//! Where contacts come from, and where the company's extensions stand in the public numbering.

use std::path::PathBuf;

use toml_edit::Item;
use url::Url;

use super::values::Unusable;
use crate::words::Message;

/// Longest that a path may be, in characters.
const LONGEST_PATH: usize = 4_096;
/// Longest name, DN or filter, in characters.
const LONGEST_LINE: usize = 1_000;
/// Most entries of a list.
const MOST: usize = 20;
/// What stands in a directory's filter for the number.
pub(super) const NUMBER: &str = "{number}";

/// An address book on a server (CardDAV, RFC 6352), read one way: what it holds is shown here, nothing is written there. Its
/// password is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardDav {
    /// Where it is, or where its server is. `https`, or `http` on this computer alone. `None`: there is none.
    pub url: Option<Url>,
    /// Who asks.
    pub user: String,
    /// Of several books those with these names; empty: all of them.
    pub books: Vec<String>,
    /// It is read again after so many minutes; 0: at the start and on request alone.
    pub every_minutes: u32,
}

impl Default for CardDav {
    fn default() -> Self {
        Self {
            url: None,
            user: String::new(),
            books: Vec::new(),
            every_minutes: 60,
        }
    }
}

/// A company directory (LDAP, RFC 4511). Its password is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ldap {
    /// `ldaps`, or `ldap`: then StartTLS is used unless it is on this very computer. `None`: there is none.
    pub url: Option<Url>,
    /// Where to search: `ou=people,dc=example,dc=com`
    pub base: String,
    /// Who asks: a DN, or what else the directory takes for one. Empty: anybody.
    pub user: String,
    /// What is searched; `{number}` stands for the conditions on the number.
    pub filter: String,
    /// Attributes that hold numbers.
    pub numbers: Vec<String>,
    /// Attributes that hold the name: the first that is there.
    pub names: Vec<String>,
    /// Attributes that hold the company: the first that is there.
    pub companies: Vec<String>,
}

impl Default for Ldap {
    fn default() -> Self {
        let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Self {
            url: None,
            base: String::new(),
            user: String::new(),
            filter: format!("(&(objectClass=person){NUMBER})"),
            // What Active Directory and OpenLDAP's inetOrgPerson both have; a directory ignores those that it doesn't know.
            numbers: list(&["telephoneNumber", "mobile", "homePhone", "ipPhone"]),
            names: list(&["displayName", "cn"]),
            companies: list(&["company", "o"]),
        }
    }
}

/// A line of text that is sent to a server: a name, a DN.
pub(super) fn line(text: &str) -> Option<String> {
    let usable = text.chars().count() <= LONGEST_LINE && !text.chars().any(char::is_control);
    usable.then(|| text.to_owned())
}

/// Names of address books.
pub(super) fn books(item: &Item) -> Result<Vec<String>, Unusable> {
    texts(item, |text| !text.is_empty() && line(text).is_some())
}

/// Names of attributes; none: the usual ones.
pub(super) fn attributes(item: &Item, usual: Vec<String>) -> Result<Vec<String>, Unusable> {
    let names = texts(item, is_attribute)?;
    Ok(if names.is_empty() { usual } else { names })
}

/// Of names of attributes as a person typed them, the one that can't be used, or the first beyond those that may be.
pub(super) fn bad_attribute(typed: &[String]) -> Option<String> {
    let bad = named(typed)
        .find(|name| !is_attribute(name))
        .or_else(|| named(typed).nth(MOST))?;
    Some(crate::numbers::neutralise(bad, 40))
}

/// What stands in a list as a person typed it.
pub(super) fn named(typed: &[String]) -> impl Iterator<Item = &str> {
    typed
        .iter()
        .map(|name| name.trim())
        .filter(|name| !name.is_empty())
}

/// RFC 4512, 1.4: `keystring`.
fn is_attribute(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.len() <= 100
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
}

fn texts(item: &Item, good: impl Fn(&str) -> bool) -> Result<Vec<String>, Unusable> {
    let array = item.as_array().ok_or(Unusable)?;
    if array.len() > MOST {
        return Err(Unusable);
    }
    let text = |value: &toml_edit::Value| value.as_str().filter(|text| good(text)).map(str::to_owned);
    array.iter().map(|value| text(value).ok_or(Unusable)).collect()
}

/// A directory's filter: one pair of parentheses around everything, and the number somewhere in it. Empty: the usual one.
/// Whether the directory takes it, only the directory tells.
pub(super) fn filter(text: &str) -> Option<String> {
    if text.is_empty() {
        return Some(Ldap::default().filter);
    }
    let mut depth = 0_i32;
    let closes_at_end = text.char_indices().all(|(at, letter)| {
        depth += i32::from(letter == '(') - i32::from(letter == ')');
        depth > 0 || (depth == 0 && at + 1 == text.len())
    });
    let usable = closes_at_end && depth == 0 && text.contains(NUMBER);
    usable.then(|| line(text))?
}

/// After how many minutes an address book is read again; 0: it isn't.
pub(super) fn is_interval(minutes: u32) -> bool {
    minutes == 0 || (5..=1_440).contains(&minutes)
}

/// Where a directory is: `ldaps` or `ldap`, a host, perhaps a port. Empty: none.
pub(super) fn directory(text: &str) -> Result<Option<Url>, Message> {
    if text.is_empty() {
        return Ok(None);
    }
    let unusable = || Message::new("settings-ldap-url");
    let url = Url::parse(text).map_err(|_| unusable())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.host_str().is_some_and(|host| !host.is_empty());
    let usable = plain && matches!(url.scheme(), "ldap" | "ldaps");
    usable.then_some(Some(url)).ok_or_else(unusable)
}

/// A folder by its whole path; empty: none.
pub(super) fn folder(text: &str) -> Option<Option<PathBuf>> {
    if text.is_empty() {
        return Some(None);
    }
    let path = PathBuf::from(text);
    let usable = path.is_absolute() && !text.contains('\0') && text.chars().count() <= LONGEST_PATH;
    usable.then_some(Some(path))
}

/// How direct numbers begin: `+3314268`; empty: none.
pub(super) fn prefix(text: &str) -> Option<&str> {
    let digits = text.strip_prefix('+').unwrap_or_default();
    let usable = (2..=13).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && !digits.starts_with('0');
    (usable || text.is_empty()).then_some(text)
}

/// Digits that are typed before an outside number: a few, or none.
pub(super) fn outside_prefix(text: &str) -> Option<&str> {
    let usable = text.len() <= 4 && text.bytes().all(|b| b.is_ascii_digit());
    usable.then_some(text)
}

/// How many digits an extension may have; 0: there are none.
pub(super) fn is_length(length: u32) -> bool {
    length == 0 || (2..=8).contains(&length)
}

#[cfg(test)]
mod tests {
    use super::super::{Change, Key, Settings, values};
    use super::*;

    #[test]
    fn a_folder_is_named_in_full() {
        let whole = if cfg!(windows) {
            "C:\\contacts"
        } else {
            "/contacts"
        };
        assert_eq!(folder(whole), Some(Some(PathBuf::from(whole))));
        assert_eq!(folder(""), Some(None));
        for wrong in [
            "contacts",
            "./contacts",
            "/con\0tacts",
            &format!("/{}", "x".repeat(5_000)),
        ] {
            assert_eq!(folder(wrong), None, "{wrong:.20}");
        }
    }

    #[test]
    fn a_filter_is_one_condition_that_holds_the_number() {
        for good in [
            "(&(objectClass=person){number})",
            "({number})",
            "(|{number}(&(x=y){number}))",
        ] {
            assert_eq!(filter(good).as_deref(), Some(good));
        }
        assert_eq!(filter(""), Some(Ldap::default().filter));
        for wrong in [
            "(objectClass=person)",
            "{number}",
            "(a={number}",
            "(a={number}))",
            "(a=b){number}(c=d)",
            ")({number}",
            "(a={number})\0",
            " ({number})",
        ] {
            assert_eq!(filter(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_directory_is_a_host_that_speaks_ldap() {
        for good in [
            "ldaps://ad.example",
            "ldap://ad.example:3268/",
            "ldap://127.0.0.1:1389",
            "ldap://[::1]",
        ] {
            assert!(directory(good).unwrap().is_some(), "{good}");
        }
        assert_eq!(directory("").unwrap(), None);
        for wrong in [
            "ad.example",
            "https://ad.example",
            "ldap:///",
            "ldaps://user:secret@ad.example",
            "ldaps://ad.example/dc=example",
            "ldaps://ad.example?x",
            "ldapi://%2frun",
        ] {
            assert_eq!(directory(wrong).unwrap_err().id, "settings-ldap-url", "{wrong}");
        }
    }

    #[test]
    fn lists_hold_what_a_server_may_be_asked_for() {
        let item = |text: &str| text.parse::<toml_edit::Value>().map(Item::Value).unwrap();
        assert_eq!(
            attributes(&item("['mobile', 'otherMobile']"), Vec::new()).unwrap(),
            ["mobile", "otherMobile"]
        );
        assert_eq!(attributes(&item("[]"), vec!["cn".to_owned()]).unwrap(), ["cn"]);
        for wrong in ["['']", "['a b']", "['(x=']", "['1a']", "[1]", "'mobile'"] {
            assert!(attributes(&item(wrong), Vec::new()).is_err(), "{wrong}");
        }
        assert_eq!(books(&item("['Équipe & Co']")).unwrap(), ["Équipe & Co"]);
        assert_eq!(books(&item("[]")).unwrap(), [""; 0]);
        assert!(books(&item("[\"a\\nb\"]")).is_err());
        assert!(is_interval(0) && is_interval(5) && !is_interval(4) && !is_interval(2_000));
    }

    #[test]
    fn extensions_follow_an_international_beginning() {
        assert_eq!((prefix("+3314268"), prefix("")), (Some("+3314268"), Some("")));
        for wrong in [
            "014268",
            "+",
            "+0314268",
            "+33 14268",
            "+3a14268",
            "+33142685300123",
        ] {
            assert_eq!(prefix(wrong), None, "{wrong}");
        }
        let good: Vec<u32> = (0..12).filter(|length| is_length(*length)).collect();
        assert_eq!(good, [0, 2, 3, 4, 5, 6, 7, 8]);
    }

    #[test]
    fn lists_are_written_as_they_are_typed() {
        let write = |key, names: &[&str]| {
            let written = values::write(&Change::new(key, names), &Settings::default());
            written.map(|value| value.to_string())
        };
        assert_eq!(
            write(Key::LdapNumbers, &[" mobile ", "", "ipPhone"]).unwrap(),
            "[\"mobile\", \"ipPhone\"]"
        );
        assert_eq!(write(Key::LdapNumbers, &[]).unwrap(), "[]");
        for (names, bad) in [(&["cn", "(x="][..], "(x="), (&["cn"; MOST + 1], "cn")] {
            let refused = write(Key::LdapNames, names).unwrap_err();
            assert_eq!(
                (refused.id.as_str(), refused.args["name"].as_str()),
                ("settings-ldap-attributes", bad)
            );
        }
        assert_eq!(
            write(Key::CardDavBooks, &["Équipe, siège "]).unwrap(),
            "[\"Équipe, siège\"]"
        );
        for names in [&["a\nb"][..], &["a"; MOST + 1]] {
            let refused = write(Key::CardDavBooks, names).unwrap_err();
            assert_eq!(refused.id, "settings-carddav-books");
        }
    }

    #[test]
    fn an_outside_prefix_is_a_few_digits() {
        for good in ["", "0", "9", "00", "1234"] {
            assert_eq!(outside_prefix(good), Some(good));
        }
        for wrong in ["+", "*9", "0 ", "12345", "٠"] {
            assert_eq!(outside_prefix(wrong), None, "{wrong}");
        }
    }
}
