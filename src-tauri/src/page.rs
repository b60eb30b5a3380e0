//! The page's process, which the web engine runs apart: when it dies, the window would stay blank. So the page is loaded anew
//! and says so, or the window goes. (Not on Windows: WebView2 shows a page of its own then, and can't be asked without unsafe
//! code.)

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{AppHandle, Manager, Url, WebviewWindow};

use crate::look::Look;
use crate::window::LABEL;

/// A page that dies again so soon won't live any longer the third time.
const AGAIN: Duration = Duration::from_secs(60);

/// What is known of the page's life.
pub struct Life {
    /// Where it is loaded from: a web view whose page died doesn't tell.
    address: Url,
    /// When it last died.
    died: Mutex<Option<Instant>>,
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

/// Has [`died`] called for the page of this window, which was just made. (macOS has a hook of the whole app for it.)
///
/// # Errors
/// Tauri's, when the window is already gone.
pub fn watch(window: &WebviewWindow) -> tauri::Result<()> {
    let app = window.app_handle().clone();
    app.manage(Life {
        address: window.url()?,
        died: Mutex::default(),
    });
    #[cfg(target_os = "linux")]
    window.with_webview(move |webview| {
        use webkit2gtk::WebViewExt;
        webview.inner().connect_web_process_terminated(move |_, reason| {
            tracing::error!(?reason, "the page's process has ended");
            let app = app.clone();
            // Not from within the web engine's own signal.
            tauri::async_runtime::spawn(async move { died(&app) });
        });
    })?;
    Ok(())
}

/// The page's process has ended.
pub fn died(app: &AppHandle) {
    let (Some(window), Some(life)) = (app.get_webview_window(LABEL), app.try_state::<Life>()) else {
        return;
    };
    let last = life
        .died
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .replace(Instant::now());
    let visible = window.is_visible().unwrap_or(false);
    let reloaded = match remedy(visible, last.map(|at| at.elapsed())) {
        Remedy::Reload => reload(app, &window, life.address.clone()),
        Remedy::Leave => false,
    };
    if !reloaded {
        tracing::error!("the window ends with its page; the next click starts it again");
        app.exit(1);
    }
}

fn reload(app: &AppHandle, window: &WebviewWindow, mut address: Url) -> bool {
    address.set_query(Some(&app.state::<Look>().query(true)));
    window
        .navigate(address)
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
