//! Contacts name callers, and the command line asks the running agent for contacts and calls.

use std::process::{Command, Output};

use centrex_sim::Ring;
use serde_json::Value;

use crate::world::{ACCOUNT, Desk, OTHER, enrolled, missed_call, within};

/// The real program, beside the agent of a desk.
async fn run(desk: &Desk, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_centrex-tray"));
    command
        .args(words)
        .env("LC_ALL", "fr_FR.UTF-8")
        .env("CENTREX_TRAY_CONFIG_DIR", desk.path().join("config"))
        .env("CENTREX_TRAY_DATA_DIR", desk.path().join("data"))
        .env("CENTREX_TRAY_RUNTIME_DIR", desk.path().join("run"));
    let output = tokio::task::spawn_blocking(move || command.output().unwrap());
    within("the command ends", output).await.unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

#[tokio::test]
async fn what_the_command_line_imports_names_the_caller() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    let file = desk.path().join("clients.csv");
    std::fs::write(
        &file,
        "Nom complet;Société;Mobile\nPersonne Une;Société Exemple;01 99 00 00 42\n",
    )
    .unwrap();
    let file = file.to_str().unwrap();

    let shown = run(&desk, &["contacts", "import", file]).await;
    assert_eq!(shown.status.code(), Some(1), "nothing is written without a yes");
    assert!(
        String::from_utf8_lossy(&shown.stdout).contains("Personne Une"),
        "{shown:?}"
    );
    assert_eq!(
        json(&run(&desk, &["contacts", "--json"]).await)["contacts"],
        Value::Array(Vec::new())
    );

    assert!(
        run(&desk, &["contacts", "import", file, "--yes"])
            .await
            .status
            .success()
    );
    let found = json(&run(&desk, &["contacts", "pers", "--json"]).await);
    assert_eq!(found["contacts"][0]["name"], "Personne Une");
    assert_eq!(found["contacts"][0]["numbers"][0]["dial"], OTHER);

    let ring = Ring {
        to: ACCOUNT.into(),
        from: Some(OTHER.into()),
        ..Ring::default()
    };
    sim.ring(ring).await.unwrap();
    let told = agent.sees_notification().await;
    assert!(told.title.contains("Personne Une"), "{told:?}");
    // The very first call is kept with the name, and found by it.
    let calls = json(&run(&desk, &["calls", "personne", "--json"]).await);
    assert_eq!(calls["calls"][0]["number"], OTHER, "{calls}");
}

#[tokio::test]
async fn calls_are_listed_and_written_to_a_file() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    agent.until("a missed call", |state| state.missed == 1).await;
    let page = json(&run(&desk, &["calls", "--missed", "--json"]).await);
    assert_eq!(
        (
            page["calls"][0]["number"].as_str(),
            page["calls"].as_array().map(Vec::len)
        ),
        (Some(OTHER), Some(1))
    );
    for words in [["calls", "--outgoing", "--json"], ["calls", "nobody", "--json"]] {
        assert_eq!(json(&run(&desk, &words).await)["calls"], Value::Array(Vec::new()));
    }
    let plain = run(&desk, &["calls"]).await;
    assert!(
        String::from_utf8_lossy(&plain.stdout).contains("manqué"),
        "{plain:?}"
    );
    let wrong = run(&desk, &["calls", "--from", "hier"]).await;
    assert_eq!(wrong.status.code(), Some(1));

    let file = desk.path().join("calls.ics");
    assert!(
        run(&desk, &["calls", "export", file.to_str().unwrap()])
            .await
            .status
            .success()
    );
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .starts_with("BEGIN:VCALENDAR")
    );
}
