//! The person's language.
