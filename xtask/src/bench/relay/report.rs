//! The table.

use std::fmt::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::super::table::percentile;

/// One figure of ours beside the peer's.
#[derive(Clone, Debug)]
pub struct Line {
    /// What was measured.
    pub what: String,
    /// In what.
    pub unit: &'static str,
    /// Ours.
    pub ours: f64,
    /// The peer's, or the floor's.
    pub peer: Option<f64>,
    /// What is promised.
    pub budget: Budget,
}

/// What is promised.
#[derive(Clone, Copy, Debug)]
pub enum Budget {
    /// Ours is at most this.
    Limit(f64),
    /// Ours is at most so many times the peer's.
    AtMostTimes(f64),
    /// Ours is at least so many times the peer's.
    AtLeastTimes(f64),
}

impl Line {
    /// `None` without a peer, or when nothing could be measured of it.
    fn ratio(&self) -> Option<f64> {
        self.peer.filter(|peer| *peer > 0.0).map(|peer| self.ours / peer)
    }

    /// Whether the promise is kept.
    pub fn is_kept(&self) -> bool {
        match self.budget {
            Budget::Limit(limit) => self.ours <= limit,
            Budget::AtMostTimes(times) => self.ratio().is_some_and(|ratio| ratio <= times),
            Budget::AtLeastTimes(times) => self.ratio().is_some_and(|ratio| ratio >= times),
        }
    }

    /// The line as a row of a table.
    pub fn text(&self) -> String {
        let number = |value: f64| match value.abs() {
            value if value >= 1000.0 => format!("{value:.0}"),
            value if value >= 10.0 => format!("{value:.1}"),
            _ => format!("{value:.2}"),
        };
        let budget = match self.budget {
            Budget::Limit(limit) => format!("≤ {}", number(limit)),
            Budget::AtMostTimes(times) => format!("≤ {times} ×"),
            Budget::AtLeastTimes(times) => format!("≥ {times} ×"),
        };
        let or_dash = |value: Option<f64>| value.map_or("—".to_owned(), number);
        let verdict = if self.is_kept() { "kept" } else { "**NOT KEPT**" };
        format!(
            "| {} | {} | {} | {} | {} | {budget} | {verdict} |",
            self.what,
            self.unit,
            number(self.ours),
            or_dash(self.peer),
            or_dash(self.ratio()),
        )
    }
}

/// The whole table, in Markdown.
pub fn table(lines: &[Line], machine: &str) -> String {
    let mut text = format!(
        "{machine}\n\n| what | unit | ours | nchan, or floor | ratio | budget | |\n|---|---|--:|--:|--:|--:|---|\n"
    );
    for line in lines {
        // Writing to a string can't fail.
        let _ = writeln!(text, "{}", line.text());
    }
    text
}

/// What was measured on. `floor`: what the disk took to sync 4 KiB, in milliseconds.
///
/// # Errors
/// When the system doesn't say.
pub fn machine(floor: &[f64]) -> Result<String> {
    let mut floor = floor.to_vec();
    floor.sort_by(f64::total_cmp);
    let cores = std::thread::available_parallelism()?;
    let read = |file: &str, key: &str| -> Result<String> {
        let text = std::fs::read_to_string(file)?;
        let line = text.lines().find_map(|line| line.strip_prefix(key));
        let value = line.with_context(|| format!("no {key} in {file}"))?;
        Ok(value.trim_matches([' ', '\t', ':', '=', '"']).to_owned())
    };
    Ok(format!(
        "{cores} cores ({cpu}), {memory:.0} GiB, {system}; loopback; servers and load share the cores. Syncing 4 KiB to this disk: \
         p50 {p50:.2} ms, p99 {p99:.2} ms.",
        cpu = read("/proc/cpuinfo", "model name").unwrap_or_else(|_| std::env::consts::ARCH.to_owned()),
        memory = read("/proc/meminfo", "MemTotal")?
            .trim_end_matches(" kB")
            .parse::<f64>()?
            / 1024.0
            / 1024.0,
        system = read("/etc/os-release", "PRETTY_NAME")?,
        p50 = percentile(&floor, 0.5),
        p99 = percentile(&floor, 0.99),
    ))
}

/// What stands around the table in the file.
const MARKS: [&str; 2] = [
    "<!-- table: cargo xtask bench relay --write -->\n",
    "<!-- end of the table -->",
];

/// Puts the table into the file, in the place of the one that is there.
///
/// # Errors
/// When the file isn't there or has no place for it.
pub fn write(file: &Path, table: &str) -> Result<()> {
    let text = std::fs::read_to_string(file).with_context(|| format!("{} can't be read", file.display()))?;
    let [begin, end] = MARKS;
    let place = "no place for the table";
    let (before, rest) = text.split_once(begin).context(place)?;
    let (_, after) = rest.split_once(end).context(place)?;
    Ok(std::fs::write(
        file,
        format!("{before}{begin}\n{table}\n{end}{after}"),
    )?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn promises_are_held_against_the_peer_or_the_limit() {
        let line = |budget| Line {
            what: "x".to_owned(),
            unit: "ms",
            ours: 3.0,
            peer: Some(2.0),
            budget,
        };
        for (budget, kept) in [
            (Budget::Limit(3.0), true),
            (Budget::Limit(2.9), false),
            (Budget::AtMostTimes(1.5), true),
            (Budget::AtMostTimes(1.4), false),
            (Budget::AtLeastTimes(1.5), true),
            (Budget::AtLeastTimes(1.6), false),
        ] {
            assert_eq!(line(budget).is_kept(), kept, "{budget:?}");
        }
        let alone = Line {
            peer: None,
            ..line(Budget::AtLeastTimes(0.1))
        };
        assert!(!alone.is_kept(), "without a peer it can't be kept");
        for peer in [0.0, -1.0] {
            let nothing = Line {
                peer: Some(peer),
                ..line(Budget::AtMostTimes(1.0))
            };
            assert!(!nothing.is_kept(), "nor beside nothing");
        }
        assert!(line(Budget::Limit(1.0)).text().contains("NOT KEPT"));
    }

    #[test]
    fn a_new_table_takes_the_place_of_the_old_one_and_leaves_the_words_around_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bench.md");
        let [begin, end] = MARKS;
        std::fs::write(&file, format!("before\n{begin}old{end}\nafter\n")).unwrap();
        for table in ["first", "second"] {
            write(&file, table).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            assert_eq!(text, format!("before\n{begin}\n{table}\n{end}\nafter\n"));
        }
        std::fs::write(&file, "no marks").unwrap();
        write(&file, "table").unwrap_err();
    }
}
