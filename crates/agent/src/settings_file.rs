//! Notices that somebody edited the settings by hand.

use std::path::{Path, PathBuf};

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc;

use crate::controller::Input;

/// Watches until dropped.
pub(crate) struct SettingsWatch {
    _watcher: Option<RecommendedWatcher>,
}

impl SettingsWatch {
    /// Sends [`Input::SettingsTouched`] whenever the file may have changed. Its folder is watched, not the file: editors
    /// and we ourselves put a new file in its place.
    pub(crate) fn start(file: &Path, inputs: mpsc::Sender<Input>) -> Self {
        let watcher = watch(file, inputs).inspect_err(|error| {
            tracing::warn!(%error, "the settings file isn't watched: changes by hand count from the next start");
        });
        Self {
            _watcher: watcher.ok(),
        }
    }
}

fn watch(file: &Path, inputs: mpsc::Sender<Input>) -> notify::Result<RecommendedWatcher> {
    let folder = file.parent().map(PathBuf::from).unwrap_or_default();
    companion::private::make_folder(&folder).map_err(notify::Error::io)?;
    let name = file.file_name().map(ToOwned::to_owned);
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        let concerns_us = event.is_ok_and(|event| {
            !event.kind.is_access() && event.paths.iter().any(|path| path.file_name() == name.as_deref())
        });
        if concerns_us {
            // This is the watcher's own thread: it may wait. Fails only when the controller has ended.
            let _ = inputs.blocking_send(Input::SettingsTouched);
        }
    })?;
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    Ok(watcher)
}
