//! Derives every icon file from the SVG drawings in `icons/`.
//!
//! The results are committed, so that building the product needs no renderer; a test draws them again and compares.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg;

/// Sizes of the application's icon, in pixels.
const APP_SIZES: [u32; 9] = [16, 22, 24, 32, 48, 64, 128, 256, 512];
/// What Windows asks for between the tray at 100 % and the largest view of Explorer.
const ICO_SIZES: [u32; 7] = [16, 24, 32, 48, 64, 128, 256];
/// The sizes that macOS names in an `.icns`.
const ICNS_SIZES: [u32; 6] = [16, 32, 64, 128, 256, 512];
/// Panels of 16 to 24 px, their doubles on dense screens, and what Windows wants at 125 to 300 %.
const TRAY_SIZES: [u32; 6] = [16, 22, 24, 32, 48, 64];
/// The tray's drawings, named as `companion::tray::TrayIcon` in kebab case.
const TRAY_STATES: [&str; 5] = ["idle", "ringing", "in-call", "missed", "not-connected"];

/// Writes every derived file into `icons/`.
///
/// # Errors
/// A drawing that can't be read or drawn, or a file that can't be written.
pub fn write(root: &Path) -> Result<usize> {
    let files = derive(root)?;
    for (path, bytes) in &files {
        let path = root.join(path);
        std::fs::write(&path, bytes).with_context(|| format!("can't write {}", path.display()))?;
    }
    Ok(files.len())
}

/// All derived files: path below the repository's root, and content.
fn derive(root: &Path) -> Result<BTreeMap<PathBuf, Vec<u8>>> {
    let icons = Path::new("icons");
    let app = drawing(&root.join("icons/app.svg"))?;
    let mut files = BTreeMap::new();
    for size in APP_SIZES {
        files.insert(icons.join(format!("{size}x{size}.png")), png(&app, size)?);
    }
    // The name under which Tauri's macOS bundler looks for the dense 128.
    files.insert(icons.join("128x128@2x.png"), png(&app, 256)?);
    files.insert(icons.join("icon.ico"), ico(&app)?);
    files.insert(icons.join("icon.icns"), icns(&app)?);
    for state in TRAY_STATES {
        let tray = drawing(&root.join(format!("icons/tray/{state}.svg")))?;
        for size in TRAY_SIZES {
            files.insert(icons.join(format!("tray/{state}-{size}.png")), png(&tray, size)?);
        }
    }
    Ok(files)
}

fn drawing(path: &Path) -> Result<usvg::Tree> {
    let svg = std::fs::read(path).with_context(|| format!("can't read the drawing {}", path.display()))?;
    usvg::Tree::from_data(&svg, &usvg::Options::default())
        .with_context(|| format!("{} isn't an SVG that can be drawn", path.display()))
}

fn draw(tree: &usvg::Tree, size: u32) -> Result<Pixmap> {
    let mut pixmap = Pixmap::new(size, size).context("an icon needs at least one pixel")?;
    #[expect(clippy::cast_precision_loss, reason = "icon sizes are far below 2^24")]
    let edge = size as f32;
    let scale = Transform::from_scale(edge / tree.size().width(), edge / tree.size().height());
    resvg::render(tree, scale, &mut pixmap.as_mut());
    Ok(pixmap)
}

fn png(tree: &usvg::Tree, size: u32) -> Result<Vec<u8>> {
    Ok(draw(tree, size)?.encode_png()?)
}

/// Straight (not premultiplied) RGBA, as the icon formats want it.
fn rgba(pixmap: &Pixmap) -> Vec<u8> {
    pixmap
        .pixels()
        .iter()
        .flat_map(|pixel| {
            let c = pixel.demultiply();
            [c.red(), c.green(), c.blue(), c.alpha()]
        })
        .collect()
}

fn ico(tree: &usvg::Tree) -> Result<Vec<u8>> {
    let mut dir = ico::IconDir::new(ico::ResourceType::Icon);
    for size in ICO_SIZES {
        let image = ico::IconImage::from_rgba_data(size, size, rgba(&draw(tree, size)?));
        dir.add_entry(ico::IconDirEntry::encode_as_png(&image)?);
    }
    let mut out = Vec::new();
    dir.write(&mut out)?;
    Ok(out)
}

