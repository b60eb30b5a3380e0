//! The product as the demo runs it: simulator, relay and agent, each a program, on a profile of its own.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, ErrorKind, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::process::{Launch, Program};
use super::simulator::Simulator;
use super::wait;

/// The profile, so that no real setting and no real credential is touched.
pub const PROFILE: &str = "demo";
/// The keychain's service of that profile.
pub const SERVICE: &str = "centrex-tray:demo";
/// The one line of the demo's desktop.
pub const ACCOUNT: &str = "accueil";
/// Its number. All numbers are of the ranges that the regulator keeps for fiction.
pub const LINE: &str = "+33199000001";
/// The line of a colleague, of whom this desktop knows nothing.
pub const COLLEAGUE: &str = "atelier";
/// Its number.
const COLLEAGUES_LINE: &str = "+33199000002";
/// The company's number, behind which the phones of both ring.
pub const COMPANY: &str = "+33199000010";

/// Longest time that any program gets to be there.
const START: Duration = Duration::from_secs(60);
/// Between two looks for a Ctrl-C.
const LISTEN: Duration = Duration::from_millis(100);
/// Only the simulator knows it: no secret of anyone.
const API_KEY: &str = "demo-api-key";
const PASSWORD: &str = "demo-password";

/// Where the programs are.
#[derive(Clone, Debug)]
pub struct Binaries(pub PathBuf);

impl Binaries {
    /// One of them.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

/// How long the people on the simulated phones take, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Until the own phone is picked up, after click-to-call.
    pub pick_up: f64,
    /// Until the other party answers.
    pub answer: f64,
    /// How long they talk.
    pub talk: f64,
}

impl Pace {
    /// Quick, and yet slow enough to be seen by a person.
    pub const LIVELY: Self = Self {
        pick_up: 2.0,
        answer: 2.0,
        talk: 20.0,
    };
    /// They do nothing by themselves for longer than any run: whoever plays the script says when.
    pub const BY_HAND: Self = Self {
        pick_up: 3600.0,
        answer: 3600.0,
        talk: 3600.0,
    };
}

/// Simulator, relay, agent. Ends them when dropped, the agent first.
pub struct Product {
    /// The agent, once started.
    pub agent: Option<Program>,
    relay: Option<Program>,
    _simulator: Program,
    /// The people on the phones.
    pub simulator: Simulator,
    /// `http://127.0.0.1:…` of the relay.
    pub relay_url: String,
    binaries: Binaries,
    env: Vec<(String, String)>,
    folder: PathBuf,
    logs: PathBuf,
}

impl Product {
    /// Starts simulator and relay, and gives the relay's callback address to the simulated platform.
    ///
    /// # Errors
    /// Names the program that doesn't come up, with the end of its log.
    pub fn start(
        binaries: &Binaries,
        folder: &Path,
        logs: &Path,
        env: &[(String, String)],
        pace: Pace,
    ) -> Result<Self> {
        let folder = folder.join("product");
        let mut env = env.to_vec();
        for (variable, name) in [
            ("CENTREX_TRAY_CONFIG_DIR", "config"),
            ("CENTREX_TRAY_DATA_DIR", "data"),
            ("CENTREX_TRAY_RUNTIME_DIR", "runtime"),
        ] {
            let path = folder.join(name);
            make_private(&path)?;
            env.push((variable.to_owned(), path.display().to_string()));
        }
        let (simulator_program, simulator) = start_simulator(binaries, &env, logs, pace)?;

        let relay_folder = folder.join("relay");
        make_private(&relay_folder)?;
        let port = free_port()?;
        let relay_url = format!("http://127.0.0.1:{port}");
        let config = format!(
            "data_dir = {data:?}\nlisten = \"127.0.0.1:{port}\"\nadmin_listen = \"127.0.0.1:0\"\npublic_url = {relay_url:?}\n\n\
             [platform]\nurl = {platform:?}\n",
            data = relay_folder.display().to_string(),
            platform = simulator.platform_url(),
        );
        std::fs::write(folder.join("relay.toml"), config)?;
        env.push(("CENTREX_RELAY_PLATFORM_API_KEY".into(), API_KEY.into()));

        let mut product = Self {
            agent: None,
            relay: None,
            _simulator: simulator_program,
            simulator,
            relay_url,
            binaries: binaries.clone(),
            env,
            folder,
            logs: logs.to_path_buf(),
        };
        product.start_relay()?;
        product.relay(&["callback", "set", "--yes"])?;
        Ok(product)
    }

