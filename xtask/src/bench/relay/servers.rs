//! The two servers that are compared.

use std::ffi::OsStr;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::super::process;
use crate::demo::process::{Launch, Program, kill_hard};
use crate::demo::wait;

/// Longest time that a server gets to be there, a start on ten million events included.
const START: Duration = Duration::from_secs(60);
/// Only these two processes know it.
const SECRET: &str = "a-secret-of-the-benchmark-0123456789abcdef";
/// Where Debian puts nginx's modules.
pub const NCHAN: &str = "/usr/lib/nginx/modules/ngx_nchan_module.so";

/// A server that runs.
pub struct Server {
    program: Program,
    /// Its processes.
    pub pids: Vec<u32>,
    /// What the load has to know of it.
    pub spec: Value,
}

impl Server {
    /// Processor time of all its processes.
    ///
    /// # Errors
    /// When one is gone.
    pub fn ran(&self) -> Result<Duration> {
        self.pids.iter().map(|pid| process::ran(*pid)).sum()
    }

    /// Proportional set size of all its processes, once it has stopped changing, in KiB.
    ///
    /// # Errors
    /// When one is gone.
    pub fn settled_kib(&self) -> Result<f64> {
        let mut sum = 0.0;
        for pid in &self.pids {
            sum += process::settled_pss_mb(*pid)? * 1e6 / 1024.0;
        }
        Ok(sum)
    }
}

/// The relay, on a data folder of its own.
#[derive(Clone, Debug)]
pub struct Relay {
    binary: PathBuf,
    folder: PathBuf,
    port: u16,
    tokens: PathBuf,
    desks: usize,
}

impl Relay {
    /// Makes the data folder and as many tokens.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn new(binaries: &Path, folder: &Path, desks: usize, watchers: usize) -> Result<Self> {
        let relay = Self {
            binary: binaries.join("centrex-relay"),
            folder: folder.join("relay"),
            port: free_port()?,
            tokens: folder.join("tokens"),
            desks,
        };
        std::fs::create_dir_all(&relay.folder)?;
        let made = Command::new(super::example(binaries, "load"))
            .arg("desks")
            .arg(relay.data())
            .args([desks.to_string(), watchers.to_string()])
            .arg(&relay.tokens)
            .status()?;
        ensure!(made.success(), "the tokens could not be made");
        Ok(relay)
    }

    /// Its data folder.
    pub fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts it, with everything that it has; returns when it listens.
    ///
    /// # Errors
    /// When it doesn't come up, with the end of its log.
    pub fn start(&self) -> Result<Server> {
        let config = self.folder.join("relay.toml");
        let text = format!(
            "listen = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:0\"\ndata_dir = {data:?}\n",
            port = self.port,
            data = self.data().display().to_string(),
        );
        std::fs::write(&config, text)?;
        let log = self.folder.join("relay.log");
        // Each start says anew that it listens.
        let _ = std::fs::remove_file(&log);
        let argv = [
            self.binary.as_os_str(),
            OsStr::new("serve"),
            OsStr::new("--config"),
            config.as_os_str(),
        ];
        let env = [("CENTREX_RELAY_CALLBACK_SECRET".to_owned(), SECRET.to_owned())];
        let mut program = Launch {
            name: "relay",
            argv: &argv,
            env: &env,
            logs: &self.folder,
            stdin: None,
        }
        .start()?;
        program.line_after("listening on ", START)?;
        Ok(Server {
            pids: vec![program.pid()],
            program,
            spec: json!({
                "server": "relay", "address": self.address(), "secret": SECRET, "tokens": self.tokens, "desks": self.desks,
            }),
        })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        ([127, 0, 0, 1], self.port).into()
    }

    /// Ends it as a power cut would.
    ///
    /// # Errors
    /// When it is gone already.
    pub fn kill(server: &Server) -> Result<()> {
        kill_hard(server.program.pid())
    }

    /// One callback, for a relay that may not listen yet; true when it was answered 200.
    pub fn takes_a_callback(&self, call: &str) -> bool {
        let url = format!(
            "http://{}/callback/{SECRET}?event=incoming_call_start&call_id={call}&account_id=4200000",
            self.address()
        );
        ureq::get(&url).call().is_ok()
    }
}

/// nginx with nchan: one worker, everything in memory, 1,000 messages a channel.
///
/// # Errors
/// When it doesn't come up.
pub fn nchan(folder: &Path) -> Result<Server> {
    let folder = folder.join("nchan");
    std::fs::create_dir_all(&folder)?;
    let port = free_port()?;
    let config = folder.join("nginx.conf");
    std::fs::write(&config, nginx_config(&folder, port))?;
    let log = folder.join("error.log");
    let argv = [
        OsStr::new("/usr/sbin/nginx"),
        OsStr::new("-p"),
        folder.as_os_str(),
        OsStr::new("-c"),
        config.as_os_str(),
        OsStr::new("-e"),
        log.as_os_str(),
    ];
    let program = Launch {
        name: "nginx",
        argv: &argv,
        env: &[],
        logs: &folder,
        stdin: None,
    }
    .start()?;
    let address = SocketAddr::from(([127, 0, 0, 1], port));
    wait::until(START, "nginx", || Ok(TcpStream::connect(address).ok()))
        .with_context(|| crate::demo::process::tail(&log))?;
    let master = program.pid();
    // The master listens before there is a worker.
    let worker = wait::until(START, "nginx's worker", || {
        let children = std::fs::read_to_string(format!("/proc/{master}/task/{master}/children"))?;
        Ok(children.split_whitespace().next().map(str::to_owned))
    })?;
    let pids = vec![master, worker.parse()?];
    Ok(Server {
        program,
        pids,
        spec: json!({ "server": "nchan", "address": address }),
    })
}

fn nginx_config(folder: &Path, port: u16) -> String {
    let folder = folder.display();
    // Debian's nginx drops root's rights by itself; what it writes is in our folder then.
    let user = if nix::unistd::geteuid().is_root() {
        "user root;"
    } else {
        ""
    };
    format!(
        "load_module {NCHAN};
daemon off;
{user}
worker_processes 1;
worker_rlimit_nofile 19000;
pid {folder}/pid;
events {{ worker_connections 18000; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    keepalive_requests 1000000000;
    keepalive_timeout 1h;
    tcp_nodelay on;
    nchan_shared_memory_size 6144M;
    nchan_message_buffer_length 1000;
    nchan_message_timeout 1h;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location ~ ^/pub/(\\w+)$ {{ nchan_publisher http; nchan_channel_id $1; }}
        location ~ ^/sub/(\\w+)$ {{
            nchan_subscriber eventsource;
            nchan_channel_id $1;
            nchan_subscriber_first_message newest;
            nchan_eventsource_ping_interval 15;
        }}
    }}
}}
"
    )
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
