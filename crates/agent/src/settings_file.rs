//! Notices that somebody edited the settings by hand.

use std::ffi::OsStr;
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
    /// and we ourselves put a new file in its place. If the name is a link, so is the folder of what it leads to.
    ///
    /// To be started anew after each such input: the folder may be another one, the link may lead elsewhere.
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
    let behind = Some(companion::private::behind_links(file)).filter(|behind| behind != file);
    let names =
        [Some(file), behind.as_deref()].map(|file| file.and_then(Path::file_name).map(OsStr::to_owned));
    let own = folder.clone();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<Event>| {
        // A folder that itself is moved or removed is told without a name in it.
        let is_ours = |path: &PathBuf| {
            *path == own || names.iter().flatten().any(|name| path.file_name() == Some(name))
        };
        let concerns_us = event.is_ok_and(|event| !event.kind.is_access() && event.paths.iter().any(is_ours));
        if concerns_us {
            // This is the watcher's own thread: it may wait. Fails only when the controller has ended.
            let _ = inputs.blocking_send(Input::SettingsTouched);
        }
    })?;
    watcher.watch(&folder, RecursiveMode::NonRecursive)?;
    if let Some(behind) = behind
        .as_deref()
        .and_then(Path::parent)
        .filter(|behind| *behind != folder)
    {
        // A link may lead to where nothing is yet.
        if let Err(error) = watcher.watch(behind, RecursiveMode::NonRecursive) {
            tracing::warn!(%error, "the folder behind the settings file isn't watched");
        }
    }
    Ok(watcher)
}