    /// Starts the relay, at the port and with the data that it had.
    ///
    /// # Errors
    /// When it doesn't come up, with the end of its log.
    pub fn start_relay(&mut self) -> Result<()> {
        let argv = [
            self.binaries.path("centrex-relay").into_os_string(),
            "serve".into(),
            "--config".into(),
            self.folder.join("relay.toml").into_os_string(),
        ];
        let argv: Vec<&OsStr> = argv.iter().map(AsRef::as_ref).collect();
        let mut relay = Launch {
            name: "relay",
            argv: &argv,
            env: &self.env,
            logs: &self.logs,
            stdin: None,
        }
        .start()?;
        relay.line_after("listening on ", START)?;
        self.relay = Some(relay);
        Ok(())
    }

    /// Stops the relay as its service manager would; returns once it is gone.
    pub fn stop_relay(&mut self) {
        self.relay = None;
    }

    /// Sets a variable for agents that start from now on.
    pub fn set_env(&mut self, name: &str, value: &str) {
        self.env.retain(|(known, _)| known != name);
        self.env.push((name.to_owned(), value.to_owned()));
    }

    /// Trades an enrolment code for a token, as a desktop does.
    ///
    /// # Errors
    /// When the relay refuses the code.
    pub fn token(&self, code: &str) -> Result<String> {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .proxy(None)
            .timeout_global(Some(START))
            .build()
            .into();
        let url = format!("{}/v1/enrolments/{code}", self.relay_url);
        let mut answer = agent
            .post(&url)
            .send_empty()
            .context("the relay refused an enrolment code")?;
        let value: Value = answer.body_mut().read_json()?;
        value["token"]
            .as_str()
            .map(str::to_owned)
            .context("the relay gave no token")
    }

    /// The relay's process.
    ///
    /// # Errors
    /// When it is stopped.
    pub fn relay_pid(&self) -> Result<u32> {
        Ok(self.relay.as_ref().context("the relay is stopped")?.pid())
    }

    /// Where the agent of the profile keeps its journal.
    pub fn journal(&self) -> PathBuf {
        self.folder.join("data/profiles").join(PROFILE).join("journal.db")
    }

    /// The settings of the profile, as a person would edit them.
    pub fn settings(&self) -> PathBuf {
        self.folder
            .join("config/profiles")
            .join(PROFILE)
            .join("settings.toml")
    }

