//! How the window is started.

use clap::{Parser, ValueEnum};
use control::profile::Profile;
use control::protocol::{Place, Point};

use crate::look::Theme;

/// The window of Centrex Tray. The agent (`centrex-tray`) starts it; started by hand it asks the agent for its window.
#[derive(Debug, Parser)]
#[command(name = "centrex-tray-window", version)]
pub struct Args {
    /// Whose agent to show: separate settings and data.
    #[arg(long, value_name = "NAME", default_value_t)]
    pub profile: Profile,
    /// Where to begin. Without it the agent is asked to show the window.
    #[arg(long, value_name = "PLACE")]
    pub place: Option<PlaceArg>,
    /// Near this point of the screen, in physical pixels.
    #[arg(long, value_name = "X,Y", value_parser = point, allow_hyphen_values = true)]
    pub anchor: Option<Point>,
    /// Language of the first words, until the agent is heard.
    #[arg(long, value_name = "LANGUAGE", value_parser = ["fr", "en"])]
    pub language: Option<String>,
    /// Theme of the first paint, until the agent is heard.
    #[arg(long, value_name = "THEME", default_value = "system")]
    pub theme: Theme,
}

/// A place by its word on the command line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum PlaceArg {
    /// The dial pad.
    Pad,
    /// Live and recent calls.
    Calls,
    /// Contacts.
    Contacts,
    /// Settings.
    Settings,
}

impl From<PlaceArg> for Place {
    fn from(place: PlaceArg) -> Self {
        match place {
            PlaceArg::Pad => Self::Pad,
            PlaceArg::Calls => Self::Calls,
            PlaceArg::Contacts => Self::Contacts,
            PlaceArg::Settings => Self::Settings,
        }
    }
}

fn point(text: &str) -> Result<Point, String> {
    let read = |part: &str| part.trim().parse().ok();
    text.split_once(',')
        .and_then(|(x, y)| {
            Some(Point {
                x: read(x)?,
                y: read(y)?,
            })
        })
        .ok_or_else(|| "two whole numbers with a comma between them, for example 1900,24".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(words: &[&str]) -> Result<Args, clap::Error> {
        Args::try_parse_from(std::iter::once("centrex-tray-window").chain(words.iter().copied()))
    }

    #[test]
    fn the_agents_words_are_understood() {
        let args = parse(&[
            "--profile",
            "work",
            "--place",
            "calls",
            "--anchor=-12,1060",
            "--language",
            "fr",
            "--theme",
            "dark",
        ])
        .unwrap();
        assert_eq!(args.profile.name(), "work");
        assert_eq!(args.place, Some(PlaceArg::Calls));
        assert_eq!(args.anchor, Some(Point { x: -12, y: 1060 }));
        assert_eq!(args.language.as_deref(), Some("fr"));
        assert_eq!(args.theme, Theme::Dark);
    }

    #[test]
    fn nothing_said_is_the_default_profile_and_no_place() {
        let args = parse(&[]).unwrap();
        assert!(args.profile.is_default());
        assert_eq!(args.place, None);
        assert_eq!((args.language, args.theme), (None, Theme::System));
    }

    #[test]
    fn half_a_point_is_refused_with_an_example() {
        let error = parse(&["--anchor", "12"]).unwrap_err().to_string();
        assert!(error.contains("1900,24"), "{error}");
    }
}
