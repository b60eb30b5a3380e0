//! Profiles: separate settings, keychain entries and data for one person.

/// The name of a profile. Part of paths, of a pipe's name and of the keychain's service: so only letters, digits, `-` and `_`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Profile(String);

/// A text that can't name a profile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile's name has 1 to 32 letters a-z, digits, '-' or '_', for example 'work'")]
pub struct BadProfile;

impl Profile {
    /// The longest name, so that a socket's path stays within the 104 bytes that macOS allows.
    pub const MAX_LEN: usize = 32;
    const DEFAULT: &str = "default";

    /// `default`, or the name that was given.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// Nobody asked for another one.
    pub fn is_default(&self) -> bool {
        self.0 == Self::DEFAULT
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self(Self::DEFAULT.to_owned())
    }
}

impl std::fmt::Display for Profile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Profile {
    type Err = BadProfile;

    /// # Errors
    /// [`BadProfile`] for an empty or too long text, or other characters. Upper case is refused because folders ignore it
    /// on some systems and not on others.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_';
        if (1..=Self::MAX_LEN).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(BadProfile)
        }
    }
}
