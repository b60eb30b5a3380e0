//! The commands, beside a running relay and without one.

use serde_json::Value;

#[cfg(unix)]
use relay_api::{DownReason, Update};

#[cfg(unix)]
use crate::support::start_of;
use crate::support::{PATIENCE, SECRET, client, next_event, subscribe};
use crate::support_process::{MAKES_A_DATABASE, Process, command, run, succeed};

fn json_lines(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

const PUBLIC: [&str; 2] = ["--public-url", "https://relay.bureau.test"];

#[test]
fn an_unusable_configuration_is_refused_with_its_key_and_code_78() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.toml");
    std::fs::write(
        &file,
        "listne = \"127.0.0.1:1\"\n[events]\nheartbeat = \"soon\"\n",
    )
    .unwrap();
    let output = run(folder.path(), &["serve", "--config", file.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(78));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("did you mean listen?") && told.contains("events.heartbeat"),
        "{told}"
    );
    assert!(output.stdout.is_empty(), "nothing listened");

    let taken = folder.path().join("a-file");
    std::fs::write(&taken, "").unwrap();
    assert_eq!(run(&taken, &["serve"]).status.code(), Some(78));
    assert_eq!(
        run(folder.path(), &["serve", "--listen", "nowhere"])
            .status
            .code(),
        Some(78)
    );
    assert_eq!(run(folder.path(), &["dance"]).status.code(), Some(2));
}

#[test]
fn what_no_listener_and_no_callback_address_can_have_is_refused_with_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |command: &mut std::process::Command| {
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(78), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    for (listen, admin) in [
        ("0.0.0.0:8425", "127.0.0.1:8425"),
        ("127.0.0.1:8425", "127.0.0.1:8425"),
    ] {
        let words = ["serve", "--listen", listen, "--admin-listen", admin];
        let told = refused(command(folder.path()).args(words));
        assert!(
            told.contains("admin_listen") && told.contains("another port"),
            "{told}"
        );
    }
    // Of a range kept for documentation.
    let told = refused(command(folder.path()).args(["serve", "--listen", "203.0.113.1:8425"]));
    assert!(
        told.contains("listen: ") && told.contains("no such address"),
        "{told}"
    );
    let variable = "CENTREX_RELAY_CALLBACK_SECRET";
    let told = refused(command(folder.path()).args(["serve"]).env(variable, "too-short"));
    assert!(
        told.contains("callback.secret") && told.contains(variable),
        "{told}"
    );
}

#[test]
fn the_callback_address_is_shown_and_a_secret_is_made_when_none_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let shown = succeed(folder.path(), &[&["callback", "url"], &PUBLIC[..]].concat());
    assert_eq!(
        shown.trim(),
        format!("https://relay.bureau.test/callback/{SECRET}")
    );
    // Before the first start there is no data folder either.
    let made = command(&folder.path().join("new"))
        .args(["callback", "url"])
        .args(PUBLIC)
        .env_remove("CENTREX_RELAY_CALLBACK_SECRET")
        .output()
        .unwrap();
    assert!(made.status.success(), "{made:?}");
    let output = run(folder.path(), &["callback", "url"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("public_url"));
}

/// Whatever had the callbacks before would lose them to nobody.
#[test]
fn an_address_that_stands_for_an_example_is_never_told_the_operator() {
    let folder = tempfile::tempdir().unwrap();
    for words in [
        &["callback", "set", "--yes"][..],
        &["callback", "rotate", "--set", "--yes"],
    ] {
        let output = command(folder.path())
            .args(words)
            .args(["--public-url", "https://relay.example.org"])
            .env("CENTREX_RELAY_PLATFORM_API_KEY", "a-key")
            .env("CENTREX_RELAY_PLATFORM_URL", "http://127.0.0.1:9/")
            .env_remove("CENTREX_RELAY_CALLBACK_SECRET")
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains("only stands for an example"), "{told}");
    }
}

#[test]
fn several_accounts_in_one_are_refused_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desks.csv");
    for (text, wanted) in [
        (
            "label,accounts\nA,1001\nB,\"1002,1003\"\n",
            "line 3: nothing was created: \"1002,1003\" is no account",
        ),
        (
            "label;accounts\nA;1001;1002\n",
            "line 2: nothing was created: it has 3 columns, and the headings are 2",
        ),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = run(
            folder.path(),
            &["enrol", "create", "--from", file.to_str().unwrap()],
        );
        assert_eq!(output.status.code(), Some(1));
        let told = String::from_utf8(output.stderr).unwrap();
        assert!(told.contains(wanted), "{told}");
    }
    let odd = ["enrol", "create", "--label", "A", "--account", "42 07"];
    assert_eq!(run(folder.path(), &odd).status.code(), Some(1));
    assert!(!folder.path().join("relay.db").exists(), "nothing was begun");
}

