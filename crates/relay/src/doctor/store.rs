//! The database, the disk under it, and what it tells of the callbacks.

use std::path::Path;

use jiff::Timestamp;

use super::{Finding, State, finding};
use crate::settings::Settings;
use crate::store::kinds::{event, history, unmatched};
use crate::store::{FILE, StoreError, look};
use crate::time::to_the_second;

const CALLBACKS: &str = "callbacks";

/// With less than this, the next callbacks may be refused.
const LEAST_ROOM: u64 = 64 << 20;

/// What the database tells.
struct Told {
    soundness: String,
    events: (u64, Option<Timestamp>),
    last_callback: Option<Timestamp>,
    set_aside: u64,
}

pub(super) fn findings(settings: &Settings) -> Vec<Finding> {
    const WHAT: &str = "store";
    let path = settings.data_dir.join(FILE);
    let told = look(&settings.data_dir, |db| {
        Ok(Told {
            soundness: db.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?,
            events: event::kept(db)?,
            last_callback: history::last_callback(db)?,
            set_aside: unmatched::count(db)?,
        })
    });
    let told = match told {
        Ok(told) if told.soundness == "ok" => told,
        Ok(told) => {
            let cause = told.soundness.into();
            let damaged = StoreError::Damaged {
                path: path.into(),
                cause,
            };
            return vec![finding(WHAT, State::Failed, damaged.to_string())];
        }
        Err(error) if error.awaits_a_start() => {
            return vec![finding(WHAT, State::Warning, error.to_string())];
        }
        Err(error) => return vec![finding(WHAT, State::Failed, error.to_string())],
    };
    let events = match told.events {
        (count, Some(oldest)) => format!("{count} events are kept, the oldest of {}", to_the_second(oldest)),
        (_, None) => "no events are kept".to_owned(),
    };
    let sound = format!("{} is sound; {events}", path.display());
    let mut findings = vec![finding(WHAT, State::Good, sound)];
    findings.extend(room(&settings.data_dir, settings.keep.size));
    findings.push(match told.last_callback {
        Some(at) => finding(
            CALLBACKS,
            State::Good,
            format!("the last one came at {}", to_the_second(at)),
        ),
        None => finding(
            CALLBACKS,
            State::Warning,
            "none yet; after `centrex-relay callback set`, ring one of your lines and look again",
        ),
    });
    if told.set_aside > 0 {
        let detail = format!(
            "{} could not be used, or only in part, and are kept as they came; look at them with: centrex-relay unmatched list",
            told.set_aside
        );
        findings.push(finding("unmatched callbacks", State::Warning, detail));
    }
    findings
}

/// Whether the database may still grow as far as it is allowed to. Nothing where the system doesn't say.
fn room(data_dir: &Path, most: u64) -> Option<Finding> {
    let free = free_bytes(data_dir)?;
    let length = |suffix: &str| {
        let file = data_dir.join(format!("{FILE}{suffix}"));
        std::fs::metadata(file).map_or(0, |meta| meta.len())
    };
    let (state, detail) = judged(free, length("") + length("-wal"), most);
    Some(finding(
        "disk",
        state,
        format!("{}: {detail}", data_dir.display()),
    ))
}

fn judged(free: u64, used: u64, most: u64) -> (State, String) {
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    if free < LEAST_ROOM {
        let detail = format!(
            "the disk is full but for {}: callbacks are refused (503), or will be soon; make room, the relay goes on by itself",
            mib(free)
        );
        (State::Failed, detail)
    } else if free.saturating_add(used) < most {
        let detail = format!(
            "{} are free, and the database, {} now, may grow to {} (keep.size); make room, or lower keep.size",
            mib(free),
            mib(used),
            mib(most)
        );
        (State::Warning, detail)
    } else {
        (State::Good, format!("{} are free", mib(free)))
    }
}

/// What this user may still write there.
#[cfg(unix)]
fn free_bytes(folder: &Path) -> Option<u64> {
    let told = rustix::fs::statvfs(folder).ok()?;
    Some(told.f_bavail.saturating_mul(told.f_frsize))
}

#[cfg(not(unix))]
fn free_bytes(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_is_judged_by_how_far_the_database_may_grow() {
        let gib = 1 << 30;
        for (free, used, state) in [
            (0, 0, State::Failed),
            (LEAST_ROOM - 1, 8 * gib, State::Failed),
            (gib, gib, State::Warning),
            (7 * gib, gib, State::Good),
            (20 * gib, 0, State::Good),
        ] {
            assert_eq!(judged(free, used, 8 * gib).0, state, "{free} {used}");
        }
    }
}
