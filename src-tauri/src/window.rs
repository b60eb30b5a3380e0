//! The one window: made, placed, shown, hidden, and gone a while after it was closed.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::time::Duration;

use control::WINDOW_LINGER_ENV;
use control::protocol::Point;
use tauri::async_runtime::JoinHandle;
use tauri::{
    AppHandle, LogicalSize, Manager, PhysicalPosition, Theme, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};

use crate::link;
use crate::look::{self, Look, ground};
use crate::near::{Area, GAP, goes, near};
#[cfg(not(windows))]
use crate::page;

/// The one window's name.
pub const LABEL: &str = "main";
const SIZE: LogicalSize<f64> = LogicalSize {
    width: 360.0,
    height: 560.0,
};
const SMALLEST: LogicalSize<f64> = LogicalSize {
    width: 320.0,
    height: 440.0,
};
/// Room for the title bar, which the window manager adds; it tells how much only later.
const TITLE_BAR: f64 = 40.0;

/// What is remembered of the window.
#[derive(Default)]
pub struct Memory {
    state: Mutex<MemoryState>,
}

#[derive(Default)]
struct MemoryState {
    /// It was once placed near the tray's click; from then on it stays where the person puts it.
    anchored: bool,
    /// Where it stood when it was hidden.
    position: Option<PhysicalPosition<i32>>,
    /// Ends the process when nobody wants the window back.
    leaving: Option<JoinHandle<()>>,
}

/// Makes the window and shows it, in the page's own colour until the page is painted.
///
/// # Errors
/// Tauri's, when the desktop refuses a window or a web view.
pub fn open(app: &AppHandle, anchor: Option<Point>) -> tauri::Result<()> {
    let look = app.state::<Look>();
    let page = format!("index.html?{}", look.query(false));
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(page.into()))
        .title("Centrex Tray")
        .theme(look.theme.told())
        // Only a window that exists tells which theme the desktop prefers.
        .visible(false)
        .inner_size(SIZE.width, SIZE.height)
        .min_inner_size(SMALLEST.width, SMALLEST.height)
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .disable_drag_drop_handler()
        .focused(true);
    if let Some((at, scale)) = anchor.and_then(|anchor| place(app, anchor)) {
        builder = builder.position(f64::from(at.x) / scale, f64::from(at.y) / scale);
        app.state::<Memory>()
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .anchored = true;
    }
    let window = builder.build()?;
    // On Linux the builder leaves the theme to the desktop.
    if look.theme.told().is_some() {
        warn("theme", window.set_theme(look.theme.told()));
    }
    paint_ground(&window, look.theme);
    #[cfg(not(windows))]
    page::watch(&window)?;
    window.show()?;
    warn("focus", window.set_focus());
    let app = app.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            hide(&app);
        }
    });
    Ok(())
}

/// The page is the only thing that this window ever shows.
fn is_ours(url: &Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        // Windows and Android have no schemes of their own and use this host.
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        _ => false,
    }
}

/// Hides the window; the process ends a while later, unless somebody wants it back.
pub fn hide(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let memory = app.state::<Memory>();
    let mut state = memory.state.lock().unwrap_or_else(PoisonError::into_inner);
    state.position = window.outer_position().ok();
    warn("hide", window.hide());
    let app = app.clone();
    let leaving = tauri::async_runtime::spawn(async move {
        tokio::time::sleep(linger()).await;
        app.exit(0);
    });
    if let Some(before) = state.leaving.replace(leaving) {
        before.abort();
    }
}

/// Shows the window near the anchor, or where it last stood, with the focus. For the main thread: asked from another one, each
/// question waits for it, and [`hide`] holds the same lock there.
fn come_forward(app: &AppHandle, anchor: Option<Point>) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let memory = app.state::<Memory>();
    let mut state = memory.state.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(leaving) = state.leaving.take() {
        leaving.abort();
    }
    let stood = state.position.take().map(|at| Point { x: at.x, y: at.y });
    let visible = window.is_visible().unwrap_or(false);
    let near = anchor.and_then(|anchor| place(app, anchor)).map(|(at, _)| at);
    if let Some(at) = goes(visible, state.anchored, near, stood) {
        warn("place", window.set_position(PhysicalPosition::new(at.x, at.y)));
    }
    state.anchored |= near.is_some();
    warn("show", window.show());
    warn("unminimize", window.unminimize());
    warn("focus", window.set_focus());
}

/// Shows the page's ground where no page is painted yet. For the main thread.
fn paint_ground(window: &WebviewWindow, theme: look::Theme) {
    let dark = match theme {
        look::Theme::Light => false,
        look::Theme::Dark => true,
        look::Theme::System => follow_desktop(window),
    };
    warn("ground", window.set_background_color(Some(ground(dark))));
}

