//! The desktop's own file dialog, over the window.

use std::path::PathBuf;

use tauri::{AppHandle, Manager};

use crate::files::Dialog;
use crate::window::LABEL;

/// Lets the person choose. `None`: they chose nothing, or the desktop shows no dialog.
#[cfg(target_os = "linux")]
pub async fn choose(app: &AppHandle, dialog: Dialog, title: String) -> Option<PathBuf> {
    let (answer, chosen) = tokio::sync::oneshot::channel();
    let here = app.clone();
    let shown = app.run_on_main_thread(move || {
        show(&here, dialog, &title, move |path| {
            // Fails only when the page has gone meanwhile.
            let _ = answer.send(path);
        });
    });
    if let Err(error) = shown {
        tracing::warn!(%error, "no file dialog");
    }
    chosen.await.ok().flatten()
}

/// GTK's, which is the desktop's own where there is one. For the main thread, which is GTK's.
#[cfg(target_os = "linux")]
fn show(app: &AppHandle, dialog: Dialog, title: &str, answer: impl FnOnce(Option<PathBuf>) + 'static) {
    use std::cell::Cell;

    use gtk::prelude::{FileChooserExt, FileExt, NativeDialogExt};
    use gtk::{FileChooserAction, FileChooserNative, ResponseType};

    let parent = app
        .get_webview_window(LABEL)
        .and_then(|window| window.gtk_window().ok());
    let action = match dialog {
        Dialog::Open(_) => FileChooserAction::Open,
        Dialog::Save(..) => FileChooserAction::Save,
        Dialog::Folder => FileChooserAction::SelectFolder,
    };
    let chooser = FileChooserNative::new(Some(title), parent.as_ref(), action, None, None);
    chooser.set_modal(true);
    match dialog {
        Dialog::Open([]) | Dialog::Folder => {}
        Dialog::Open(endings) => {
            chooser.add_filter(filter(endings));
            chooser.add_filter(filter(&[]));
        }
        Dialog::Save(name, ending) => {
            chooser.set_do_overwrite_confirmation(true);
            chooser.set_current_name(name);
            chooser.add_filter(filter(&[ending]));
        }
    }
    // It lives as long as somebody holds it: that is its own answer, until it was given.
    let once = Cell::new(Some((answer, chooser.clone())));
    chooser.connect_response(move |chooser, response| {
        let Some((answer, _held)) = once.take() else {
            return;
        };
        let accepted = response == ResponseType::Accept;
        answer(
            accepted
                .then(|| chooser.file())
                .flatten()
                .and_then(|file| file.path()),
        );
        chooser.destroy();
    });
    chooser.show();
}

/// Files with these endings, whatever their case; none: all files.
#[cfg(target_os = "linux")]
fn filter(endings: &[&str]) -> gtk::FileFilter {
    let filter = gtk::FileFilter::new();
    let mut names = Vec::new();
    for ending in endings {
        filter.add_pattern(&format!("*.{ending}"));
        filter.add_pattern(&format!("*.{}", ending.to_ascii_uppercase()));
        names.push(format!("*.{ending}"));
    }
    if endings.is_empty() {
        filter.add_pattern("*");
        names.push("*".to_owned());
    }
    filter.set_name(Some(&names.join(", ")));
    filter
}

/// Lets the person choose. `None`: they chose nothing, or the desktop shows no dialog.
#[cfg(not(target_os = "linux"))]
pub async fn choose(app: &AppHandle, dialog: Dialog, title: String) -> Option<PathBuf> {
    let mut chooser = rfd::AsyncFileDialog::new().set_title(title);
    if let Some(window) = app.get_webview_window(LABEL) {
        chooser = chooser.set_parent(&window);
    }
    let chosen = match dialog {
        Dialog::Open([]) => chooser.pick_file().await,
        Dialog::Open(endings) => {
            let named = chooser.add_filter(endings.join(", "), endings);
            named.add_filter("*", &["*"]).pick_file().await
        }
        Dialog::Save(name, ending) => {
            chooser
                .set_file_name(name)
                .add_filter(ending, &[ending])
                .save_file()
                .await
        }
        Dialog::Folder => chooser.pick_folder().await,
    };
    chosen.map(|file| file.path().to_owned())
}
