//! `ShellExecuteW` on Windows, `open` on macOS.

use url::Url;

use super::OpenProblem;

pub(super) async fn open(url: Url) -> Result<(), OpenProblem> {
    let opened = tokio::task::spawn_blocking(move || opener::open(url.as_str())).await;
    match opened {
        Ok(Ok(())) => Ok(()),
        // Its words name the address, and with it the caller: they are not logged.
        Ok(Err(_)) | Err(_) => Err(OpenProblem::NotOpened),
    }
}