fn icns(tree: &usvg::Tree) -> Result<Vec<u8>> {
    let mut family = icns::IconFamily::new();
    for size in ICNS_SIZES {
        let pixels = rgba(&draw(tree, size)?);
        let image = icns::Image::from_data(icns::PixelFormat::RGBA, size, size, pixels)?;
        family.add_icon(&image)?;
    }
    let mut out = Vec::new();
    family.write(&mut out)?;
    Ok(out)
}

/// A picture of all tray states at panel sizes, on light and on dark panels, each also enlarged eightfold: to be looked at.
///
/// # Errors
/// A derived PNG that is missing (run `cargo xtask icons` first), or a file that can't be written.
pub fn contact_sheet(root: &Path, out: &Path) -> Result<()> {
    const PANELS: [[u8; 3]; 4] = [
        [0xff, 0xff, 0xff],
        [0xe4, 0xe4, 0xe4],
        [0x2d, 0x2d, 0x2d],
        [0x10, 0x10, 0x10],
    ];
    const ZOOM: u32 = 6;
    let sizes = [16_u32, 22, 24];
    let cell = 24 * ZOOM + 40;
    let rows = u32::try_from(PANELS.len() * sizes.len())?;
    let mut sheet = Pixmap::new(cell * 5, rows * (24 * ZOOM + 8)).context("empty sheet")?;
    for (row, (panel, size)) in PANELS.iter().flat_map(|p| sizes.map(|s| (p, s))).enumerate() {
        let top = i32::try_from(row)? * (24 * i32::try_from(ZOOM)? + 8);
        let mut band = Pixmap::new(cell * 5, 24 * ZOOM + 8).context("empty band")?;
        band.fill(Color::from_rgba8(panel[0], panel[1], panel[2], 255));
        sheet.draw_pixmap(
            0,
            top,
            band.as_ref(),
            &Default::default(),
            Transform::identity(),
            None,
        );
        for (column, state) in TRAY_STATES.iter().enumerate() {
            let icon = Pixmap::load_png(root.join(format!("icons/tray/{state}-{size}.png")))
                .with_context(|| format!("no PNG of {state} yet: run `cargo xtask icons`"))?;
            let left = i32::try_from(column)? * i32::try_from(cell)?;
            sheet.draw_pixmap(
                left + 6,
                top + 8,
                icon.as_ref(),
                &Default::default(),
                Transform::identity(),
                None,
            );
            let (x, y) = ((left + 36) as f32 / ZOOM as f32, (top + 4) as f32 / ZOOM as f32);
            let zoomed = Transform::from_translate(x, y).post_scale(ZOOM as f32, ZOOM as f32);
            sheet.draw_pixmap(0, 0, icon.as_ref(), &Default::default(), zoomed, None);
        }
    }
    sheet
        .save_png(out)
        .with_context(|| format!("can't write {}", out.display()))
}

/// Says which committed files no longer show what the drawings show.
///
/// # Errors
/// Names each file that is missing, left over or different.
pub fn check(root: &Path) -> Result<()> {
    let mut wrong = Vec::new();
    for (path, fresh) in derive(root)? {
        let same = match std::fs::read(root.join(&path)) {
            Ok(committed) => same_picture(&committed, &fresh)?,
            Err(_) => false,
        };
        if !same {
            wrong.push(path.display().to_string());
        }
    }
    ensure!(
        wrong.is_empty(),
        "these files don't show what their drawings show; run `cargo xtask icons`: {}",
        wrong.join(", ")
    );
    Ok(())
}

/// Compares pixels, not bytes, and lets two steps of 255 pass: other processors round otherwise.
fn same_picture(a: &[u8], b: &[u8]) -> Result<bool> {
    let (a, b) = (pictures(a)?, pictures(b)?);
    Ok(a.len() == b.len()
        && a.iter()
            .zip(&b)
            .all(|(a, b)| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.abs_diff(*b) <= 2)))
}

