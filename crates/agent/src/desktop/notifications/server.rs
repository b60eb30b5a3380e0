//! Who would show a notification now: asked when somebody wants to know, over a connection of its own.

/// The notification service of the desktop, as it names itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Name and version: `dunst 1.9.0`.
    pub name: String,
    /// It draws buttons. Without them a missed call can't be called back from its notification.
    pub has_buttons: bool,
}

/// Asks the desktop. `None`: this system has no service that can be asked.
///
/// # Errors
/// Why nobody answers, in the words of the service or of the bus.
#[cfg(target_os = "linux")]
pub async fn server() -> Result<Option<Server>, String> {
    use super::freedesktop::DaemonProxy;

    let ask = async {
        let bus = zbus::connection::Builder::session()?
            .method_timeout(super::imp::PATIENCE)
            .build()
            .await?;
        let daemon = DaemonProxy::new(&bus).await?;
        let (name, _vendor, version, _specification) = daemon.get_server_information().await?;
        let capabilities = daemon.get_capabilities().await?;
        Ok(Server {
            name: format!("{name} {version}"),
            has_buttons: capabilities.iter().any(|capability| capability == "actions"),
        })
    };
    ask.await.map(Some).map_err(|error| super::imp::words(&error))
}

/// Asks the desktop. `None`: this system has no service that can be asked.
///
/// # Errors
/// None here.
#[cfg(not(target_os = "linux"))]
pub async fn server() -> Result<Option<Server>, String> {
    Ok(None)
}
