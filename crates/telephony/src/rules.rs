//! What the administrator says about the company's own dialling.

use serde::{Deserialize, Serialize};

/// How typed digits are to be read. The default is a line without outside prefix and without known extensions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Rules {
    /// Digits that people type before an outside number (*préfixe de sortie*), such as `0`. It is taken off only when the
    /// text means nothing with it.
    pub outside_prefix: Option<String>,
    /// Which digits are the company's own extensions (*postes*). `None`: unknown, so none is taken for one.
    pub extensions: Option<Extensions>,
}

/// The company's extensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extensions {
    /// Fewest digits of an extension, at least 1.
    pub min_digits: usize,
    /// Most digits of an extension, at most 8.
    pub max_digits: usize,
    /// Extensions that look like a public short number (`3639`) or even an emergency number (`15`): without being listed
    /// here, the public meaning wins.
    #[serde(default)]
    pub overriding: Vec<String>,
}

impl Rules {
    /// Whether these digits are an extension although they have a public meaning too.
    pub(crate) fn overrides(&self, digits: &str) -> bool {
        self.extensions
            .as_ref()
            .is_some_and(|plan| plan.overriding.iter().any(|one| one == digits))
    }

    /// Whether digits without a public meaning are an extension.
    pub(crate) fn is_extension(&self, digits: &str) -> bool {
        self.extensions
            .as_ref()
            .is_some_and(|plan| (plan.min_digits.max(1)..=plan.max_digits.min(8)).contains(&digits.len()))
    }
}
