//! `serve`

use std::net::SocketAddr;
use std::process::ExitCode;

use centrex_relay::server::{self, StartError};
use centrex_relay::settings::{LogFormat, Settings};
use tokio::net::{TcpListener, TcpSocket};
use tracing_subscriber::EnvFilter;

use super::manager::Manager;
use super::{CONFIG, DAMAGED, output};

/// What the relay keeps open beside its connections: database, listeners, requests to the platform, the runtime's own.
const OTHER_FILES: u64 = 128;

pub fn run(settings: &Settings) -> ExitCode {
    log(settings);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            output::complain(&format!("the program can't start its threads: {error}"));
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(serve(settings)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error.to_string());
            ExitCode::from(match error {
                _ if error.is_configuration() => CONFIG,
                _ if error.is_damage() => DAMAGED,
                _ => 1,
            })
        }
    }
}

async fn serve(settings: &Settings) -> Result<(), StartError> {
    // Before the first line is printed: a signal right after it must find its handler.
    let stop = stop_signal();
    match &settings.file {
        Some(file) => tracing::info!(file = %file.display(), "configuration"),
        None => tracing::info!("no configuration file: defaults, variables and options"),
    }
    for advice in settings.advice() {
        tracing::warn!("{advice}");
    }
    raise_open_files(settings);
    #[cfg(unix)]
    leave_no_core();
    let prepared = server::prepare(settings)?;
    let public = bind("listen", settings.listen)?;
    let admin = bind("admin_listen", settings.admin_listen)?;
    let prepared = match &settings.tls {
        Some(tls) => prepared.with_tls(bind("tls.listen", tls.listen)?)?,
        None => prepared,
    };
    let mut reload = reload_signal();
    let running = prepared.start(public, admin)?;
    output::line(&format!("listening on http://{}", running.address));
    output::line(&format!("admin on http://{}", running.admin));
    if let Some(address) = running.tls {
        output::line(&format!("TLS on https://{address}"));
    }
    tracing::info!(address = %running.address, admin = %running.admin, "the relay runs");
    let manager = Manager::of_environment();
    manager.ready(running.address);
    let health = running.health();
    let mut life = std::pin::pin!(manager.keep_alive(|| health.is_well()));
    let mut stop = std::pin::pin!(stop);
    loop {
        tokio::select! {
            () = stop.as_mut() => break,
            () = arrival(&mut reload) => running.reload(),
            () = life.as_mut() => {}
        }
    }
    tracing::info!("stopping: finishing what was acknowledged");
    manager.stopping();
    tokio::select! {
        () = running.stop() => {}
        () = life => {}
    }
    tracing::info!("stopped");
    Ok(())
}

/// What is in memory is in a core file too: keys, tokens, numbers. The unit says the same (`LimitCORE=0`); by hand nobody does.
#[cfg(unix)]
fn leave_no_core() {
    if let Err(error) = rlimit::setrlimit(rlimit::Resource::CORE, 0, 0) {
        tracing::warn!(%error, "core files can't be turned off: one of a relay that failed would hold secrets");
    }
}

/// Each connection needs an open file, and systems begin with far fewer than they allow.
fn raise_open_files(settings: &Settings) {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(limit) if limit >= (settings.connections as u64).saturating_add(OTHER_FILES) => {}
        Ok(limit) => tracing::warn!(
            limit,
            connections = settings.connections,
            "the system allows fewer open files than there may be connections: beyond it nobody is let in; raise the \
             hard limit (LimitNOFILE= in a systemd unit, ulimit -Hn), or lower connections"
        ),
        Err(error) => tracing::warn!(%error, "the limit of open files can't be raised"),
    }
}

/// How many connections may wait to be accepted. A desktop whose request for one is dropped by the system asks again a second
/// later, and thousands come at once when a proxy or the relay itself starts again. Systems have a bound of their own
/// (`net.core.somaxconn`); the standard library would ask for 128.
const WAITING: u32 = 4096;

fn bind(key: &'static str, address: SocketAddr) -> Result<TcpListener, StartError> {
    let listen = || {
        let socket = match address {
            SocketAddr::V4(_) => TcpSocket::new_v4(),
            SocketAddr::V6(_) => TcpSocket::new_v6(),
        }?;
        // After a restart, connections of the one before may still be closing. Windows means something else by it.
        socket.set_reuseaddr(cfg!(unix))?;
        socket.bind(address)?;
        socket.listen(WAITING)
    };
    listen().map_err(|cause| StartError::Listen { key, address, cause })
}

fn log(settings: &Settings) {
    let filter = EnvFilter::new(&settings.log);
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_writer(std::io::stderr);
    // A second logger can only be a mistake of a test; the first stays.
    let _ = match settings.log_format {
        LogFormat::Text => builder.try_init(),
        LogFormat::Json => builder.json().try_init(),
    };
}

#[cfg(unix)]
type Registered = Option<tokio::signal::unix::Signal>;
#[cfg(windows)]
type Registered = Option<std::convert::Infallible>;

#[cfg(unix)]
fn register(kind: tokio::signal::unix::SignalKind) -> Registered {
    match tokio::signal::unix::signal(kind) {
        Ok(signal) => Some(signal),
        Err(error) => {
            tracing::warn!(%error, "a signal can't be handled");
            None
        }
    }
}

/// Waits for a signal; for ever when it can't be handled.
async fn arrival(signal: &mut Registered) {
    match signal {
        #[cfg(unix)]
        Some(signal) => drop(signal.recv().await),
        #[cfg(windows)]
        Some(never) => match *never {},
        None => std::future::pending().await,
    }
}

/// Registers for the system's request to read the certificate again.
fn reload_signal() -> Registered {
    #[cfg(unix)]
    {
        register(tokio::signal::unix::SignalKind::hangup())
    }
    #[cfg(windows)]
    {
        None
    }
}

/// Registers for the system's requests to stop, now; the future waits for one.
#[cfg(unix)]
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::unix::SignalKind;
    let (mut terminate, mut interrupt) = (
        register(SignalKind::terminate()),
        register(SignalKind::interrupt()),
    );
    async move {
        tokio::select! {
            () = arrival(&mut terminate) => {}
            () = arrival(&mut interrupt) => {}
        }
    }
}

#[cfg(windows)]
fn stop_signal() -> impl Future<Output = ()> {
    use tokio::signal::windows::{ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown};
    let handlers = (ctrl_c(), ctrl_break(), ctrl_close(), ctrl_shutdown());
    async move {
        let (Ok(mut c), Ok(mut brk), Ok(mut close), Ok(mut shutdown)) = handlers else {
            tracing::warn!("the console's signals can't be handled");
            return std::future::pending().await;
        };
        tokio::select! {
            _ = c.recv() => {}
            _ = brk.recv() => {}
            _ = close.recv() => {}
            _ = shutdown.recv() => {}
        }
    }
}
