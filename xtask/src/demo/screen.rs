//! The screen as a person has it: what it shows, where the windows are, and the mouse.

use std::path::Path;

use anyhow::{Context, Result, bail};
use resvg::tiny_skia::{IntSize, Pixmap};
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT, ChangeWindowAttributesAux, ClientMessageEvent,
    ConnectionExt as _, EventMask, ImageFormat, MOTION_NOTIFY_EVENT, MapState, Window,
};
use x11rb::protocol::xtest::ConnectionExt as _;
use x11rb::rust_connection::RustConnection;

/// A connection to an X display.
pub struct Screen {
    connection: RustConnection,
    root: Window,
    width: u16,
    height: u16,
}

/// A rectangle of the screen, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Area {
    /// Left edge.
    pub x: i32,
    /// Upper edge.
    pub y: i32,
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

impl Area {
    /// Its middle.
    pub fn centre(self) -> (i32, i32) {
        (
            self.x + self.width.cast_signed() / 2,
            self.y + self.height.cast_signed() / 2,
        )
    }
}

/// A window that is to be seen.
#[derive(Clone, Debug)]
pub struct Shown {
    /// X's number of it.
    pub id: u32,
    /// The class part of `WM_CLASS`.
    pub class: String,
    /// Where it is.
    pub area: Area,
}

impl Screen {
    /// Connects to a display such as `:99`.
    ///
    /// # Errors
    /// When no X server answers there.
    pub fn open(display: &str) -> Result<Self> {
        let (connection, number) =
            RustConnection::connect(Some(display)).with_context(|| format!("no X server at {display}"))?;
        let screen = connection
            .setup()
            .roots
            .get(number)
            .context("the X server has no such screen")?;
        let (root, width, height) = (screen.root, screen.width_in_pixels, screen.height_in_pixels);
        Ok(Self {
            connection,
            root,
            width,
            height,
        })
    }

    /// Gives the bare desktop a colour (0xRRGGBB).
    ///
    /// # Errors
    /// When the X server goes.
    pub fn paint_root(&self, colour: u32) -> Result<()> {
        let change = ChangeWindowAttributesAux::new().background_pixel(colour);
        self.connection
            .change_window_attributes(self.root, &change)?
            .check()?;
        self.connection
            .clear_area(false, self.root, 0, 0, 0, 0)?
            .check()?;
        Ok(())
    }

    /// The whole screen.
    pub fn area(&self) -> Area {
        Area {
            x: 0,
            y: 0,
            width: self.width.into(),
            height: self.height.into(),
        }
    }

    /// What the area shows now (the part of it that lies on the screen).
    ///
    /// # Errors
    /// When the X server goes, or the area lies off the screen.
    pub fn picture(&self, area: Area) -> Result<Pixmap> {
        let left = area.x.clamp(0, self.width.into());
        let top = area.y.clamp(0, self.height.into());
        let right = (area.x + area.width.cast_signed()).clamp(left, self.width.into());
        let bottom = (area.y + area.height.cast_signed()).clamp(top, self.height.into());
        let (width, height) = (u16::try_from(right - left)?, u16::try_from(bottom - top)?);
        let (x, y) = (i16::try_from(left)?, i16::try_from(top)?);
        let image = self
            .connection
            .get_image(ImageFormat::Z_PIXMAP, self.root, x, y, width, height, u32::MAX)?
            .reply()
            .context("can't read the screen")?;
        // Depth 24 on a little-endian server: blue, green, red, nothing.
        let rgba = image
            .data
            .chunks_exact(4)
            .flat_map(|p| [p[2], p[1], p[0], 255])
            .collect();
        let size = IntSize::from_wh(width.into(), height.into()).context("the area is off the screen")?;
        Pixmap::from_vec(rgba, size).context("the X server isn't 24 bits deep")
    }

