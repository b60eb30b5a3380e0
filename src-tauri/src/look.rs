//! How the window looks before its page has heard the agent, so that the first paint is in the right language and theme.

use clap::ValueEnum;
use tauri::window::Color;

/// A theme by its word in the settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Theme {
    /// What the desktop prefers.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

impl Theme {
    /// The theme of a snapshot's word; one that this version doesn't know follows the desktop.
    pub fn of(word: &str) -> Self {
        Self::from_str(word, false).unwrap_or_default()
    }

    /// What the desktop's toolkit is told; none: its own preference.
    pub fn told(self) -> Option<tauri::Theme> {
        match self {
            Self::System => None,
            Self::Light => Some(tauri::Theme::Light),
            Self::Dark => Some(tauri::Theme::Dark),
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }
}

/// What the agent knew when it started the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// `fr` or `en`; without it the page asks the web engine.
    pub language: Option<String>,
    /// See [`Theme`].
    pub theme: Theme,
}

impl Look {
    /// The query of the page's address; `ui/public/first.js` and `ui/src/state/first.ts` read it. `restarted`: this page
    /// takes the place of one that died.
    pub fn query(&self, restarted: bool) -> String {
        let mut query = format!("theme={}", self.theme.word());
        if let Some(language) = &self.language {
            query.push_str("&lang=");
            query.push_str(language);
        }
        if restarted {
            query.push_str("&restarted");
        }
        query
    }
}

/// The page's ground (`--bg` of `ui/src/styles/tokens.css`), seen where the page hasn't painted yet.
pub const fn ground(dark: bool) -> Color {
    if dark {
        Color(0x11, 0x16, 0x1d, 0xff)
    } else {
        Color(0xf3, 0xf5, 0xf8, 0xff)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_told_language_and_theme_in_its_address() {
        let look = Look {
            language: Some("en".into()),
            theme: Theme::Dark,
        };
        assert_eq!(look.query(false), "theme=dark&lang=en");
        assert_eq!(look.query(true), "theme=dark&lang=en&restarted");
        assert_eq!(Look::default().query(false), "theme=system");
    }

    #[test]
    fn a_theme_that_is_not_known_follows_the_desktop() {
        assert_eq!(Theme::of("dark").told(), Some(tauri::Theme::Dark));
        assert_eq!(Theme::of("light").told(), Some(tauri::Theme::Light));
        assert_eq!(Theme::of("sepia").told(), None);
    }

    #[test]
    fn the_ground_is_the_pages_own() {
        let tokens = include_str!("../../ui/src/styles/tokens.css");
        let grounds: Vec<&str> = tokens
            .lines()
            .filter_map(|line| line.trim().strip_prefix("--bg: "))
            .map(|value| value.trim_end_matches(';'))
            .collect();
        let hex = |Color(red, green, blue, _)| format!("#{red:02x}{green:02x}{blue:02x}");
        assert_eq!(grounds, [hex(ground(false)), hex(ground(true))]);
    }
}