#[tokio::test]
async fn codes_and_tokens_are_managed_beside_a_running_relay() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let create = [
        "enrol",
        "create",
        "--label",
        "Accueil",
        "--account",
        "1001",
        "--account",
        "1002",
        "--json",
    ];
    // Before the first start as well.
    let early = json_lines(&succeed(data, &[&create[..], &PUBLIC].concat()));
    let relay = Process::serve(data, &[], &[]);
    let late = json_lines(&succeed(data, &[&create[..], &PUBLIC].concat()));
    let link = late[0]["link"].as_str().unwrap();
    assert!(
        link.starts_with("centrex-tray://enrol?relay=https%3A%2F%2Frelay.bureau.test%2F&code="),
        "{link}"
    );
    let mut tokens = Vec::new();
    for made in [&early[0], &late[0]] {
        let code = made["code"].as_str().unwrap();
        tokens.push(client(&relay.base, "none").enrol(code).await.unwrap().token);
    }
    let listed = json_lines(&succeed(data, &["enrol", "list", "--json"]));
    assert!(listed.iter().all(|one| one["state"] == "used"), "{listed:?}");

    let third = json_lines(&succeed(data, &[&create[..], &PUBLIC].concat()));
    succeed(data, &["enrol", "revoke", third[0]["id"].as_str().unwrap()]);
    assert_eq!(run(data, &["enrol", "revoke", "enr_none"]).status.code(), Some(1));
    let refused = client(&relay.base, "none")
        .enrol(third[0]["code"].as_str().unwrap())
        .await
        .unwrap_err();
    assert_eq!(refused.problem().unwrap().status, 410);

    let mut streams = Vec::new();
    for token in &tokens {
        let mut events = subscribe(client(&relay.base, token), None);
        next_event(&mut events).await;
        streams.push(events);
    }
    let listed = json_lines(&succeed(data, &["token", "list", "--json"]));
    assert_eq!(listed.len(), 2);
    for one in &listed {
        succeed(data, &["token", "revoke", one["id"].as_str().unwrap()]);
    }
    // Both: the relay may have seen the first revocation alone.
    for events in &mut streams {
        let end = async { while events.next().await.is_some() {} };
        tokio::time::timeout(PATIENCE, end)
            .await
            .expect("the stream is cut and refused");
    }
    assert!(
        client(&relay.base, &tokens[1])
            .me()
            .await
            .unwrap_err()
            .is_unauthorized()
    );
}

