//! Which notifications stand, on paper: an agent that is killed can't withdraw its own, so the next one does.
//!
//! One file in the session's runtime folder, beside the control socket: `control.notifications`. Its first line is `1 BUS DAEMON`
//! (the version of this form, the bus's GUID and the daemon's unique name on it: on another bus, or with another daemon, the ids
//! are somebody else's), then an id a line. It is written when notifications come or go, and there is none while none stands.

use std::path::PathBuf;

use control::profile::Profile;
use control::transport::Address;

const VERSION: &str = "1";

/// See the module.
pub(super) struct Ledger {
    /// `None`: there is nowhere to write.
    file: Option<PathBuf>,
    /// As it stands in the file.
    written: String,
}

impl Ledger {
    /// Of the agent of a profile.
    pub fn of(profile: &str) -> Self {
        let address = profile
            .parse::<Profile>()
            .ok()
            .and_then(|profile| Address::of(&profile).ok());
        Self {
            file: address.map(|address| address.socket_file().with_extension("notifications")),
            written: String::new(),
        }
    }

    /// What another agent of the profile left with this daemon on this bus.
    pub fn left(&self, bus: &str, daemon: &str) -> Vec<u32> {
        let text = self
            .file
            .as_ref()
            .and_then(|file| std::fs::read_to_string(file).ok());
        let text = text.unwrap_or_default();
        let mut lines = text.lines();
        match lines.next() {
            Some(head) if head == self::head(bus, daemon) => lines.filter_map(|id| id.parse().ok()).collect(),
            _ => Vec::new(),
        }
    }

    /// These stand now, and no others.
    pub fn keep(&mut self, bus: &str, daemon: &str, ids: &[u32]) {
        let mut text = String::new();
        if !ids.is_empty() {
            let ids: String = ids.iter().map(|id| format!("{id}\n")).collect();
            text = format!("{}\n{ids}", head(bus, daemon));
        }
        if text != self.written {
            self.write(text);
        }
    }

    /// Nothing stands, whatever was left.
    pub fn clear(&mut self) {
        self.write(String::new());
    }

    fn write(&mut self, text: String) {
        let Some(file) = &self.file else { return };
        let written = match text.as_str() {
            "" => std::fs::remove_file(file),
            text => std::fs::write(file, text),
        };
        match written {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                tracing::debug!(%error, "which notifications stand can't be noted");
            }
            _ => {}
        }
        self.written = text;
    }
}

fn head(bus: &str, daemon: &str) -> String {
    format!("{VERSION} {bus} {daemon}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ledger(folder: &std::path::Path) -> Ledger {
        Ledger {
            file: Some(folder.join("control.notifications")),
            written: String::new(),
        }
    }

    #[test]
    fn what_was_left_is_known_with_the_same_daemon_alone() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = ledger(folder.path());
        assert_eq!(first.left("bus", ":1.5"), [0_u32; 0]);
        first.keep("bus", ":1.5", &[7, 9]);
        let mut next = ledger(folder.path());
        assert_eq!(next.left("bus", ":1.5"), [7, 9]);
        assert_eq!(next.left("bus", ":1.6"), [0_u32; 0], "another daemon counts anew");
        assert_eq!(next.left("other", ":1.5"), [0_u32; 0], "another session");
        next.clear();
        assert_eq!(next.left("bus", ":1.5"), [0_u32; 0]);
        next.keep("bus", ":1.5", &[1]);
        next.keep("bus", ":1.5", &[]);
        assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none());
    }
}
