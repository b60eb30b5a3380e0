//! The page's process, which the web engine runs apart: when it dies, the window would stay blank. So the page is loaded anew
//! and says so, or the window goes. (Not on Windows: WebView2 shows a page of its own then, and can't be asked without unsafe
//! code.)

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager, WebviewWindow};

use crate::look::Look;
use crate::window::LABEL;

/// A page that dies again so soon won't live any longer the third time.
const AGAIN: Duration = Duration::from_secs(60);

/// When the page last died.
#[derive(Default)]
pub struct Deaths {
    last: Mutex<Option<Instant>>,
}

/// What follows the death of a page.
#[derive(Debug, PartialEq, Eq)]
enum Remedy {
    /// Another page in the same window.
    Reload,
    /// The process ends; the next click starts a fresh one.
    Leave,
}

fn remedy(visible: bool, since_last: Option<Duration>) -> Remedy {
    let again = since_last.is_some_and(|since| since < AGAIN);
    if visible && !again {
        Remedy::Reload
    } else {
        Remedy::Leave
    }
}

/// Has [`died`] called for this window's page.
///
/// # Errors
/// Tauri's, when the window is already gone.
#[cfg(target_os = "linux")]
pub fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    use webkit2gtk::WebViewExt;
    let app = window.app_handle().clone();
    window.with_webview(move |webview| {
        webview.inner().connect_web_process_terminated(move |_, reason| {
            tracing::error!(?reason, "the page's process has ended");
            let app = app.clone();
            // Not from within the web engine's own signal.
            tauri::async_runtime::spawn(async move { died(&app) });
        });
    })
}

/// The page's process has ended.
pub fn died(app: &AppHandle) {
    let Some(window) = app.get_webview_window(LABEL) else {
        return;
    };
    let last = app
        .state::<Deaths>()
        .last
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(Instant::now());
    let visible = window.is_visible().unwrap_or(false);
    let reloaded = match remedy(visible, last.map(|at| at.elapsed())) {
        Remedy::Reload => reload(app, &window),
        Remedy::Leave => false,
    };
    if !reloaded {
        tracing::error!("the window ends with its page; the next click starts it again");
        app.exit(1);
    }
}

fn reload(app: &AppHandle, window: &WebviewWindow) -> bool {
    let loaded = window.url().and_then(|mut url| {
        url.set_query(Some(&app.state::<Look>().query(true)));
        window.navigate(url)
    });
    loaded
        .inspect_err(|error| tracing::error!(%error, "the page can't be loaded anew"))
        .is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_loaded_anew_once_and_only_where_somebody_sees_it() {
        let seconds = |s| Some(Duration::from_secs(s));
        assert_eq!(remedy(true, None), Remedy::Reload);
        assert_eq!(remedy(true, seconds(3600)), Remedy::Reload);
        assert_eq!(remedy(true, seconds(2)), Remedy::Leave);
        assert_eq!(remedy(false, None), Remedy::Leave);
    }
}
