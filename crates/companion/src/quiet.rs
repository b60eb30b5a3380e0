//! Quiet hours: when nobody wants to be told, by the wall clock of the person's time zone.
//!
//! Written `20:00-08:00 mon,tue,wed,thu,fri` (no days: every day). A span that ends at or before its beginning runs into the
//! next day and belongs to the day on which it begins; `00:00-00:00` is a whole day.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;

const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Monday, "mon"),
    (Weekday::Tuesday, "tue"),
    (Weekday::Wednesday, "wed"),
    (Weekday::Thursday, "thu"),
    (Weekday::Friday, "fri"),
    (Weekday::Saturday, "sat"),
    (Weekday::Sunday, "sun"),
];

/// A span of the day without alerts, on some days of the week.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuietHours {
    from: Time,
    to: Time,
    /// Those on which it begins, Monday first, each once; never none.
    days: Vec<Weekday>,
}

/// What was written isn't a span of hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("quiet hours are written 20:00-08:00 mon,tue")]
pub struct NotHours;

impl QuietHours {
    /// From and to as `20:00`, days as `mon`; no days are all days.
    ///
    /// # Errors
    /// [`NotHours`]
    pub fn of_words<'a>(
        from: &str,
        to: &str,
        days: impl IntoIterator<Item = &'a str>,
    ) -> Result<Self, NotHours> {
        let mut chosen = Vec::new();
        for day in days {
            let known = DAYS.iter().find(|(_, name)| *name == day);
            chosen.push(known.ok_or(NotHours)?.0);
        }
        let all = chosen.is_empty();
        let days = DAYS.iter().map(|(day, _)| *day);
        Ok(Self {
            from: minute(from)?,
            to: minute(to)?,
            days: days.filter(|day| all || chosen.contains(day)).collect(),
        })
    }

    /// When it begins, as `20:00`.
    pub fn from(&self) -> String {
        clock(self.from)
    }

    /// When it ends, as `08:00`.
    pub fn to(&self) -> String {
        clock(self.to)
    }

    /// The days on which it begins, as `mon`; empty: every day.
    pub fn days(&self) -> Vec<&'static str> {
        if self.days.len() == DAYS.len() {
            return Vec::new();
        }
        let chosen = DAYS.iter().filter(|(day, _)| self.days.contains(day));
        chosen.map(|(_, name)| *name).collect()
    }

    /// When the span that now lies in is over; `None`: it isn't quiet. Spans that touch count as one, for a week at most.
    pub fn until(&self, now: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        let mut until = None;
        let mut at = zone.to_datetime(now);
        for _ in DAYS {
            match self.span_end(at) {
                Some(end) => at = end,
                None => break,
            }
            until = zone.to_timestamp(at).ok();
        }
        // Where the clock is set back the end may be behind us: then it's over.
        until.filter(|until| *until > now)
    }

    /// The end of the span that a moment of the wall clock lies in.
    fn span_end(&self, at: DateTime) -> Option<DateTime> {
        let today = at.date();
        [Some(today), today.yesterday().ok()]
            .into_iter()
            .flatten()
            .filter(|day| self.days.contains(&day.weekday()))
            .filter_map(|day| self.span(day))
            .filter(|(from, to)| *from <= at && at < *to)
            .map(|(_, to)| to)
            .max()
    }

    fn span(&self, day: Date) -> Option<(DateTime, DateTime)> {
        let last = if self.to <= self.from {
            day.tomorrow().ok()?
        } else {
            day
        };
        Some((day.to_datetime(self.from), last.to_datetime(self.to)))
    }
}

impl FromStr for QuietHours {
    type Err = NotHours;

    fn from_str(text: &str) -> Result<Self, NotHours> {
        let mut words = text.split_whitespace();
        let (from, to) = words
            .next()
            .and_then(|span| span.split_once('-'))
            .ok_or(NotHours)?;
        let days = words.next().unwrap_or_default();
        if words.next().is_some() {
            return Err(NotHours);
        }
        Self::of_words(from, to, days.split(',').filter(|day| !day.is_empty()))
    }
}

impl fmt::Display for QuietHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.from(), self.to())?;
        let days = self.days();
        if days.is_empty() {
            return Ok(());
        }
        write!(f, " {}", days.join(","))
    }
}