    /// Saves the whole screen as a PNG.
    ///
    /// # Errors
    /// When the screen can't be read or the file can't be written.
    pub fn save(&self, file: &Path) -> Result<()> {
        self.picture(self.area())?
            .save_png(file)
            .with_context(|| format!("can't write {}", file.display()))
    }

    /// Moves the mouse there.
    ///
    /// # Errors
    /// When the X server goes or lacks the XTEST extension.
    pub fn point(&self, (x, y): (i32, i32)) -> Result<()> {
        let (x, y) = (i16::try_from(x)?, i16::try_from(y)?);
        self.connection
            .xtest_fake_input(MOTION_NOTIFY_EVENT, 0, 0, self.root, x, y, 0)?;
        self.connection.flush()?;
        Ok(())
    }

    /// Moves the mouse there and clicks its left button.
    ///
    /// # Errors
    /// When the X server goes or lacks the XTEST extension.
    pub fn click(&self, at: (i32, i32)) -> Result<()> {
        self.point(at)?;
        let (x, y) = (i16::try_from(at.0)?, i16::try_from(at.1)?);
        for event in [BUTTON_PRESS_EVENT, BUTTON_RELEASE_EVENT] {
            self.connection
                .xtest_fake_input(event, 1, 0, self.root, x, y, 0)?;
        }
        // A round trip: the events are in the server's queue when this returns.
        self.connection.get_input_focus()?.reply()?;
        Ok(())
    }

    /// Asks the window manager to close a window, as the button of its frame does.
    ///
    /// # Errors
    /// When the X server goes.
    pub fn close(&self, window: &Shown) -> Result<()> {
        let close = self
            .connection
            .intern_atom(false, b"_NET_CLOSE_WINDOW")?
            .reply()?
            .atom;
        // Source 2: the person, through a pager.
        let event = ClientMessageEvent::new(32, window.id, close, [0, 2, 0, 0, 0]);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection
            .send_event(false, self.root, mask, event)?
            .check()?;
        Ok(())
    }

    /// All windows that are mapped, of any class.
    ///
    /// # Errors
    /// When the X server goes.
    pub fn windows(&self) -> Result<Vec<Shown>> {
        let mut found = Vec::new();
        self.collect(self.root, 0, &mut found)?;
        Ok(found)
    }

    /// The first mapped window of this class.
    ///
    /// # Errors
    /// When the X server goes.
    pub fn window_of(&self, class: &str) -> Result<Option<Shown>> {
        Ok(self
            .windows()?
            .into_iter()
            .find(|window| window.class.eq_ignore_ascii_case(class)))
    }

    /// Clients lie below the window manager's frames, at most three deep. A window may go between two questions: skipped.
    fn collect(&self, parent: Window, depth: u8, found: &mut Vec<Shown>) -> Result<()> {
        let Ok(tree) = self.connection.query_tree(parent)?.reply() else {
            return Ok(());
        };
        for id in tree.children {
            let Ok(attributes) = self.connection.get_window_attributes(id)?.reply() else {
                continue;
            };
            if attributes.map_state != MapState::VIEWABLE {
                continue;
            }
            if let Some(class) = self.class(id)? {
                let (Ok(size), Ok(place)) = (
                    self.connection.get_geometry(id)?.reply(),
                    self.connection
                        .translate_coordinates(id, self.root, 0, 0)?
                        .reply(),
                ) else {
                    continue;
                };
                let area = Area {
                    x: place.dst_x.into(),
                    y: place.dst_y.into(),
                    width: size.width.into(),
                    height: size.height.into(),
                };
                found.push(Shown { id, class, area });
            } else if depth < 3 {
                self.collect(id, depth + 1, found)?;
            }
        }
        Ok(())
    }

    fn class(&self, window: Window) -> Result<Option<String>> {
        let cookie =
            self.connection
                .get_property(false, window, AtomEnum::WM_CLASS, AtomEnum::STRING, 0, 64)?;
        let Ok(property) = cookie.reply() else {
            return Ok(None);
        };
        let mut parts = property.value.split(|byte| *byte == 0);
        Ok(parts
            .nth(1)
            .map(|class| String::from_utf8_lossy(class).into_owned())
            .filter(|class| !class.is_empty()))
    }

