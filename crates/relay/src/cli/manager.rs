//! What the service manager is told: that the relay is ready, that it lives, that it stops (systemd's `sd_notify` protocol,
//! one datagram a message, to the socket that `NOTIFY_SOCKET` names; see sd_notify(3)). Without one, nobody.

use std::time::Duration;

/// The door to the service manager.
#[derive(Debug)]
pub struct Manager {
    #[cfg(target_os = "linux")]
    socket: Option<std::os::unix::net::UnixDatagram>,
    /// How often it wants a sign of life.
    watchdog: Option<Duration>,
}

impl Manager {
    /// By this process's environment.
    pub fn of_environment() -> Self {
        let variable = |name: &str| std::env::var(name).ok();
        Self {
            #[cfg(target_os = "linux")]
            socket: variable("NOTIFY_SOCKET").and_then(|name| connect(&name)),
            watchdog: watchdog(variable, std::process::id()),
        }
    }

    /// It listens.
    pub fn ready(&self, address: std::net::SocketAddr) {
        self.tell(&format!("READY=1\nSTATUS=listening on {address}"));
    }

    /// It begins to stop.
    pub fn stopping(&self) {
        self.tell("STOPPING=1\nSTATUS=finishing what was acknowledged");
    }

    /// Gives signs of life, as long as it is polled and all is well: if the relay hangs, or has lost a part that it can't do
    /// without, they stay away, and it is started again.
    pub async fn keep_alive(&self, is_well: impl Fn() -> bool) {
        let Some(every) = self.watchdog else {
            return std::future::pending().await;
        };
        // Twice as often as it must be, as sd_watchdog_enabled(3) advises.
        let mut ticks = tokio::time::interval(every / 2);
        loop {
            ticks.tick().await;
            if is_well() {
                self.tell("WATCHDOG=1");
            }
        }
    }

    #[cfg(target_os = "linux")]
    fn tell(&self, message: &str) {
        if let Some(Err(error)) = self.socket.as_ref().map(|socket| socket.send(message.as_bytes())) {
            tracing::warn!(%error, "the service manager can't be told");
        }
    }

    #[cfg(not(target_os = "linux"))]
    #[expect(clippy::unused_self, reason = "there is nobody to tell")]
    fn tell(&self, _message: &str) {}
}

/// A path, or with `@` an abstract name.
#[cfg(target_os = "linux")]
fn connect(name: &str) -> Option<std::os::unix::net::UnixDatagram> {
    use std::os::linux::net::SocketAddrExt as _;
    use std::os::unix::net::{SocketAddr, UnixDatagram};
    let open = || {
        let address = match name.strip_prefix('@') {
            Some(name) => SocketAddr::from_abstract_name(name)?,
            None => SocketAddr::from_pathname(name)?,
        };
        let socket = UnixDatagram::unbound()?;
        socket.connect_addr(&address)?;
        // Nothing waits for a manager that doesn't read.
        socket.set_nonblocking(true)?;
        Ok(socket)
    };
    open()
        .inspect_err(|error: &std::io::Error| {
            tracing::warn!(%error, "NOTIFY_SOCKET can't be used: the service manager isn't told that the relay runs");
        })
        .ok()
}

/// What the manager wants of this very process.
fn watchdog(variable: impl Fn(&str) -> Option<String>, process: u32) -> Option<Duration> {
    let meant = variable("WATCHDOG_PID").is_none_or(|id| id.parse() == Ok(process));
    let every: u64 = variable("WATCHDOG_USEC")?.parse().ok()?;
    (meant && every > 1).then(|| Duration::from_micros(every))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(target_os = "linux")]
    #[tokio::test(start_paused = true)]
    async fn a_relay_that_lost_a_part_gives_no_sign_of_life() {
        use std::os::unix::net::UnixDatagram;
        let (ours, theirs) = UnixDatagram::pair().unwrap();
        theirs.set_nonblocking(true).unwrap();
        let manager = Manager {
            socket: Some(ours),
            watchdog: Some(Duration::from_secs(30)),
        };
        let signs = async |is_well: bool| {
            let minute = Duration::from_secs(59);
            let alive = tokio::time::timeout(minute, manager.keep_alive(|| is_well));
            assert!(alive.await.is_err());
            let mut text = [0; 64];
            std::iter::from_fn(|| theirs.recv(&mut text).ok()).count()
        };
        assert_eq!((signs(true).await, signs(false).await), (4, 0));
    }

    #[test]
    fn a_watchdog_of_another_process_is_none_of_ours() {
        let asks = |every: &'static str, process: Option<&'static str>| {
            let variable = move |name: &str| match name {
                "WATCHDOG_USEC" => Some(every.to_owned()),
                "WATCHDOG_PID" => process.map(str::to_owned),
                _ => None,
            };
            watchdog(variable, 42)
        };
        assert_eq!(asks("2000000", None), Some(Duration::from_secs(2)));
        assert_eq!(asks("2000000", Some("42")), Some(Duration::from_secs(2)));
        assert_eq!(asks("2000000", Some("43")), None);
        assert_eq!(asks("0", None), None);
        assert_eq!(asks("soon", None), None);
    }
}
