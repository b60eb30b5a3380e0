//! `timeline.json` and its pictures: what was observed, when, and by whom.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use resvg::tiny_skia::Pixmap;
use serde::Serialize;
use serde_json::Value;

use super::screen::Screen;
use crate::run::say;

/// The steps, in order: the promise of the demo.
pub const STEPS: [&str; 22] = [
    "tray_icon_shown",
    "credentials_stored",
    "tray_clicked",
    "pad_painted",
    "number_dialled",
    "own_phone_rings",
    "other_party_rings",
    "outgoing_call_shown",
    "incoming_notified",
    "incoming_answered",
    "notification_withdrawn",
    "missed_notified",
    "called_back_from_notification",
    "journal_complete",
    "two_calls_at_once",
    "answered_elsewhere",
    "known_caller_named",
    "screen_pop_opened",
    "lost_connection_marked",
    "summary_after_absence",
    "agent_survived_window_crash",
    "quit",
];

/// One step that was observed.
#[derive(Debug, Serialize)]
struct Step {
    step: String,
    /// Milliseconds since the demo's desktop was ready.
    at_ms: u64,
    /// Milliseconds from what set it off to its being observed.
    took_ms: u64,
    observed_by: &'static str,
    picture: String,
    detail: Value,
}

/// What an observer saw.
pub struct Observation {
    /// Who saw it: never the app itself.
    pub by: &'static str,
    /// When it happened, if that is earlier than now.
    pub at: Option<Instant>,
    /// What set it off, if that is not the step's begin.
    pub since: Option<Instant>,
    /// What was seen.
    pub detail: Value,
    /// The screen at the moment that the step is about, if that is earlier than now.
    pub picture: Option<Pixmap>,
}

impl Observation {
    /// Seen just now.
    pub fn now(by: &'static str, detail: Value) -> Self {
        Self {
            by,
            at: None,
            since: None,
            detail,
            picture: None,
        }
    }

    /// Seen earlier.
    pub fn at(by: &'static str, at: Instant, detail: Value) -> Self {
        Self {
            at: Some(at),
            ..Self::now(by, detail)
        }
    }

    /// Set off by what happened then.
    pub fn since(self, since: Instant) -> Self {
        Self {
            since: Some(since),
            ..self
        }
    }
}

/// The record of one demo.
pub struct Timeline {
    out: PathBuf,
    begun: Instant,
    steps: Vec<Step>,
    /// Pictures on their way to the disk: packing one takes longer than a step may wait.
    saving: Vec<JoinHandle<Result<()>>>,
}

impl Timeline {
    /// Begins; an older record in the folder is removed, and nothing else that lies there.
    ///
    /// # Errors
    /// When the folder can't be written.
    pub fn begin(out: &Path) -> Result<Self> {
        std::fs::create_dir_all(out).with_context(|| format!("can't make {}", out.display()))?;
        for entry in std::fs::read_dir(out)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(is_of_a_record) {
                std::fs::remove_file(entry.path())?;
            }
        }
        Ok(Self {
            out: out.to_path_buf(),
            begun: Instant::now(),
            steps: Vec::new(),
            saving: Vec::new(),
        })
    }

    /// Does one step and writes down what was observed, with a picture. A step that isn't observed ends the demo.
    ///
    /// # Errors
    /// The step's own, with its name, after a picture of what the screen showed instead.
    pub fn step(
        &mut self,
        screen: &Screen,
        name: &str,
        work: impl FnOnce() -> Result<Observation>,
    ) -> Result<()> {
        let number = self.steps.len() + 1;
        let begun = Instant::now();
        let seen = match work() {
            Ok(seen) => seen,
            Err(error) => {
                let picture = self.out.join(format!("{number:02}-{name}-FAILED.png"));
                // The step's failure matters, not that of its picture.
                let _ = screen.save(&picture);
                return Err(error.context(format!(
                    "step {number}, {name}, was not observed (see {})",
                    picture.display()
                )));
            }
        };
        let at = seen.at.unwrap_or_else(Instant::now);
        let picture = format!("{number:02}-{name}.png");
        let pixels = match seen.picture {
            Some(pixels) => pixels,
            None => screen.picture(screen.area())?,
        };
        let file = self.out.join(&picture);
        self.saving.push(std::thread::spawn(move || {
            pixels
                .save_png(&file)
                .with_context(|| format!("can't write {}", file.display()))
        }));
        let took_ms = millis(at.saturating_duration_since(seen.since.unwrap_or(begun)));
        say(format!("{number:3}  {name:30} {took_ms:6} ms  {}", seen.by));
        self.steps.push(Step {
            step: name.to_owned(),
            at_ms: millis(at.saturating_duration_since(self.begun)),
            took_ms,
            observed_by: seen.by,
            picture,
            detail: seen.detail,
        });
        self.write()
    }

    /// Waits until all pictures are on the disk.
    ///
    /// # Errors
    /// When one can't be written.
    pub fn finish(&mut self) -> Result<()> {
        for saving in self.saving.drain(..) {
            saving
                .join()
                .map_err(|_| anyhow!("a picture's thread broke off"))??;
        }
        Ok(())
    }

    /// Whether every step was observed, in order.
    pub fn is_complete(&self) -> bool {
        self.steps.iter().map(|step| step.step.as_str()).eq(STEPS)
    }

    /// Written after each step: what was observed stays, whatever comes.
    fn write(&self) -> Result<()> {
        let file = self.out.join("timeline.json");
        let text = serde_json::to_string_pretty(&serde_json::json!({ "steps": self.steps }))?;
        std::fs::write(&file, text + "\n").with_context(|| format!("can't write {}", file.display()))
    }
}

/// Whether a file of this name belongs to a demo's record: `timeline.json`, `NN-STEP.png` or `NN-STEP-FAILED.png`.
fn is_of_a_record(name: &str) -> bool {
    let picture = || {
        let (number, rest) = name.strip_suffix(".png")?.split_once('-')?;
        let step = rest.strip_suffix("-FAILED").unwrap_or(rest);
        let numbered = number.len() == 2 && number.bytes().all(|digit| digit.is_ascii_digit());
        (numbered && STEPS.contains(&step)).then_some(())
    };
    name == "timeline.json" || picture().is_some()
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_takes_the_place_of_an_older_one_and_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let older = [
            "timeline.json",
            "01-tray_icon_shown.png",
            "22-quit.png",
            "09-incoming_notified-FAILED.png",
        ];
        let foreign = [
            "holiday.png",
            "01-holiday.png",
            "1-quit.png",
            "quit.png",
            "22-quit.png.bak",
            "22-quit-FAILED.txt",
            "timeline.json.old",
        ];
        for name in older.iter().chain(&foreign) {
            std::fs::write(folder.path().join(name), name).unwrap();
        }
        Timeline::begin(folder.path()).unwrap();
        let there = |name: &&&str| folder.path().join(name).exists();
        assert_eq!(older.iter().filter(there).count(), 0);
        assert_eq!(foreign.iter().filter(there).count(), foreign.len());
    }
}
