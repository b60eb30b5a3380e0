//! `xdg-open`, which hands over to the desktop's own opener where it has one.
//!
//! Not the OpenURI portal: seen with xdg-desktop-portal 1.16, it asks with a dialog for every scheme of a CRM's own even where
//! the person has chosen a program, and takes another browser than the chosen one. Inside a sandbox `xdg-open` asks the
//! portal by itself.

use std::path::Path;
use std::time::Duration;

use tokio::time::timeout;
use url::Url;

use super::OpenProblem;
use crate::desktop::programs::detached;

/// Where there is no browser yet, `xdg-open` may become one and run as long as it: by then the address is open.
const RUNS_ON: Duration = Duration::from_secs(10);

pub(super) async fn open(url: Url) -> Result<(), OpenProblem> {
    // An address begins with its scheme, so it can't be taken for an option.
    let mut opener = detached(Path::new("xdg-open"))
        .arg(url.as_str())
        .spawn()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => OpenProblem::NoOpener,
            _ => OpenProblem::NotOpened,
        })?;
    match timeout(RUNS_ON, opener.wait()).await {
        Err(_) => Ok(()),
        Ok(Ok(end)) if end.success() => Ok(()),
        Ok(Ok(end)) => {
            tracing::info!(code = end.code(), "xdg-open failed");
            Err(OpenProblem::NotOpened)
        }
        Ok(Err(_)) => Err(OpenProblem::NotOpened),
    }
}
