//! Secrets: how they are made, written, compared and kept.
//!
//! Nothing here shows a secret in `Debug`, and nothing but the place that hands it to a person exposes one.

pub mod callback;
pub mod code;
pub(crate) mod file;
pub mod rotation;

use rand::RngCore;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// SHA-256 of a secret. High-entropy secrets need no slow hash.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

impl Hash {
    /// Of a secret's bytes.
    pub fn of(secret: &[u8]) -> Self {
        Self(Sha256::digest(secret).into())
    }

    /// Compares without telling by its duration where they differ.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl std::fmt::Debug for Hash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Hash(…)")
    }
}

/// What every bearer token starts with, so that secret scanners and people recognise one.
const TOKEN_PREFIX: &str = "ctr_";

/// A new bearer token: 256 bits.
pub fn new_token(chance: &mut dyn RngCore) -> SecretString {
    format!("{TOKEN_PREFIX}{}", random_hex(chance, 32)).into()
}

/// Of a bearer token.
pub fn token_hash(token: &SecretString) -> Hash {
    Hash::of(token.expose_secret().as_bytes())
}

/// A public name such as `tok_1f0c…`.
pub fn new_id(prefix: &str, chance: &mut dyn RngCore) -> String {
    format!("{prefix}_{}", random_hex(chance, 6))
}

/// `bytes` random bytes, in hexadecimal.
pub(crate) fn random_hex(chance: &mut dyn RngCore, bytes: usize) -> String {
    let mut buffer = vec![0; bytes];
    chance.fill_bytes(&mut buffer);
    hex(&buffer)
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn tokens_are_long_and_differ() {
        let mut chance = rand::rngs::StdRng::seed_from_u64(1);
        let one = new_token(&mut chance);
        let two = new_token(&mut chance);
        assert_eq!(one.expose_secret().len(), TOKEN_PREFIX.len() + 64);
        assert!(!token_hash(&one).matches(&token_hash(&two)));
        assert!(token_hash(&one).matches(&Hash::of(one.expose_secret().as_bytes())));
    }

    #[test]
    fn debug_shows_nothing() {
        let mut chance = rand::rngs::StdRng::seed_from_u64(1);
        let token = new_token(&mut chance);
        let shown = format!("{token:?} {:?}", token_hash(&token));
        assert!(!shown.contains(token.expose_secret()));
        assert!(!shown.contains(&hex(&token_hash(&token).0)));
    }
}
