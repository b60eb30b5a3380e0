//! Bakes in the page, the icons and what the page may call.

fn main() {
    let commands =
        tauri_build::AppManifest::new().commands(&["follow", "request", "with_file", "hide", "start_agent"]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands)) {
        println!("cargo::error={error:#}");
    }
}