#[test]
fn many_desks_come_from_a_file_all_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desks.csv");
    let create = |json| {
        let mut arguments = vec!["enrol", "create", "--from", file.to_str().unwrap()];
        arguments.extend(PUBLIC);
        arguments.extend(json);
        run(folder.path(), &arguments)
    };
    std::fs::write(&file, "label,accounts\nAccueil,1001;1002\nAtelier, 1003\n").unwrap();
    let made = json_lines(std::str::from_utf8(&create(Some("--json")).stdout).unwrap());
    assert_eq!(made.len(), 2);
    assert_eq!(
        (&made[0]["label"], made[0]["accounts"].as_array().unwrap().len()),
        (&Value::from("Accueil"), 2)
    );
    assert_eq!(made[1]["accounts"][0], "1003");

    for (text, wanted) in [
        ("label,accounts\nAccueil,1001\nAtelier,\n", "line 3"),
        ("name,accounts\nAccueil,1001\n", "but it is \"name,accounts\""),
        ("Accueil,1001\n", "headings label,accounts"),
        ("", "headings label,accounts"),
        ("label,accounts\n", "a line for each desktop"),
    ] {
        std::fs::write(&file, text).unwrap();
        let output = create(None);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert!(told.contains(wanted), "{text:?}: {told}");
    }
    // As a spreadsheet writes it: a byte order mark, columns of its own, another order.
    std::fs::write(&file, "\u{feff}accounts,room,label\n1004,12,Bureau\n").unwrap();
    let made = json_lines(std::str::from_utf8(&create(Some("--json")).stdout).unwrap());
    assert_eq!(made[0]["accounts"][0], "1004");
    // As one set to French does, for Windows: semicolons, capitals, and letters of its own. A file that only somebody else may
    // read comes by standard input.
    std::fs::write(&file, b"Label;Accounts\r\nCaf\xe9;\"1005;1006\"\r\n").unwrap();
    let output = command(folder.path())
        .args(["enrol", "create", "--from", "-", "--json"])
        .args(PUBLIC)
        .stdin(std::fs::File::open(&file).unwrap())
        .output()
        .unwrap();
    let made = json_lines(std::str::from_utf8(&output.stdout).unwrap());
    assert_eq!(made[0]["label"], "Café");
    assert_eq!(made[0]["accounts"], serde_json::json!(["1005", "1006"]));

    let listed = |open: &[&str]| {
        let words = [&["enrol", "list", "--json"], open].concat();
        let codes = json_lines(&succeed(folder.path(), &words));
        codes
            .iter()
            .map(|code| code["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let all = listed(&[]);
    assert_eq!(all.len(), 4);
    succeed(folder.path(), &["enrol", "revoke", &all[0], &all[1]]);
    assert_eq!(listed(&["--open"]), all[2..]);
}

#[test]
fn codes_without_a_public_address_come_with_a_warning_and_end_at_a_whole_second() {
    let folder = tempfile::tempdir().unwrap();
    let create = ["enrol", "create", "--label", "Accueil", "--account", "1001"];
    let output = run(folder.path(), &create);
    assert!(output.status.success());
    let warned = String::from_utf8(output.stderr).unwrap();
    assert!(
        warned.contains("public_url") && warned.contains("http://127.0.0.1:8420/"),
        "{warned}"
    );
    let told = String::from_utf8(output.stdout).unwrap();
    let until = told.split("(until ").nth(1).unwrap().split(')').next().unwrap();
    assert_eq!(until.len(), "2026-01-01T00:00:00Z".len(), "{until}");

    let output = run(folder.path(), &[&create[..], &PUBLIC, &["--json"]].concat());
    assert!(output.stderr.is_empty(), "{output:?}");
    let made = &json_lines(std::str::from_utf8(&output.stdout).unwrap())[0];
    let listed = json_lines(&succeed(folder.path(), &["enrol", "list", "--json"]));
    assert!(!made["expires_at"].as_str().unwrap().contains('.'), "{made}");
    assert!(
        listed
            .iter()
            .any(|one| one["id"] == made["id"] && one["expires_at"] == made["expires_at"])
    );
}

/// One file for relay and commands, whose port the system chooses.
#[tokio::test]
async fn a_code_made_beside_a_relay_leads_to_where_it_really_listens() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("relay.toml");
    std::fs::write(
        &file,
        "listen = \"127.0.0.1:0\"\nadmin_listen = \"127.0.0.1:0\"\n",
    )
    .unwrap();
    let config = ["--config", file.to_str().unwrap()];
    let create = [
        "enrol",
        "create",
        "--label",
        "Accueil",
        "--account",
        "1001",
        "--json",
    ];
    let create = [&create[..], &config].concat();
    let relay_of = |output: &std::process::Output| {
        assert!(output.status.success(), "{output:?}");
        let made: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(made["expires_at"].is_string());
        let link = url::Url::parse(made["link"].as_str().unwrap()).unwrap();
        let relay = link.query_pairs().find(|(name, _)| name == "relay").unwrap().1;
        (relay.into_owned(), made["code"].as_str().unwrap().to_owned())
    };
    // Nothing runs yet: a guess, which is said to be one.
    let output = run(folder.path(), &create);
    assert_eq!(relay_of(&output).0, "http://127.0.0.1:8420/");
    let warned = String::from_utf8(output.stderr).unwrap();
    assert!(warned.contains("public_url"), "{warned}");

    let mut serve = command(folder.path());
    let mut relay = Process::start(serve.arg("serve").args(config));
    let output = run(folder.path(), &create);
    let (address, code) = relay_of(&output);
    assert_eq!(address, format!("{}/", relay.base));
    client(&address, "none").enrol(&code).await.unwrap();
    // What a killed one leaves behind says nothing.
    relay.kill();
    let output = run(folder.path(), &create);
    assert_eq!(relay_of(&output).0, "http://127.0.0.1:8420/");
}

#[test]
fn an_address_that_stands_for_all_of_a_machine_is_linked_by_its_loopback() {
    let folder = tempfile::tempdir().unwrap();
    for (listen, linked) in [
        ("0.0.0.0:9000", "127.0.0.1%3A9000"),
        ("[::]:0", "%5B%3A%3A1%5D%3A8420"),
    ] {
        let create = ["enrol", "create", "--label", "Accueil", "--account", "1001"];
        let told = succeed(folder.path(), &[&create[..], &["--listen", listen]].concat());
        assert!(
            told.contains(&format!("relay=http%3A%2F%2F{linked}%2F")),
            "{told}"
        );
    }
}

#[test]
fn the_list_of_desktops_says_how_exact_their_last_use_is() {
    let folder = tempfile::tempdir().unwrap();
    succeed(folder.path(), &MAKES_A_DATABASE);
    let listed = succeed(folder.path(), &["token", "list"]);
    assert!(listed.contains("LAST USED (TO THE HOUR)"), "{listed}");
    let help = succeed(folder.path(), &["token", "--help"]);
    assert!(help.contains("once an hour at most"), "{help}");
}

#[tokio::test]
async fn what_was_set_aside_can_be_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    let url = format!(
        "{}/callback/{SECRET}?event=call_parked&call_id=c%1b[2J&from=%2B33199000012&to=204",
        relay.base
    );
    crate::support::http().get(url).send().await.unwrap();
    let listed = json_lines(&succeed(folder.path(), &["unmatched", "list", "--json"]));
    assert_eq!(listed[0]["reason"], "unknown-event");
    // Numbers only when asked for.
    let raw = |arguments: &[&str]| {
        let listed = json_lines(&succeed(folder.path(), arguments));
        listed[0]["raw"].as_str().unwrap().to_owned()
    };
    assert!(raw(&["unmatched", "list", "--json"]).ends_with("&from=%2B…12&to=204"));
    assert!(raw(&["unmatched", "list", "--json", "--show-numbers"]).ends_with("&from=%2B33199000012&to=204"));
    let table = succeed(folder.path(), &["unmatched", "list"]);
    assert!(!table.contains("33199000012"), "{table}");
    let shown = succeed(
        folder.path(),
        &["unmatched", "show", &listed[0]["id"].to_string()],
    );
    assert!(shown.contains("event=call_parked"));
    assert_eq!(
        run(folder.path(), &["unmatched", "show", "99"]).status.code(),
        Some(1)
    );
}