/// Whether the desktop prefers dark. On Linux, what Tauri makes of no theme is a light one, so the preference is put back.
fn follow_desktop(window: &WebviewWindow) -> bool {
    let dark = window.theme().is_ok_and(|theme| theme == Theme::Dark);
    #[cfg(target_os = "linux")]
    {
        use gtk::prelude::GtkSettingsExt;
        if dark {
            warn("theme", window.set_theme(Some(Theme::Dark)));
        }
        let named = gtk::Settings::default().and_then(|settings| settings.gtk_theme_name());
        dark || named.is_some_and(|name| name.to_ascii_lowercase().ends_with("-dark"))
    }
    #[cfg(not(target_os = "linux"))]
    dark
}

/// The corner for that anchor and the scale of its monitor; none when the desktop doesn't tell about monitors.
fn place(app: &AppHandle, anchor: Point) -> Option<(Point, f64)> {
    let monitors = app.available_monitors().ok()?;
    let area = |monitor: &tauri::Monitor| {
        let (at, size) = (monitor.position(), monitor.size());
        Area {
            x: at.x,
            y: at.y,
            width: size.width,
            height: size.height,
        }
    };
    let monitor = monitors
        .iter()
        .find(|monitor| area(monitor).contains(anchor))
        .or(monitors.first())?;
    let scale = monitor.scale_factor();
    let size = match app
        .get_webview_window(LABEL)
        .and_then(|window| window.outer_size().ok())
    {
        Some(size) => (size.width, size.height),
        None => (
            pixels(SIZE.width * scale),
            pixels((SIZE.height + TITLE_BAR) * scale),
        ),
    };
    let work = monitor.work_area();
    let work = Area {
        x: work.position.x,
        y: work.position.y,
        width: work.size.width,
        height: work.size.height,
    };
    Some((near(anchor, size, work, pixels(GAP * scale)), scale))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "window sizes: small and positive"
)]
fn pixels(length: f64) -> u32 {
    length.round() as u32
}

/// How long the process stays, hidden: as the agent says. Without an agent that started it nobody would have it back.
fn linger() -> Duration {
    seconds(std::env::var(WINDOW_LINGER_ENV).ok().as_deref())
}

fn seconds(said: Option<&str>) -> Duration {
    said.and_then(|text| text.trim().parse().ok())
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .unwrap_or(Duration::ZERO)
}

fn warn(what: &str, result: tauri::Result<()>) {
    if let Err(error) = result {
        tracing::warn!(%error, what, "the desktop refused");
    }
}

/// The window as the link uses it.
pub struct Shown(pub AppHandle);

impl Shown {
    fn window(&self) -> Option<WebviewWindow> {
        self.0.get_webview_window(LABEL)
    }
}

impl link::Window for Shown {
    fn come_forward(&self, anchor: Option<Point>) {
        let app = self.0.clone();
        warn(
            "come forward",
            self.0.run_on_main_thread(move || come_forward(&app, anchor)),
        );
    }

    fn is_visible(&self) -> bool {
        self.window()
            .is_some_and(|window| window.is_visible().unwrap_or(true))
    }

    fn set_theme(&self, theme: look::Theme) {
        let app = self.0.clone();
        let wear = move || {
            if let Some(window) = app.get_webview_window(LABEL) {
                warn("theme", window.set_theme(theme.told()));
                paint_ground(&window, theme);
            }
        };
        warn("theme", self.0.run_on_main_thread(wear));
    }

    fn leave(&self) {
        self.0.exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_process_stays_as_long_as_the_agent_says_and_else_not_at_all() {
        assert_eq!(seconds(Some("120")), Duration::from_secs(120));
        assert_eq!(seconds(Some("0.5")), Duration::from_millis(500));
        for said in [
            None,
            Some(""),
            Some("long"),
            Some("-1"),
            Some("NaN"),
            Some("1e300"),
        ] {
            assert_eq!(seconds(said), Duration::ZERO, "{said:?}");
        }
    }

    #[test]
    fn only_our_own_page_is_shown() {
        for (url, ours) in [
            ("tauri://localhost/index.html", true),
            ("http://tauri.localhost/", true),
            ("tauri://elsewhere/", false),
            ("https://example.com/", false),
            ("http://localhost:5173/", false),
            ("file:///etc/passwd", false),
            ("data:text/html,x", false),
            ("about:blank", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(is_ours(&Url::parse(url).unwrap()), ours, "{url}");
        }
    }
}
