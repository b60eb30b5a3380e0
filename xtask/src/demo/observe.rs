//! What can be seen of the app from outside: its icon, its window, its notifications, its keychain entries, its journal.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use resvg::tiny_skia::Pixmap;
use rusqlite::{Connection, OpenFlags};

use super::bus::{Bus, What};
use super::screen::{Area, Screen, Shown, colours, is_light};
use super::simulator::shows_number;
use super::wait;

/// The colours of the tray's drawings in `icons/tray/*.svg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// The blue handset: idle, or a missed call.
    Handset,
    /// The orange handset with its arcs.
    Ringing,
    /// The green disc.
    InCall,
    /// The red dot.
    Missed,
    /// The grey handset with its cross.
    NotConnected,
}

impl Mark {
    /// The colour that only this mark has.
    pub const fn colour(self) -> [u8; 3] {
        match self {
            Self::Handset => [0x3a, 0x86, 0xd8],
            Self::Ringing => [0xd9, 0x73, 0x0d],
            Self::InCall => [0x1f, 0x9d, 0x55],
            Self::Missed => [0xe5, 0x48, 0x4d],
            Self::NotConnected => [0x84, 0x8b, 0x93],
        }
    }
}

/// The panel at the lower edge of the demo's screen.
pub fn panel(screen: &Screen) -> Area {
    let all = screen.area();
    Area {
        y: all.height.cast_signed() - 33,
        height: 33,
        ..all
    }
}

/// Waits until the panel shows a mark, and says where.
///
/// # Errors
/// When it doesn't within `limit`.
pub fn wait_mark(screen: &Screen, mark: Mark, limit: Duration) -> Result<Area> {
    wait::until(limit, &format!("the {mark:?} mark in the panel"), || {
        screen.find_colour(panel(screen), mark.colour())
    })
}

/// Waits until the panel shows none of the marks.
///
/// # Errors
/// When one is still there at the limit.
pub fn wait_no_mark(screen: &Screen, limit: Duration) -> Result<()> {
    let all = [
        Mark::Handset,
        Mark::Ringing,
        Mark::InCall,
        Mark::Missed,
        Mark::NotConnected,
    ];
    wait::until(limit, "the icon's going from the panel", || {
        for mark in all {
            if screen.find_colour(panel(screen), mark.colour())?.is_some() {
                return Ok(None);
            }
        }
        Ok(Some(()))
    })
}

/// What the light window shows, told by how much of which colour of `ui/src/styles/tokens.css` it has: which is enough to know
/// one stage of a call from another, and each from a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// The keys, with the green button that calls.
    Pad,
    /// A call's card: a blue disc for the own phone, none for the other party.
    OwnPhone,
    /// Blue discs for both.
    BothPhones,
    /// Pale green discs for both, and the time that passes in green.
    Talking,
    /// The bar of a call that rings, above whatever else there is.
    RingingBar,
}

impl Look {
    /// Pixels that text and edges may have of a colour.
    const TRACES: usize = 1_800;

    /// Whether the picture of the window looks so; `pixels` counts a colour in it.
    fn is_seen(self, pixels: impl Fn([u8; 3]) -> usize) -> bool {
        let [blue, pale_blue] = [[0x1f, 0x5f, 0xa8], [0xe2, 0xed, 0xfa]].map(&pixels);
        let [green, pale_green, red] =
            [[0x14, 0x71, 0x3f], [0xdf, 0xf3, 0xe7], [0xb3, 0x26, 0x1e]].map(&pixels);
        let failed = red > Self::TRACES;
        let seen = match self {
            Self::Pad => green > 10_000 && blue < Self::TRACES,
            Self::OwnPhone => (2_200..4_200).contains(&blue) && green < Self::TRACES,
            Self::BothPhones => (4_800..8_000).contains(&blue) && green < Self::TRACES,
            Self::Talking => pale_green > 4_000 && green > 1_000 && blue < Self::TRACES,
            Self::RingingBar => pale_blue > 8_000,
        };
        seen && !failed
    }
}

/// Waits until the window looks so; it may be moving, as what rings does.
///
/// # Errors
/// When it doesn't within `limit`.
pub fn wait_look(screen: &Screen, window: Area, look: Look, limit: Duration) -> Result<Pixmap> {
    wait::until(limit, &format!("the window to look like {look:?}"), || {
        let picture = screen.picture(window)?;
        let pixels = |[red, green, blue]: [u8; 3]| {
            let all = picture.pixels().iter();
            all.filter(|pixel| (pixel.red(), pixel.green(), pixel.blue()) == (red, green, blue))
                .count()
        };
        Ok(look.is_seen(pixels).then_some(picture))
    })
}

