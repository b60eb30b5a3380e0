//! The program itself.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use crate::support::{KEY, PASSWORD};

fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_centrex-sim"));
    for name in ["CENTREX_SIM_URL", "CENTREX_SIM_API_KEY", "CENTREX_SIM_LOG"] {
        command.env_remove(name);
    }
    command
}

/// `serve` on a free port; killed when dropped.
struct Served {
    child: Child,
    out: BufReader<ChildStdout>,
    base: String,
}

impl Served {
    fn start(more: &[&str]) -> Self {
        let account = format!("1001:{PASSWORD}:33199000001");
        let mut child = program()
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--seed",
                "7",
                "--account",
                &account,
            ])
            .args(more)
            .env("CENTREX_SIM_API_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Self { child, out, base }
    }

    fn say(&self, words: &[&str]) -> Output {
        program()
            .args(["--sim", &self.base])
            .args(words)
            .output()
            .unwrap()
    }

    fn json(&self, words: &[&str]) -> serde_json::Value {
        let output = self.say(&[words, &["--json"]].concat());
        assert!(output.status.success(), "{output:?}");
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn a_call_from_the_command_line() {
    let mut served = Served::start(&["--manual-time"]);
    let mut line = String::new();
    served.out.read_line(&mut line).unwrap();
    assert!(line.contains("seed: 7"), "{line}");
    assert!(!line.contains(KEY));
    let call = served.json(&[
        "ring",
        "--to",
        "1001",
        "--from",
        "+33639980001",
        "--no-answer",
        "--talk",
        "2.5",
    ]);
    let id = call["call_id"].as_str().unwrap();
    let phones = out(&served.say(&["phones"]));
    assert!(
        phones.contains(&format!("ringing from +33639980001  (call {id})")),
        "{phones}"
    );
    assert!(served.say(&["pick-up", "1001"]).status.success());
    assert_eq!(served.json(&["phones"])[0]["state"], "talking");
    assert!(
        served
            .say(&["hang-up", "1001", "--by", "other-party"])
            .status
            .success()
    );
    assert_eq!(served.json(&["phones"])[0]["state"], "idle");
    let record = out(&served.say(&["record"]));
    let kinds: Vec<&str> = record
        .lines()
        .filter_map(|line| line.split_whitespace().nth(2))
        .collect();
    let expect = [
        "own_phone_rings",
        "callback_skipped",
        "own_phone_picked_up",
        "connected",
        "callback_skipped",
        "ended",
        "callback_skipped",
    ];
    assert_eq!(kinds, expect);
    let dialled = served.say(&["dial", "--from", "1001", "--to", "33199000099"]);
    assert!(out(&dialled).starts_with("call "));
    assert!(served.say(&["answer", "1001"]).status.success());
}

#[test]
fn one_call_on_several_phones_from_the_command_line() {
    let second = format!("1002:{PASSWORD}:33199000002");
    let served = Served::start(&["--manual-time", "--account", &second]);
    let ring = ["ring", "--to", "1001", "--to", "1002", "--called", "+33199000090"];
    let call = served.json(&ring);
    let calls = |phones: &serde_json::Value| [0, 1].map(|at| phones[at]["call"].clone());
    assert_eq!(
        calls(&served.json(&["phones"])),
        [(); 2].map(|()| call["call_id"].clone())
    );
    assert!(served.say(&["pick-up", "1002"]).status.success());
    let phones = served.json(&["phones"]);
    assert_eq!(
        (&phones[0]["state"], &phones[1]["state"]),
        (&"idle".into(), &"talking".into())
    );
    let none = served.say(&["ring", "--from", "+33639980001"]);
    assert!(
        none.status.code() == Some(2) && err(&none).contains("--to"),
        "{none:?}"
    );
}

#[test]
fn faults_from_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("faults.json");
    std::fs::write(&file, r#"{"callbacks":{"duplicate":0.2}}"#).unwrap();
    let served = Served::start(&["--faults", file.to_str().unwrap()]);
    assert_eq!(served.json(&["faults"])["callbacks"]["duplicate"], 0.2);
    let shown = out(&served.say(&["faults", r#"{"next":[{"event":"call_end","do":"drop"}]}"#]));
    assert!(
        shown.contains("call_end") && !shown.contains("duplicate"),
        "{shown}"
    );
    let cleared = out(&served.say(&["faults", "--clear"]));
    assert_eq!(cleared, "no faults: the platform behaves well\n");
    for (bad, says) in [
        (r#"{"callbacks":{"dorp":1}}"#, "unknown field `dorp`"),
        (
            r#"{"callbacks":{"drop":7}}"#,
            "callbacks.drop is a chance between 0 and 1",
        ),
    ] {
        let output = served.say(&["faults", bad]);
        assert_eq!(output.status.code(), Some(2));
        assert!(err(&output).contains(says), "{output:?}");
    }
    let output = served.say(&["faults", "/nowhere/faults.json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(err(&output).contains("can't read the faults in /nowhere/faults.json"));
}

#[test]
fn errors_are_sentences() {
    let served = Served::start(&[]);
    let output = served.say(&["ring", "--to", "9"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        err(&output),
        "centrex-sim: there is no account 9 on this simulator; `phones` lists those that exist\n"
    );
    let base = served.base.clone();
    drop(served);
    let output = program().args(["--sim", &base, "phones"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(
        err(&output).contains("Start one with `centrex-sim serve`"),
        "{output:?}"
    );
    let output = program().args(["--sim", "nonsense", "phones"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn what_can_not_be_served_is_refused_without_showing_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("accounts");
    std::fs::write(&file, "# phones\n1001:canary-a:33199000001\n1002:canary-b\n").unwrap();
    let accounts = file.to_str().unwrap();
    let good = "1001:canary:33199000001";
    for (words, code, says) in [
        (vec![], 2, "--account ID:PASSWORD:NUMBER"),
        (
            vec!["--account", "1001:canary"],
            2,
            "an account is written ID:PASSWORD:NUMBER",
        ),
        (
            vec!["--account", "1001:canary:0199000001"],
            2,
            "the number of the account 1001 is not E.164",
        ),
        (
            vec!["--account", good, "--account", "1001:canary:33199000002"],
            2,
            "the account 1001 is given twice",
        ),
        (
            vec!["--account", good, "--account", "1002:canary:+33199000001"],
            2,
            "have one number",
        ),
        (vec!["--account", good, "--pickup-after", "soon"], 2, "or `never`"),
        (vec!["--account", good, "--talk=-1"], 2, "between 0 and"),
        (
            vec!["--account", good, "--listen", "192.0.2.1:80"],
            1,
            "can't listen on 192.0.2.1:80",
        ),
        (vec!["--accounts-file", accounts], 2, "accounts, line 3: "),
    ] {
        let output = program()
            .arg("serve")
            .args(&words)
            .env("CENTREX_SIM_API_KEY", KEY)
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(code), "{words:?} {output:?}");
        let said = err(&output);
        assert!(said.contains(says), "{said}");
        assert!(!said.contains("canary"), "{said}");
    }
    let output = program().args(["serve", "--account", good]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(err(&output).contains("set CENTREX_SIM_API_KEY"), "{output:?}");
}

#[test]
fn no_secret_in_help_or_logs() {
    let output = program()
        .args(["serve", "--help"])
        .env("CENTREX_SIM_API_KEY", KEY)
        .output()
        .unwrap();
    assert!(!out(&output).contains(KEY));
}

/// The most talkative log of a run in which both credentials and the callback URL were used.
#[test]
fn no_secret_in_the_most_talkative_log() {
    let mut served = {
        let account = format!("1001:{PASSWORD}:33199000001");
        let mut child = program()
            .args([
                "serve",
                "--listen",
                "127.0.0.1:0",
                "--account",
                &account,
                "--pickup-after",
                "0",
            ])
            .env("CENTREX_SIM_API_KEY", KEY)
            .env("CENTREX_SIM_LOG", "trace")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        let base = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        Served { child, out, base }
    };
    let base = served.base.clone();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let receiver = crate::support::Receiver::start().await;
        let ask = async |path: String| {
            let answer = crate::support::client()
                .get(format!("{base}/api/centrex/v1/{path}"))
                .send()
                .await
                .unwrap();
            answer.status().as_u16()
        };
        assert_eq!(
            ask(format!("set_callback?api_key={KEY}&url={}", receiver.url)).await,
            200
        );
        assert_eq!(
            ask(format!(
                "call?account_id=1001&number=33199000099&password={PASSWORD}"
            ))
            .await,
            200
        );
        receiver.await_count(1).await;
    });
    served.child.kill().unwrap();
    let mut log = String::new();
    std::io::Read::read_to_string(served.child.stderr.as_mut().unwrap(), &mut log).unwrap();
    assert!(log.contains("recorded"), "{log}");
    assert!(!log.contains("canary"), "{log}");
}

#[cfg(unix)]
#[test]
fn sigterm_ends_it_well() {
    let mut served = Served::start(&[]);
    let pid = served.child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &pid])
            .status()
            .unwrap()
            .success()
    );
    assert!(served.child.wait().unwrap().success());
}
