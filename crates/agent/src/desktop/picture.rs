//! The product's drawings, as the desktop takes them: plain pixels.

/// A square picture, 8 bits a channel, not premultiplied.
#[derive(Clone)]
pub(super) struct Picture {
    /// Pixels a side.
    pub side: u32,
    /// Red, green, blue, alpha; row by row.
    pub rgba: Vec<u8>,
}

impl Picture {
    /// From a PNG file that is part of the program; `None` for anything but a square one with 8-bit RGBA.
    pub fn decode(file: &[u8]) -> Option<Self> {
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().ok()?;
        let mut rgba = vec![0; reader.output_buffer_size()?];
        let info = reader.next_frame(&mut rgba).ok()?;
        let is_rgba = (info.color_type, info.bit_depth) == (png::ColorType::Rgba, png::BitDepth::Eight);
        (is_rgba && info.width == info.height).then_some(Self {
            side: info.width,
            rgba,
        })
    }

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(target_os = "linux")]
    fn the_bus_gets_alpha_first() {
        let picture = Picture {
            side: 1,
            rgba: vec![1, 2, 3, 4],
        };
        assert_eq!(picture.into_argb(), [4, 1, 2, 3]);
    }

    #[test]
    fn what_is_no_picture_is_none() {
        assert!(Picture::decode(b"not a PNG").is_none());
    }
}
