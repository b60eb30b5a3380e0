//! The language that the person chose for the system.

/// The system's language as a BCP 47 tag (`fr-FR`), when the system tells one: `LC_ALL`, `LC_MESSAGES`, `LANG` on Linux, the
/// account's own setting elsewhere.
pub fn language() -> Option<String> {
    sys_locale::get_locale()
}