    /// Starts the agent in the tray; the environment has no key of the platform.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start_agent(&mut self) -> Result<u32> {
        self.start_agent_under(&[])
    }

    /// The same, with these words before it: a program that watches it.
    ///
    /// # Errors
    /// When it can't be started.
    pub fn start_agent_under(&mut self, watcher: &[String]) -> Result<u32> {
        let agent = self.binaries.path("centrex-tray");
        let words = ["--hidden", "--profile", PROFILE];
        let argv: Vec<&OsStr> = watcher
            .iter()
            .map(OsStr::new)
            .chain([agent.as_os_str()])
            .chain(words.map(OsStr::new))
            .collect();
        let env = self.agent_env();
        let agent = Launch {
            name: "agent",
            argv: &argv,
            env: &env,
            logs: &self.logs,
            stdin: None,
        }
        .start()?;
        let pid = agent.pid();
        self.agent = Some(agent);
        Ok(pid)
    }

    /// The agent's environment: nothing of the relay's, whose key it must not know.
    fn agent_env(&self) -> Vec<(String, String)> {
        self.env
            .iter()
            .filter(|(key, _)| !key.starts_with("CENTREX_RELAY_"))
            .cloned()
            .collect()
    }

    /// Runs a word of the agent's command line and gives its standard output.
    ///
    /// # Errors
    /// When it doesn't end with 0.
    pub fn agent_says(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(self.binaries.path("centrex-tray"));
        command
            .args(words)
            .args(["--profile", PROFILE])
            .env_clear()
            .envs(self.agent_env());
        output(&mut command)
    }

    /// Runs a word of the relay's command line and gives its standard output.
    ///
    /// # Errors
    /// When it doesn't end with 0.
    pub fn relay(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(self.binaries.path("centrex-relay"));
        command
            .args(words)
            .arg("--config")
            .arg(self.folder.join("relay.toml"))
            .env_clear()
            .envs(self.env.iter().cloned());
        output(&mut command)
    }

    /// A one-time enrolment code for one desktop, made by the relay's administrator.
    ///
    /// # Errors
    /// When the relay makes none.
    pub fn enrolment(&self) -> Result<Enrolment> {
        let text = self.relay(&[
            "enrol",
            "create",
            "--label",
            "Poste de démonstration",
            "--account",
            ACCOUNT,
            "--json",
        ])?;
        let value: Value =
            serde_json::from_str(text.trim()).context("`enrol create --json` printed no JSON")?;
        let text = |name: &str| {
            value[name]
                .as_str()
                .map(str::to_owned)
                .with_context(|| format!("no {name} in the enrolment"))
        };
        Ok(Enrolment {
            code: text("code")?,
            link: text("link")?,
        })
    }

    /// One question to the agent over its control socket.
    ///
    /// # Errors
    /// When nobody listens there, or the answer is an error.
    pub fn control(&self, request: &Value) -> Result<Value> {
        let socket = self
            .folder
            .join("runtime")
            .join(format!("control-{PROFILE}.sock"));
        let mut stream = UnixStream::connect(&socket)
            .with_context(|| format!("no agent listens at {}", socket.display()))?;
        // Short, so that a Ctrl-C is heard while the agent waits for somebody.
        stream.set_read_timeout(Some(LISTEN))?;
        writeln!(stream, "{}", json!({ "v": 1, "id": 1, "request": request }))?;
        let (mut answer, mut line) = (BufReader::new(stream), Vec::new());
        wait::until(START, "the agent's answer", || {
            match answer.read_until(b'\n', &mut line) {
                Ok(_) => Ok(Some(())),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => Ok(None),
                Err(error) => Err(error.into()),
            }
        })?;
        let reply: Value = serde_json::from_slice(&line).context("the agent's reply isn't JSON")?;
        match (&reply["result"]["Ok"], &reply["result"]["Err"]) {
            (Value::Null, error) => bail!(
                "the agent refused {} ({})",
                request["type"],
                error["message"]["id"]
            ),
            (answer, _) => Ok(answer.clone()),
        }
    }
}

/// What an administrator hands to a person.
pub struct Enrolment {
    /// The code alone.
    pub code: String,
    /// `centrex-tray://enrol?…`
    pub link: String,
}

fn start_simulator(
    binaries: &Binaries,
    env: &[(String, String)],
    logs: &Path,
    pace: Pace,
) -> Result<(Program, Simulator)> {
    let program = binaries.path("centrex-sim");
    let account = format!("{ACCOUNT}:{PASSWORD}:{LINE}");
    let colleague = format!("{COLLEAGUE}:{PASSWORD}:{COLLEAGUES_LINE}");
    let [pick_up, answer, talk] = [pace.pick_up, pace.answer, pace.talk].map(|seconds| seconds.to_string());
    let words = [
        "serve",
        "--listen",
        "127.0.0.1:0",
        "--account",
        &account,
        "--account",
        &colleague,
        "--pickup-after",
        &pick_up,
        "--answer-after",
        &answer,
        "--talk",
        &talk,
    ];
    let argv: Vec<&OsStr> = std::iter::once(program.as_os_str())
        .chain(words.iter().map(OsStr::new))
        .collect();
    let mut env = env.to_vec();
    env.push(("CENTREX_SIM_API_KEY".into(), API_KEY.into()));
    let mut program = Launch {
        name: "simulator",
        argv: &argv,
        env: &env,
        logs,
        stdin: None,
    }
    .start()?;
    let url = program.line_after("listening on ", START)?;
    Ok((program, Simulator::at(url)))
}

/// A port that nobody uses now. The relay is told it beforehand, because the callback address names it.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

fn make_private(folder: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::create_dir_all(folder).with_context(|| format!("can't make {}", folder.display()))?;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700))?;
    Ok(())
}

fn output(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("can't start {}", command.get_program().to_string_lossy()))?;
    ensure!(
        output.status.success(),
        "{} {:?} ended with {}: {}",
        command.get_program().to_string_lossy(),
        command.get_args().collect::<Vec<_>>(),
        output.status,
        String::from_utf8_lossy(&output.stderr).trim()
    );
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