    /// Where a colour stands on the screen: the smallest area that holds all pixels near it.
    ///
    /// # Errors
    /// When the screen can't be read.
    pub fn find_colour(&self, within: Area, colour: [u8; 3]) -> Result<Option<Area>> {
        Ok(colour_area(&self.picture(within)?, colour).map(|a| Area {
            x: a.x + within.x,
            y: a.y + within.y,
            ..a
        }))
    }

    /// How many different pixels two pictures of the same size have.
    ///
    /// # Errors
    /// When the sizes differ.
    pub fn difference(a: &Pixmap, b: &Pixmap) -> Result<usize> {
        if (a.width(), a.height()) != (b.width(), b.height()) {
            bail!("pictures of different sizes can't be compared");
        }
        Ok(a.pixels().iter().zip(b.pixels()).filter(|(a, b)| a != b).count())
    }
}

/// The smallest area of a picture that holds all pixels near a colour; `None` below six of them (noise).
fn colour_area(picture: &Pixmap, colour: [u8; 3]) -> Option<Area> {
    let near = |p: &[u8]| p.iter().zip(colour).all(|(a, b)| a.abs_diff(b) <= 10);
    let width = picture.width() as usize;
    let hits: Vec<(usize, usize)> = picture
        .data()
        .chunks_exact(4)
        .enumerate()
        .filter(|(_, pixel)| near(&pixel[..3]))
        .map(|(at, _)| (at % width, at / width))
        .collect();
    if hits.len() < 6 {
        return None;
    }
    let (left, right) = (hits.iter().map(|h| h.0).min()?, hits.iter().map(|h| h.0).max()?);
    let (top, bottom) = (hits.iter().map(|h| h.1).min()?, hits.iter().map(|h| h.1).max()?);
    Some(Area {
        x: i32::try_from(left).ok()?,
        y: i32::try_from(top).ok()?,
        width: u32::try_from(right - left + 1).ok()?,
        height: u32::try_from(bottom - top + 1).ok()?,
    })
}

/// Whether most of a picture is light: a white page, or a light one.
pub fn is_light(picture: &Pixmap) -> bool {
    let light = picture
        .pixels()
        .iter()
        .filter(|p| [p.red(), p.green(), p.blue()].iter().all(|part| *part > 200));
    light.count() * 2 > picture.pixels().len()
}

/// How many different colours a picture has: one painted page has many, an empty window one or two.
pub fn colours(picture: &Pixmap) -> usize {
    picture
        .pixels()
        .iter()
        .map(|p| (p.red(), p.green(), p.blue()))
        .collect::<std::collections::HashSet<_>>()
        .len()
}

#[cfg(test)]
mod tests {
    use resvg::tiny_skia::Color;

    use super::*;

    #[test]
    fn a_colour_is_found_where_it_stands() {
        let mut picture = Pixmap::new(40, 30).unwrap();
        picture.fill(Color::WHITE);
        assert_eq!(colour_area(&picture, [58, 134, 216]), None);
        let mut mark = Pixmap::new(4, 3).unwrap();
        mark.fill(Color::from_rgba8(58, 134, 216, 255));
        picture.draw_pixmap(
            10,
            20,
            mark.as_ref(),
            &Default::default(),
            Default::default(),
            None,
        );
        assert_eq!(
            colour_area(&picture, [58, 134, 216]),
            Some(Area {
                x: 10,
                y: 20,
                width: 4,
                height: 3
            })
        );
        assert_eq!(colours(&picture), 2);
        assert!(is_light(&picture));
        picture.fill(Color::from_rgba8(17, 22, 29, 255));
        assert!(!is_light(&picture));
    }
}
