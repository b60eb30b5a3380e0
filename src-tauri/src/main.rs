//! The window of Centrex Tray.
fn main() {
    let _ = tauri::Builder::default().run(tauri::generate_context!());
}
