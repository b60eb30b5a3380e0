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
use crate::near::{Area, GAP, near};

const LABEL: &str = "main";
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
/// When nobody says how long the process stays; the agent does.
const LINGER: Duration = Duration::from_secs(120);

/// What is remembered of the window while it is hidden.
#[derive(Default)]
pub struct Hidden {
    state: Mutex<HiddenState>,
}

#[derive(Default)]
struct HiddenState {
    /// Where it stood.
    position: Option<PhysicalPosition<i32>>,
    /// Ends the process when nobody wants the window back.
    leaving: Option<JoinHandle<()>>,
}

/// Makes the window and shows it.
///
/// # Errors
/// Tauri's, when the desktop refuses a window or a web view.
pub fn open(app: &AppHandle, anchor: Option<Point>) -> tauri::Result<()> {
    let mut builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Centrex Tray")
        .inner_size(SIZE.width, SIZE.height)
        .min_inner_size(SMALLEST.width, SMALLEST.height)
        .on_navigation(is_ours)
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .disable_drag_drop_handler()
        .focused(true);
    if let Some((at, scale)) = anchor.and_then(|anchor| place(app, anchor)) {
        builder = builder.position(f64::from(at.x) / scale, f64::from(at.y) / scale);
    }
    let window = builder.build()?;
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
    let hidden = app.state::<Hidden>();
    let mut state = hidden.state.lock().unwrap_or_else(PoisonError::into_inner);
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

/// Shows the window near the anchor, or where it last stood, with the focus.
fn come_forward(app: &AppHandle, anchor: Option<Point>) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let hidden = app.state::<Hidden>();
    let mut state = hidden.state.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(leaving) = state.leaving.take() {
        leaving.abort();
    }
    let stood = state.position.take();
    let was_visible = window.is_visible().unwrap_or(false);
    let at = match anchor.and_then(|anchor| place(app, anchor)) {
        Some((at, _)) => Some(PhysicalPosition::new(at.x, at.y)),
        None => stood,
    };
    // A window in sight stays where the person put it.
    if let Some(at) = at.filter(|_| !was_visible) {
        warn("place", window.set_position(at));
    }
    warn("show", window.show());
    warn("unminimize", window.unminimize());
    warn("focus", window.set_focus());
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

fn linger() -> Duration {
    let said = std::env::var(WINDOW_LINGER_ENV)
        .ok()
        .and_then(|text| text.parse().ok());
    said.map_or(LINGER, Duration::from_secs_f64)
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
        come_forward(&self.0, anchor);
    }

    fn is_visible(&self) -> bool {
        self.window()
            .is_some_and(|window| window.is_visible().unwrap_or(true))
    }

    fn set_theme(&self, theme: &str) {
        let theme = match theme {
            "light" => Some(Theme::Light),
            "dark" => Some(Theme::Dark),
            _ => None,
        };
        if let Some(window) = self.window() {
            warn("theme", window.set_theme(theme));
        }
    }

    fn leave(&self) {
        self.0.exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
