//! The tray's pictures, one for each state, in the sizes that panels use. Drawn to be told apart by shape and to be seen on
//! light and on dark panels: a panel's colour can't be known on Linux.

use companion::tray::TrayIcon;

/// A square picture, 8 bits a channel, not premultiplied.
pub(super) struct Picture {
    /// Pixels a side.
    pub side: u32,
    /// Red, green, blue, alpha; row by row.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// Alpha, red, green, blue: the byte order of StatusNotifierItem (ARGB32 in network order).
    #[cfg(target_os = "linux")]
    pub fn into_argb(self) -> Vec<u8> {
        let mut argb = self.rgba;
        for pixel in argb.as_chunks_mut::<4>().0 {
            pixel.rotate_right(1);
        }
        argb
    }
}

/// The PNG files of one state, smallest first.
macro_rules! files {
    ($state:literal, $($side:literal),+) => {
        &[$(include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../icons/tray/", $state, "-", $side, ".png"))),+]
    };
}

fn files(icon: TrayIcon) -> &'static [&'static [u8]] {
    match icon {
        TrayIcon::Ringing => files!("ringing", "16", "22", "24", "32", "48", "64"),
        TrayIcon::InCall => files!("in-call", "16", "22", "24", "32", "48", "64"),
        TrayIcon::Missed => files!("missed", "16", "22", "24", "32", "48", "64"),
        TrayIcon::NotConnected => files!("not-connected", "16", "22", "24", "32", "48", "64"),
        TrayIcon::Idle => files!("idle", "16", "22", "24", "32", "48", "64"),
    }
}

/// The pictures of a state, smallest first.
pub(super) fn pictures(icon: TrayIcon) -> Vec<Picture> {
    // The files are part of the program and a test reads each: none is left out in practice.
    files(icon).iter().filter_map(|file| decode(file)).collect()
}

fn decode(file: &[u8]) -> Option<Picture> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
    let mut rgba = vec![0; reader.output_buffer_size()?];
    let info = reader.next_frame(&mut rgba).ok()?;
    let is_rgba = (info.color_type, info.bit_depth) == (png::ColorType::Rgba, png::BitDepth::Eight);
    (is_rgba && info.width == info.height).then_some(Picture {
        side: info.width,
        rgba,
    })
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
                [16, 22, 24, 32, 48, 64]
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

    #[test]
    #[cfg(target_os = "linux")]
    fn the_bus_gets_alpha_first() {
        let picture = Picture {
            side: 1,
            rgba: vec![1, 2, 3, 4],
        };
        assert_eq!(picture.into_argb(), [4, 1, 2, 3]);
    }
}
