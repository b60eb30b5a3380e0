//! The commands for developers: `cargo xtask …`.

use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::{Parser, Subcommand};

mod icons;

/// Centrex Tray: the commands for developers.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Draws the PNG, .ico and .icns files again from the SVG drawings.
    Icons {
        /// Also writes a picture of all tray states on light and dark panels.
        #[arg(long, value_name = "FILE.png")]
        sheet: Option<PathBuf>,
    },
}

/// The repository's root.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap_or(Path::new("."))
        .to_path_buf()
}

fn main() -> Result<()> {
    match Cli::parse().command {
        Command::Icons { sheet } => {
            icons::write(&root())?;
            if let Some(sheet) = sheet {
                icons::contact_sheet(&root(), &sheet)?;
            }
        }
    }
    Ok(())
}
