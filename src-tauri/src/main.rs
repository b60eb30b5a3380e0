//! The window of Centrex Tray: a view on the agent, which owns all state. It shows a page, carries its requests over the
//! agent's control socket, and can end at any time without anyone missing a call.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod agent;
mod args;
mod commands;
mod dialog;
mod files;
mod link;
mod look;
mod near;
#[cfg(not(windows))]
mod page;
mod window;

use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;
use control::protocol::Place;
use control::transport::{Address, AddressError};
#[cfg(target_os = "macos")]
use tauri::Manager;
use tokio::sync::{mpsc, watch};
use tracing_subscriber::EnvFilter;

use crate::args::Args;
use crate::commands::Door;
use crate::link::Link;
use crate::look::Look;

/// Filter of the log on standard error, as for the agent.
const LOG_ENV: &str = "CENTREX_TRAY_LOG";

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
enum StartError {
    /// Neither X11 nor Wayland answers.
    #[cfg(target_os = "linux")]
    #[error(
        "there is no display to show a window on: start it from a desktop session, or set DISPLAY or WAYLAND_DISPLAY"
    )]
    NoDisplay,
    #[error(transparent)]
    Address(#[from] AddressError),
    #[error("the window can't be shown: {0}")]
    Tauri(#[from] tauri::Error),
}

fn main() -> ExitCode {
    let args = Args::parse();
    let filter = EnvFilter::try_from_env(LOG_ENV).unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .init();
    match start(args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere else to say it.
            let _ = writeln!(io::stderr(), "centrex-tray-window: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start(args: Args) -> Result<(), StartError> {
    display()?;
    if args.place.is_none() && tauri::async_runtime::block_on(agent::hand_over(&args.profile)) {
        return Ok(());
    }
    run(args)
}

/// Tauri panics without a display; GTK can be asked first.
fn display() -> Result<(), StartError> {
    #[cfg(target_os = "linux")]
    gtk::init().map_err(|_| StartError::NoDisplay)?;
    Ok(())
}

fn run(args: Args) -> Result<(), StartError> {
    let address = Address::of(&args.profile)?;
    let (pages, coming) = mpsc::channel(4);
    let (client, current) = watch::channel(None);
    let door = Door {
        pages,
        client: current,
        profile: args.profile,
        dialog: Default::default(),
    };
    let place = args.place.map_or(Place::Pad, Place::from);
    let look = Look {
        language: args.language,
        theme: args.theme,
    };
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.on_web_content_process_terminate(|webview| page::died(webview.app_handle()));
    builder
        .manage(door)
        .manage(look)
        .manage(window::Memory::default())
        .invoke_handler(tauri::generate_handler![
            commands::follow,
            commands::request,
            commands::with_file,
            commands::hide,
            commands::start_agent
        ])
        .setup(move |app| {
            let link = Link::new(
                address,
                window::Shown(app.handle().clone()),
                client,
                place,
                args.theme,
            );
            tauri::async_runtime::spawn(link.run(coming));
            window::open(app.handle(), args.anchor)?;
            Ok(())
        })
        .run(tauri::generate_context!())?;
    Ok(())
}
