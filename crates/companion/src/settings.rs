//! The settings: their meaning, their TOML form, their layers (defaults, the person's file, the company's file).

/// The settings in force.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {}