#[tokio::test]
async fn one_relay_at_a_time_on_a_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let _relay = Process::serve(folder.path(), &[], &[]);
    let second = run(
        folder.path(),
        &[
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--admin-listen",
            "127.0.0.1:0",
        ],
    );
    assert_eq!(second.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&second.stderr).contains("already uses the data folder"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_polite_stop_ends_the_streams_and_succeeds() {
    let folder = tempfile::tempdir().unwrap();
    let relay = Process::serve(folder.path(), &[], &[]);
    let code = crate::support::code(folder.path(), &["1001"]);
    let token = client(&relay.base, "none").enrol(&code).await.unwrap().token;
    let mut events = subscribe(client(&relay.base, &token), None);
    next_event(&mut events).await;
    let stream = crate::support::http()
        .get(format!("{}/v1/events", relay.base))
        .bearer_auth(&token)
        .header("Accept", "text/event-stream");
    let stream = stream.send().await.unwrap();
    let ready = crate::support::http()
        .get(format!("{}/readyz", relay.admin))
        .send()
        .await
        .unwrap();
    assert_eq!(ready.status(), 200);
    let url = format!("{}/callback/{SECRET}?{}", relay.base, start_of("c1", "1001"));
    assert_eq!(
        crate::support::http().get(url).send().await.unwrap().status(),
        200
    );
    let kill = std::process::Command::new("kill")
        .args(["-TERM", &relay.id().to_string()])
        .status()
        .unwrap();
    assert!(kill.success());
    // Whole to its end, and the last that it says is when to come back.
    let told = tokio::time::timeout(PATIENCE, stream.text())
        .await
        .unwrap()
        .unwrap();
    let (_, wait) = told.rsplit_once("retry: ").expect("it says when to come back");
    assert!(wait.trim().parse::<u64>().unwrap() <= 2_000, "{told}");
    assert!(
        told.ends_with(&format!("\n\nretry: {wait}")) && wait.ends_with("\n\n"),
        "{told}"
    );
    let down = async {
        loop {
            if let Some(Update::Down { reason, .. }) = events.next().await {
                return reason;
            }
        }
    };
    assert_eq!(
        tokio::time::timeout(PATIENCE, down).await.unwrap(),
        DownReason::Ended
    );
    let (success, log) = tokio::task::spawn_blocking(|| relay.finish()).await.unwrap();
    assert!(success, "{log}");
    assert!(log.contains("stopped"), "{log}");
}