/// More colours than an empty window has: text and keys were drawn.
const PAINTED: usize = 40;

/// The app's window, if one is to be seen.
///
/// # Errors
/// When the screen can't be read.
pub fn window(screen: &Screen) -> Result<Option<Shown>> {
    Ok(screen
        .windows()?
        .into_iter()
        .find(|window| window.class.to_ascii_lowercase().contains("centrex")))
}

/// Waits until the app's window is there and painted.
///
/// # Errors
/// When it isn't within `limit`.
pub fn wait_painted(screen: &Screen, limit: Duration) -> Result<(Shown, usize, Instant)> {
    wait::until(limit, "the painted window", || {
        let Some(window) = window(screen)? else {
            return Ok(None);
        };
        let count = colours(&screen.picture(window.area)?);
        Ok((count >= PAINTED).then(|| (window, count, Instant::now())))
    })
}

/// Waits until the app's window is there and painted dark.
///
/// # Errors
/// When it isn't within `limit`, or was light on the way: that flashes in a dark room.
pub fn wait_painted_dark(screen: &Screen, limit: Duration) -> Result<(Shown, Instant)> {
    let mut light = 0;
    let (window, at) = wait::until(limit, "the painted window", || {
        let Some(window) = window(screen)? else {
            return Ok(None);
        };
        let picture = screen.picture(window.area)?;
        light += u32::from(is_light(&picture));
        Ok((colours(&picture) >= PAINTED).then(|| (window, Instant::now())))
    })?;
    ensure!(
        light == 0,
        "{light} light pictures of the window before the dark page"
    );
    Ok((window, at))
}

/// How long nothing may move until a page counts as still.
const STILL: Duration = Duration::from_millis(500);
/// Pixels that differ in a page that is still: the caret, the seconds of a call, the rings around both sides of a call that are
/// waited for.
const RESTLESS: usize = 3_000;

/// Waits until a part of the screen has stopped changing, and gives its picture.
///
/// # Errors
/// When it still changes at the limit.
pub fn wait_still(screen: &Screen, area: Area, limit: Duration) -> Result<Pixmap> {
    still(screen, area, limit, "a still picture of the window", |_| Ok(true))
}

/// Waits until a part of the screen differs in more than `pixels` from what it was before and has stopped changing.
///
/// # Errors
/// When it doesn't, or still changes, at the limit.
pub fn wait_changed(
    screen: &Screen,
    area: Area,
    before: &Pixmap,
    pixels: usize,
    limit: Duration,
) -> Result<Pixmap> {
    still(screen, area, limit, "another picture of the window", |now| {
        Ok(Screen::difference(before, now)? > pixels)
    })
}

fn still(
    screen: &Screen,
    area: Area,
    limit: Duration,
    what: &str,
    pick: impl Fn(&Pixmap) -> Result<bool>,
) -> Result<Pixmap> {
    let mut last = screen.picture(area)?;
    let mut since = Instant::now();
    wait::until(limit, what, || {
        let now = screen.picture(area)?;
        if Screen::difference(&last, &now)? > RESTLESS {
            (last, since) = (now, Instant::now());
        }
        Ok((since.elapsed() >= STILL && pick(&last)?).then(|| last.clone()))
    })
}

/// Waits until the notification daemon has a window on the screen.
///
/// # Errors
/// When it hasn't within `limit`.
pub fn wait_bubble(screen: &Screen, limit: Duration) -> Result<Shown> {
    wait::until(limit, "the notification on the screen", || {
        screen.window_of("xfce4-notifyd")
    })
}

/// A notification as it went over the bus.
#[derive(Clone, Debug)]
pub struct Shot {
    /// When the app asked for it.
    pub at: Instant,
    /// First line.
    pub summary: String,
    /// The rest.
    pub body: String,
    /// Keys and words of its buttons.
    pub buttons: Vec<(String, String)>,
}