fn clock(time: Time) -> String {
    format!("{:02}:{:02}", time.hour(), time.minute())
}

/// `20:00` or `8:00`, no finer.
fn minute(text: &str) -> Result<Time, NotHours> {
    let (hour, minute) = text.split_once(':').ok_or(NotHours)?;
    let number = |text: &str, longest: usize| {
        let plain = (1..=longest).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        plain.then(|| text.parse::<i8>().ok()).flatten().ok_or(NotHours)
    };
    let minutes = if minute.len() == 2 {
        number(minute, 2)?
    } else {
        return Err(NotHours);
    };
    Time::new(number(hour, 2)?, minutes, 0, 0).map_err(|_| NotHours)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(text: &str) -> QuietHours {
        text.parse().unwrap()
    }

    fn until(text: &str, now: &str) -> Option<String> {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let until = hours(text).until(now.parse().unwrap(), &zone)?;
        Some(until.to_zoned(zone).strftime("%a %d %H:%M").to_string())
    }

    #[test]
    fn a_night_belongs_to_the_day_on_which_it_begins() {
        // 4 January 2027 is a Monday; Paris is one hour ahead.
        let week = "20:00-08:00 mon,tue,wed,thu,fri";
        assert_eq!(until(week, "2027-01-04T18:59:59Z"), None);
        assert_eq!(until(week, "2027-01-04T19:00:00Z"), Some("Tue 05 08:00".into()));
        assert_eq!(until(week, "2027-01-05T06:59:59Z"), Some("Tue 05 08:00".into()));
        assert_eq!(until(week, "2027-01-05T07:00:00Z"), None);
        assert_eq!(
            until(week, "2027-01-09T05:00:00Z"),
            Some("Sat 09 08:00".into()),
            "Friday's night"
        );
        assert_eq!(
            until(week, "2027-01-10T05:00:00Z"),
            None,
            "Saturday's isn't quiet"
        );
        assert_eq!(
            until("12:00-14:00", "2027-01-10T11:30:00Z"),
            Some("Sun 10 14:00".into())
        );
    }

    #[test]
    fn days_that_touch_are_one_silence() {
        let weekend = "00:00-00:00 sat,sun";
        assert_eq!(
            until(weekend, "2027-01-09T05:00:00Z"),
            Some("Mon 11 00:00".into())
        );
        assert_eq!(until(weekend, "2027-01-11T05:00:00Z"), None);
        assert!(until("00:00-00:00", "2027-01-11T05:00:00Z").is_some(), "always");
    }

    #[test]
    fn the_clock_that_changes_in_the_night_moves_the_end() {
        // In Paris 02:00 becomes 03:00 on 28 March 2027, and 03:00 becomes 02:00 on 31 October.
        let night = "20:00-08:00";
        let end =
            |now: &str| hours(night).until(now.parse().unwrap(), &TimeZone::get("Europe/Paris").unwrap());
        assert_eq!(end("2027-03-27T22:00:00Z"), "2027-03-28T06:00:00Z".parse().ok());
        assert_eq!(end("2027-10-30T22:00:00Z"), "2027-10-31T07:00:00Z".parse().ok());
        // An end inside the hour that comes twice is never behind us.
        let twice = hours("01:00-02:30");
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let mut now: Timestamp = "2027-10-30T23:00:00Z".parse().unwrap();
        for _ in 0..240 {
            assert!(twice.until(now, &zone).is_none_or(|until| until > now));
            now = crate::time::after(now, 60);
        }
    }

    #[test]
    fn it_is_read_and_written_the_same() {
        for text in [
            "20:00-08:00 mon,tue,wed,thu,fri",
            "12:00-14:00",
            "00:00-00:00 sat,sun",
        ] {
            assert_eq!(hours(text).to_string(), text);
        }
        assert_eq!(hours("8:00-9:30  sun,sat,sun").to_string(), "08:00-09:30 sat,sun");
        for wrong in [
            "",
            "20:00",
            "20-08",
            "25:00-08:00",
            "20:60-08:00",
            "20:0-08:00",
            "20:00-08:00 lundi",
            "20:00-08:00 mon tue",
            "+8:00-09:00",
            "20:00:00-08:00",
        ] {
            assert_eq!(wrong.parse::<QuietHours>(), Err(NotHours), "{wrong}");
        }
    }
}
