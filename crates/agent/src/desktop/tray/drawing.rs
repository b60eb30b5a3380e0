//! The tray's pictures, one for each state, in the sizes that panels use.

use companion::tray::TrayIcon;

/// A square picture, 8 bits a channel, not premultiplied.
pub(super) struct Picture {
    /// Pixels a side.
    pub side: i32,
    /// Red, green, blue, alpha; row by row.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// Alpha, red, green, blue: the byte order of StatusNotifierItem (ARGB32 in network order).
    #[cfg(target_os = "linux")]
    pub fn argb(&self) -> Vec<u8> {
        let mut argb = self.rgba.clone();
        for pixel in argb.as_chunks_mut::<4>().0 {
            pixel.rotate_right(1);
        }
        argb
    }
}

/// The pictures of a state, smallest first.
pub(super) fn pictures(icon: TrayIcon) -> Vec<Picture> {
    [16, 22, 24, 32, 48]
        .into_iter()
        .map(|side| draw(icon, side))
        .collect()
}

/// A disc in the colour of the state with a light rim: seen on light and on dark panels alike.
fn draw(icon: TrayIcon, side: i32) -> Picture {
    let (red, green, blue) = match icon {
        TrayIcon::Ringing => (0xE0, 0x7A, 0x00),
        TrayIcon::InCall => (0x1F, 0x9D, 0x55),
        TrayIcon::Missed => (0xD6, 0x33, 0x33),
        TrayIcon::NotConnected => (0x80, 0x80, 0x80),
        TrayIcon::Idle => (0x2B, 0x6C, 0xB0),
    };
    let mut rgba = Vec::new();
    for y in 0..side {
        for x in 0..side {
            let (dx, dy) = (2 * x + 1 - side, 2 * y + 1 - side);
            let distance = dx * dx + dy * dy;
            let pixel = if distance > side * side {
                [0, 0, 0, 0]
            } else if distance > (side - 3) * (side - 3) {
                [0xFF, 0xFF, 0xFF, 0xFF]
            } else {
                [red, green, blue, 0xFF]
            };
            rgba.extend(pixel);
        }
    }
    Picture { side, rgba }
}