/// Waits for a notification after `mark` that shows the number, and satisfies `also`.
///
/// # Errors
/// When none comes within `limit`.
pub fn wait_notification(
    bus: &Bus,
    mark: usize,
    limit: Duration,
    number: &str,
    also: impl Fn(&Shot) -> bool,
) -> Result<Shot> {
    bus.wait(mark, limit, &format!("a notification about {number}"), |heard| {
        let What::Notify {
            summary,
            body,
            actions,
            ..
        } = &heard.what
        else {
            return None;
        };
        let buttons = actions
            .chunks_exact(2)
            .map(|pair| (pair[0].clone(), pair[1].clone()))
            .collect();
        let shot = Shot {
            at: heard.at,
            summary: summary.clone(),
            body: body.clone(),
            buttons,
        };
        (shows_number(&format!("{summary}\n{body}"), number) && also(&shot)).then_some(shot)
    })
}

/// The names of the entries that the keychain holds for a service, asked with `secret-tool`. Its answer holds the secrets
/// too: nothing but the names is kept.
///
/// # Errors
/// When `secret-tool` isn't there.
pub fn keychain_entries(service: &str, env: &[(String, String)]) -> Result<Vec<String>> {
    let output = Command::new("secret-tool")
        .args(["search", "--all", "service", service])
        .env_clear()
        .envs(env.iter().cloned())
        .stdin(Stdio::null())
        .output()
        .context("can't start secret-tool")?;
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    let named = |line: &str| {
        let (key, value) = line.split_once(" = ")?;
        matches!(
            key.trim(),
            "attribute.username" | "attribute.user" | "attribute.account"
        )
        .then(|| value.trim().to_owned())
    };
    Ok(text.lines().filter_map(named).collect())
}

/// A call as the journal's file has it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Row {
    /// `incoming` or `outgoing`.
    pub direction: String,
    /// `ringing`, `connected`, `ended`.
    pub state: String,
    /// The other party's number.
    pub other: String,
    /// It was connected.
    pub connected: bool,
    /// What became of it: `ringing`, `answered`, `missed` …
    pub outcome: String,
    /// The platform's id.
    pub call: String,
    /// The name that it is kept under.
    pub name: Option<String>,
}

/// Reads the journal from outside, without disturbing its owner.
///
/// # Errors
/// When the file isn't there or isn't a journal.
pub fn journal(file: &Path) -> Result<Vec<Row>> {
    let db = open(file)?;
    let mut query = db
        .prepare("SELECT body, outcome, call, name FROM call")
        .context("the journal has no table of calls")?;
    let rows = query.query_map([], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })?;
    rows.map(|row| {
        let (body, outcome, call, name) = row?;
        Ok(Row {
            outcome,
            call,
            name,
            ..understand(&body)?
        })
    })
    .collect()
}

/// A time without connection, as the journal's file has it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Hole {
    /// Its begin, in microseconds since 1970.
    pub from_us: i64,
    /// Its end.
    pub until_us: i64,
    /// `open`, `filled`, `gap`.
    pub state: String,
}

/// The times without connection that the journal knows, oldest first.
///
/// # Errors
/// When the file isn't there or isn't a journal.
pub fn holes(file: &Path) -> Result<Vec<Hole>> {
    let db = open(file)?;
    let mut query = db
        .prepare("SELECT lag(until_us) OVER (ORDER BY from_us), from_us, hole FROM heard ORDER BY from_us")
        .context("the journal has no table of what was heard")?;
    let rows = query.query_map([], |row| {
        let before: Option<i64> = row.get(0)?;
        Ok(before.zip(Some((row.get(1)?, row.get(2)?))))
    })?;
    let holes = rows.filter_map(|row| match row {
        Ok(Some((from_us, (until_us, state)))) => Some(Ok(Hole {
            from_us,
            until_us,
            state,
        })),
        Ok(None) => None,
        Err(error) => Some(Err(error.into())),
    });
    holes.collect()
}

fn open(file: &Path) -> Result<Connection> {
    Connection::open_with_flags(
        file,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )
    .with_context(|| format!("can't open {}", file.display()))
}

/// A call's JSON form: the relay's wire form.
fn understand(text: &str) -> Result<Row> {
    let call: serde_json::Value = serde_json::from_str(text).context("a call of the journal isn't JSON")?;
    let direction = call["direction"].as_str().unwrap_or_default().to_owned();
    let other = if direction == "incoming" {
        &call["calling_number"]
    } else {
        &call["called_number"]
    };
    Ok(Row {
        other: other.as_str().map_or_else(|| other.to_string(), str::to_owned),
        direction,
        state: call["state"].as_str().unwrap_or_default().to_owned(),
        connected: !call["connected_at"].is_null(),
        outcome: String::new(),
        call: String::new(),
        name: None,
    })
}