/// The pixels of each picture in a file.
fn pictures(file: &[u8]) -> Result<Vec<Vec<u8>>> {
    if file.starts_with(b"icns") {
        let family = icns::IconFamily::read(Cursor::new(file))?;
        let icons = family.available_icons();
        return icons
            .into_iter()
            .map(|kind| Ok(family.get_icon_with_type(kind)?.data().to_vec()))
            .collect();
    }
    if file.starts_with(&[0, 0, 1, 0]) {
        let dir = ico::IconDir::read(Cursor::new(file))?;
        return dir
            .entries()
            .iter()
            .map(|entry| Ok(entry.decode()?.rgba_data().to_vec()))
            .collect();
    }
    Ok(vec![Pixmap::decode_png(file)?.data().to_vec()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_icons_show_the_drawings() {
        check(&crate::run::root()).unwrap();
    }

    #[test]
    fn another_drawing_is_noticed() {
        let root = crate::run::root();
        let idle = png(&drawing(&root.join("icons/tray/idle.svg")).unwrap(), 16).unwrap();
        let missed = png(&drawing(&root.join("icons/tray/missed.svg")).unwrap(), 16).unwrap();
        assert!(same_picture(&idle, &idle).unwrap());
        assert!(!same_picture(&idle, &missed).unwrap());
    }

    #[test]
    fn icon_files_hold_every_size() {
        let app = drawing(&crate::run::root().join("icons/app.svg")).unwrap();
        assert_eq!(pictures(&ico(&app).unwrap()).unwrap().len(), ICO_SIZES.len());
        assert_eq!(pictures(&icns(&app).unwrap()).unwrap().len(), ICNS_SIZES.len());
    }

    /// Relative luminance by WCAG 2.2, of a pixel of the drawing on a panel.
    fn luminance(pixel: resvg::tiny_skia::PremultipliedColorU8, panel: u8) -> f64 {
        let through = f64::from(panel) * (1.0 - f64::from(pixel.alpha()) / 255.0);
        let linear = |channel: u8| {
            let value = ((f64::from(channel) + through) / 255.0).min(1.0);
            if value <= 0.04045 {
                value / 12.92
            } else {
                ((value + 0.055) / 1.055).powf(2.4)
            }
        };
        0.2126 * linear(pixel.red()) + 0.7152 * linear(pixel.green()) + 0.0722 * linear(pixel.blue())
    }

    /// How well one is seen beside the other, by WCAG 2.2: 1 to 21.
    fn contrast(a: f64, b: f64) -> f64 {
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn tray_icons_are_seen_and_told_apart_without_their_colours_on_light_and_dark_panels() {
        let root = crate::run::root();
        for (size, panel) in [16, 22, 24]
            .into_iter()
            .flat_map(|size| [(size, 0xff), (size, 0x20)])
        {
            let ground = luminance(resvg::tiny_skia::PremultipliedColorU8::TRANSPARENT, panel);
            let drawn = TRAY_STATES.map(|state| {
                let tree = drawing(&root.join(format!("icons/tray/{state}.svg"))).unwrap();
                let pixels = draw(&tree, size).unwrap();
                let seen: Vec<bool> = pixels
                    .pixels()
                    .iter()
                    .map(|pixel| contrast(luminance(*pixel, panel), ground) >= 3.0)
                    .collect();
                let share = seen.iter().filter(|seen| **seen).count() * 100 / seen.len();
                assert!(
                    share >= 15,
                    "{state}, {size} px on {panel:#x}: only {share} % are seen"
                );
                (state, seen)
            });
            for (at, (one, shape)) in drawn.iter().enumerate() {
                for (other, another) in &drawn[at + 1..] {
                    let differ = shape.iter().zip(another).filter(|(a, b)| a != b).count();
                    let share = differ * 100 / shape.len();
                    assert!(
                        share >= 3,
                        "{one} and {other}, {size} px on {panel:#x}: {share} % differ"
                    );
                }
            }
        }
    }
}
