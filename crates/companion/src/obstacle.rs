//! What keeps calls from being placed, as far as that is known before one is wanted.

use crate::event::{DialReason, KeychainProblem};
use crate::words::Message;

/// Why no call can be placed now. Each has its own sentence, of the call that somebody wants, or while nobody wants one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// Nothing is set up to dial with.
    NotConfigured,
    /// The keychain works and doesn't hold the key or password of direct mode.
    NoCredential,
    /// It holds one that was given for another address of the platform.
    OtherPlatform,
    /// It doesn't hold the relay's token.
    NotEnrolled,
    /// It doesn't say.
    Keychain(KeychainProblem),
    /// The relay refused the token.
    RelayRefused,
    /// The relay holds no key to dial with, or this desktop may not dial.
    RelayCannotDial,
    /// The relay never said which accounts are this desktop's.
    RelayUnreachable,
}

impl Obstacle {
    /// Every obstacle, for a test that each has words.
    pub const ALL: [Self; 11] = [
        Self::NotConfigured,
        Self::NoCredential,
        Self::OtherPlatform,
        Self::NotEnrolled,
        Self::Keychain(KeychainProblem::NoService),
        Self::Keychain(KeychainProblem::Locked),
        Self::Keychain(KeychainProblem::NoAnswer),
        Self::Keychain(KeychainProblem::Failed),
        Self::RelayRefused,
        Self::RelayCannotDial,
        Self::RelayUnreachable,
    ];

    /// The sentence for a call that was wanted and isn't placed.
    pub fn of_a_call(self) -> Message {
        match self {
            Self::NotConfigured => DialReason::NotConfigured.message(),
            Self::NoCredential => Message::new("dial-failed-no-credential"),
            Self::OtherPlatform => DialReason::OtherPlatform.message(),
            Self::NotEnrolled => Message::new("dial-failed-not-enrolled"),
            Self::Keychain(problem) => DialReason::Keychain(problem).message(),
            Self::RelayRefused => DialReason::RelayRefused.message(),
            Self::RelayCannotDial => DialReason::RelayCannotDial.message(),
            Self::RelayUnreachable => DialReason::RelayUnreachable.message(),
        }
    }

    /// The sentence while nobody wants to call: nothing is said of a call.
    pub fn idle(self) -> Message {
        let id = match self {
            // Theirs speak of no call anyway.
            Self::NotConfigured | Self::RelayCannotDial => return self.of_a_call(),
            Self::NoCredential => "cannot-dial-no-credential",
            Self::OtherPlatform => "cannot-dial-other-platform",
            Self::NotEnrolled => "cannot-dial-not-enrolled",
            Self::Keychain(KeychainProblem::NoService) => "cannot-dial-keychain-no-service",
            Self::Keychain(KeychainProblem::Locked) => "cannot-dial-keychain-locked",
            Self::Keychain(KeychainProblem::NoAnswer) => "cannot-dial-keychain-no-answer",
            Self::Keychain(KeychainProblem::Failed) => "cannot-dial-keychain-failed",
            Self::RelayRefused => "cannot-dial-relay-refused",
            Self::RelayUnreachable => "cannot-dial-relay-unreachable",
        };
        Message::new(id)
    }
}
