//! The tray's pictures, one for each state, in the sizes that panels use. Drawn to be told apart by shape and to be seen on
//! light and on dark panels: a panel's colour can't be known on Linux.

use companion::tray::TrayIcon;

use crate::desktop::picture::Picture;

/// The PNG files of one state, smallest first. Larger ones would cost more than they show: a tray host asks for all of them
/// whenever anything changes.
macro_rules! files {
    ($state:literal, $($side:literal),+) => {
        &[$(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../icons/tray/", $state, "-", $side, ".png"))),+]
    };
}

fn files(icon: TrayIcon) -> &'static [&'static [u8]] {
    match icon {
        TrayIcon::Ringing => files!("ringing", "16", "22", "24", "32", "48"),
        TrayIcon::InCall => files!("in-call", "16", "22", "24", "32", "48"),
        TrayIcon::Missed => files!("missed", "16", "22", "24", "32", "48"),
        TrayIcon::NotConnected => files!("not-connected", "16", "22", "24", "32", "48"),
        TrayIcon::Idle => files!("idle", "16", "22", "24", "32", "48"),
    }
}

/// The pictures of a state, smallest first.
pub(super) fn pictures(icon: TrayIcon) -> Vec<Picture> {
    // The files are part of the program and a test reads each: none is left out in practice.
    files(icon)
        .iter()
        .filter_map(|file| Picture::decode(file))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_has_its_picture_in_every_size() {
        let states = [
            TrayIcon::Ringing,
            TrayIcon::InCall,
            TrayIcon::Missed,
            TrayIcon::NotConnected,
            TrayIcon::Idle,
        ];
        let mut seen = std::collections::HashSet::new();
        for state in states {
            let pictures = pictures(state);
            assert_eq!(
                pictures.iter().map(|p| p.side).collect::<Vec<_>>(),
                [16, 22, 24, 32, 48]
            );
            for picture in pictures {
                assert_eq!(picture.rgba.len(), (4 * picture.side * picture.side) as usize);
                assert!(
                    seen.insert(picture.rgba),
                    "{state:?} at {} px looks like another state",
                    picture.side
                );
            }
        }
    }
}
