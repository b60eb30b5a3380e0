//! The keys that fill the pad with what is selected, wherever that is.

use std::fmt;
use std::str::FromStr;

use crate::words::Message;

/// Keys to be pressed together: `Ctrl+Alt+D`. At least one of Ctrl, Alt and Super is among them, so that no key is lost to
/// whoever types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Hotkey {
    /// Ctrl.
    pub ctrl: bool,
    /// Alt.
    pub alt: bool,
    /// Shift.
    pub shift: bool,
    /// The key with the Windows or other sign.
    pub logo: bool,
    /// The key itself.
    pub key: Key,
}

/// The key that isn't a modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// `A` to `Z`, `0` to `9`; upper case.
    Sign(char),
    /// `F1` to `F12`.
    Function(u8),
}

/// A text that is no hotkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HotkeyError {
    /// Without Ctrl, Alt or Super it would take a key away from whoever types.
    #[error("a hotkey needs Ctrl, Alt or Super")]
    NoModifier,
    /// There is none, more than one, or one that isn't known.
    #[error("a hotkey is one letter, digit or function key with Ctrl, Alt or Super")]
    Key,
}

impl HotkeyError {
    /// The sentence for people.
    pub fn message(self) -> Message {
        Message::new(match self {
            Self::NoModifier => "hotkey-no-modifier",
            Self::Key => "hotkey-no-key",
        })
    }
}

impl FromStr for Hotkey {
    type Err = HotkeyError;

    /// Names are parted by `+`; neither order nor case matters, and the names of French keyboards are known.
    fn from_str(text: &str) -> Result<Self, HotkeyError> {
        let mut hotkey = Self {
            ctrl: false,
            alt: false,
            shift: false,
            logo: false,
            key: Key::Sign(' '),
        };
        let mut keys = Vec::new();
        for name in text.split('+').map(str::trim) {
            match name.to_lowercase().as_str() {
                "ctrl" | "control" | "contrôle" => hotkey.ctrl = true,
                "alt" => hotkey.alt = true,
                "shift" | "maj" => hotkey.shift = true,
                "super" | "win" | "windows" | "logo" | "meta" => hotkey.logo = true,
                name => keys.push(key(name).ok_or(HotkeyError::Key)?),
            }
        }
        let [key] = keys[..] else {
            return Err(HotkeyError::Key);
        };
        if hotkey.ctrl || hotkey.alt || hotkey.logo {
            Ok(Self { key, ..hotkey })
        } else {
            Err(HotkeyError::NoModifier)
        }
    }
}

fn key(name: &str) -> Option<Key> {
    let mut signs = name.chars();
    match (signs.next()?, signs.as_str()) {
        (sign, "") if sign.is_ascii_alphanumeric() => Some(Key::Sign(sign.to_ascii_uppercase())),
        ('f', number) if !number.starts_with(['0', '+']) => {
            let number = number.parse().ok()?;
            (1..=12).contains(&number).then_some(Key::Function(number))
        }
        _ => None,
    }
}

impl fmt::Display for Hotkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modifiers = [
            (self.ctrl, "Ctrl+"),
            (self.alt, "Alt+"),
            (self.shift, "Shift+"),
            (self.logo, "Super+"),
        ];
        for (_, name) in modifiers.into_iter().filter(|(held, _)| *held) {
            f.write_str(name)?;
        }
        match self.key {
            Key::Sign(sign) => write!(f, "{sign}"),
            Key::Function(number) => write!(f, "F{number}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hotkeys_are_read_as_people_write_them() {
        for (text, expected) in [
            ("Ctrl+Alt+D", Ok("Ctrl+Alt+D")),
            ("alt + ctrl + d", Ok("Ctrl+Alt+D")),
            ("Maj+Contrôle+9", Ok("Ctrl+Shift+9")),
            ("Super+f12", Ok("Super+F12")),
            ("Win+Shift+Z", Ok("Shift+Super+Z")),
            ("D", Err(HotkeyError::NoModifier)),
            ("F5", Err(HotkeyError::NoModifier)),
            ("Shift+D", Err(HotkeyError::NoModifier)),
            ("Ctrl+Alt", Err(HotkeyError::Key)),
            ("Ctrl+D+E", Err(HotkeyError::Key)),
            ("Ctrl+F13", Err(HotkeyError::Key)),
            ("Ctrl+F01", Err(HotkeyError::Key)),
            ("Ctrl+é", Err(HotkeyError::Key)),
            ("Ctrl++", Err(HotkeyError::Key)),
            ("Ctrl+Entrée", Err(HotkeyError::Key)),
            ("", Err(HotkeyError::Key)),
        ] {
            let read: Result<Hotkey, _> = text.parse();
            assert_eq!(
                read.map(|hotkey| hotkey.to_string()),
                expected.map(str::to_owned),
                "{text:?}"
            );
        }
    }
}
