//! Contacts name callers, and the command line asks the running agent for contacts and calls.

use std::process::{Command, Output};

use centrex_sim::{HangUp, HangUpBy, Ring};
use companion::effect::NotificationKind;
use companion::event::NoteAction;
use control::protocol::{
    Answer, Change, ContactDraft, ContactsRequest, DraftNumber, Request, SettingsChange,
};
use control::transport::{Client, RequestError};
use serde_json::Value;

use crate::fakes::Seen;
use crate::world::{ACCOUNT, Agent, Desk, OTHER, enrolled, missed_call, within};

/// The real program, beside the agent of a desk.
pub async fn run(desk: &Desk, words: &[&str]) -> Output {
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

/// Whatever the system's language is; not every system takes it from the environment.
fn speaks_french(desk: &Desk) {
    let settings = desk.settings_file();
    let so_far = std::fs::read_to_string(&settings).unwrap_or_default();
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(settings, format!("language = \"fr\"\n{so_far}")).unwrap();
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
async fn a_colleague_who_calls_from_an_extension_is_named() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    let rule = SettingsChange {
        extension_prefix: Some("+3319900".into()),
        extension_length: Some(4),
        ..SettingsChange::default()
    };
    agent.change(rule).await;
    let contact = ContactDraft {
        id: None,
        name: "Personne Une".into(),
        company: String::new(),
        numbers: vec![DraftNumber {
            label: "work".into(),
            number: "01 99 00 53 00".into(),
        }],
        note: String::new(),
        favourite: false,
    };
    let ask = ContactsRequest::Save { contact };
    agent.ask(Request::Contacts { ask }).await;
    let rings = async |extension: &str| {
        let ring = Ring {
            to: ACCOUNT.into(),
            from: Some(extension.into()),
            ..Ring::default()
        };
        sim.ring(ring).await.unwrap();
    };
    rings("5300").await;
    let told = agent.sees_notification().await;
    assert!(told.title.contains("Personne Une"), "{told:?}");
    assert!(told.body.contains("5300"), "{told:?}");
    let hang_up = HangUp {
        call_id: None,
        by: HangUpBy::OtherParty,
    };
    sim.hang_up(ACCOUNT, hang_up).await.unwrap();
    let missed = agent
        .sees("a missed call", |seen| match seen {
            Seen::Notify(note) if note.kind == NotificationKind::Missed => Some(note),
            _ => None,
        })
        .await;
    let offered: Vec<_> = missed.actions.iter().map(|(action, _)| *action).collect();
    assert!(offered.contains(&NoteAction::CallBack), "{offered:?}");
    // As it was told, and by its direct number; found by the name.
    let calls = json(&run(&desk, &["calls", "personne", "--json"]).await);
    assert_eq!(calls["calls"][0]["display"], "5300", "{calls}");
    assert_eq!(calls["calls"][0]["number"], "+33199005300", "{calls}");
    // One whom nobody knows, and a public short number.
    for (extension, shown) in [("5301", "5301"), ("3639", "36\u{a0}39")] {
        rings(extension).await;
        let told = agent
            .sees("it rings", |seen| match seen {
                Seen::Notify(note) if note.kind == NotificationKind::Incoming => Some(note),
                _ => None,
            })
            .await;
        assert!(told.title.contains(shown), "{told:?}");
        sim.hang_up(ACCOUNT, HangUp::default()).await.unwrap();
    }
}

#[tokio::test]
async fn a_list_that_was_cut_says_so() {
    let desk = Desk::new();
    speaks_french(&desk);
    let mut agent = desk.start().await;
    let file = desk.path().join("clients.csv");
    std::fs::write(
        &file,
        "Nom complet;Mobile\nPersonne Une;0199000042\nPersonne Deux;0199000043\n",
    )
    .unwrap();
    let import = ["contacts", "import", file.to_str().unwrap(), "--yes"];
    assert!(run(&desk, &import).await.status.success());
    agent
        .until("it is told", |state| state.contacts_revision > 1)
        .await;
    let listed = |found: &Value| (found["contacts"].as_array().unwrap().len(), found["more"].clone());
    for (limit, count, more) in [("1", 1, true), ("2", 2, false)] {
        let found = run(&desk, &["contacts", "personne", "--limit", limit, "--json"]).await;
        assert_eq!(listed(&json(&found)), (count, Value::Bool(more)));
        let shown = run(&desk, &["contacts", "--limit", limit]).await;
        assert_eq!(String::from_utf8_lossy(&shown.stdout).lines().count(), count);
        let said = String::from_utf8_lossy(&shown.stderr);
        assert_eq!(said.contains("il y en a d’autres"), more, "{said}");
    }
}

#[tokio::test]
async fn whom_a_number_belongs_to_is_said_on_the_pad_and_on_the_card() {
    let (_sim, _relay, _desk, mut agent) = enrolled().await;
    let draft = |name: &str| {
        let contact = ContactDraft {
            id: None,
            name: name.into(),
            company: "Société Exemple".into(),
            numbers: vec![DraftNumber {
                label: "work".into(),
                number: OTHER.into(),
            }],
            note: String::new(),
            favourite: false,
        };
        Request::Contacts {
            ask: ContactsRequest::Save { contact },
        }
    };
    let named = async |agent: &Agent| {
        let input = OTHER.into();
        match agent.ask(Request::Understand { input }).await {
            Answer::Understood { understood } => (understood.name, understood.company),
            other => panic!("{other:?}"),
        }
    };
    agent
        .until("the book is open", |state| state.contacts_revision > 0)
        .await;
    assert_eq!(named(&agent).await, (None, None));
    agent.ask(draft("Personne Une")).await;
    let one = (
        Some("Personne Une".to_owned()),
        Some("Société Exemple".to_owned()),
    );
    assert_eq!(named(&agent).await, one);
    agent.dial(OTHER).await;
    let state = agent
        .until("a card with a name", |state| {
            state.dial.as_ref().is_some_and(|dial| dial.name.is_some())
        })
        .await;
    let dial = state.dial.unwrap();
    assert_eq!((dial.name, dial.company), one);
    // Of two who share the number, nobody says which is meant.
    agent.ask(draft("Personne Deux")).await;
    assert_eq!(named(&agent).await, (None, None));
}

#[tokio::test]
async fn calls_are_listed_and_written_to_a_file() {
    let (sim, _relay, desk, mut agent) = enrolled().await;
    speaks_french(&desk);
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
    assert_eq!(wrong.status.code(), Some(2));

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

async fn ask(client: &Client, ask: ContactsRequest) -> Result<Answer, String> {
    match client.request(Request::Contacts { ask }).await {
        Ok(answer) => Ok(answer),
        Err(RequestError::Refused(error)) => Err(error.message.id),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn each_client_has_a_preview_of_its_own_and_takes_back_no_other_ones_import() {
    let desk = Desk::new();
    let agent = desk.start().await;
    let file = |name: &str, rows: &str| {
        let path = desk.path().join(name);
        std::fs::write(&path, format!("Nom complet;Mobile\n{rows}")).unwrap();
        let path = path.to_str().unwrap().to_owned();
        ContactsRequest::Preview { path }
    };
    let (one, two) = (agent.connect().await, agent.connect().await);
    let (_, mut told) = one.subscribe(false).await.unwrap();
    let previewed = ask(&one, file("one.csv", "Personne Une;0199000042\n")).await;
    assert!(matches!(previewed, Ok(Answer::Preview { .. })), "{previewed:?}");
    // Another one neither writes what the first looks at, nor makes it forget it.
    let import = ask(&two, ContactsRequest::Import).await;
    assert_eq!(import.unwrap_err(), "contacts-import-no-preview");
    ask(
        &two,
        file("two.csv", "Personne Deux;0199000043\nPersonne Trois;0199000044\n"),
    )
    .await
    .unwrap();
    ask(&two, ContactsRequest::CancelImport).await.unwrap();
    let Ok(Answer::Taken { taken }) = ask(&one, ContactsRequest::Import).await else {
        panic!("nothing was imported")
    };
    assert_eq!(taken.added, 1);
    let batch = taken.batch.unwrap();
    let undo = ContactsRequest::UndoImport { batch };
    let anothers = ask(&two, undo.clone()).await;
    assert_eq!(anothers.unwrap_err(), "contacts-error-no-such-import");
    let Ok(Answer::Undone { undone }) = ask(&one, undo).await else {
        panic!("it is taken back")
    };
    assert_eq!((undone.removed, undone.restored, undone.kept), (1, 0, 0));
    // How far it was is told to whom it concerns.
    within("the import is told", async {
        while !matches!(
            told.next().await,
            Some(Change::ImportProgress { done: 1, total: 1 })
        ) {}
    })
    .await;
    drop((told, one, two));
    let others = agent.quit_told().await;
    let progress = |change: &&Change| {
        matches!(
            change,
            Change::ImportProgress { .. } | Change::PreviewProgress { .. }
        )
    };
    assert_eq!(others.iter().filter(progress).count(), 0, "{others:?}");
}

#[tokio::test]
async fn the_command_line_names_odd_numbers_and_takes_the_last_import_back() {
    let desk = Desk::new();
    speaks_french(&desk);
    let _agent = desk.start().await;
    let text = |output: &[u8]| String::from_utf8_lossy(output).replace(['\u{a0}', '\u{202f}'], " ");
    let nothing = run(&desk, &["contacts", "undo"]).await;
    assert_eq!(nothing.status.code(), Some(1));
    assert!(
        text(&nothing.stderr).contains("Aucun import ne peut être annulé"),
        "{nothing:?}"
    );
    let file = desk.path().join("clients.csv");
    std::fs::write(
        &file,
        "Nom;Mobile\nPersonne Une;0199000042\nPersonne Deux;01 99 00\n",
    )
    .unwrap();
    let imported = run(&desk, &["contacts", "import", file.to_str().unwrap(), "--yes"]).await;
    assert!(imported.status.success(), "{imported:?}");
    assert!(
        text(&imported.stdout).contains("  3: Personne Deux: « 01 99 00 » ne se lit pas"),
        "{imported:?}"
    );
    assert!(imported.stderr.is_empty(), "nobody watches: {imported:?}");
    let undone = run(&desk, &["contacts", "undo"]).await;
    assert!(undone.status.success(), "{undone:?}");
    let told = text(&undone.stdout);
    assert!(
        told.contains("L’import de clients.csv") && told.contains("supprimés : 2"),
        "{told}"
    );
    let none = json(&run(&desk, &["contacts", "--json"]).await);
    assert_eq!(none["contacts"], Value::Array(Vec::new()));
    let again = run(&desk, &["contacts", "undo"]).await;
    assert_eq!(again.status.code(), Some(1));
}

#[tokio::test]
async fn a_mistyped_command_is_told_from_a_search_that_finds_nothing() {
    let desk = Desk::new();
    speaks_french(&desk);
    let _agent = desk.start().await;
    for (words, code, meant) in [
        (
            &["contacts", "imprt", "clients.csv"][..],
            2,
            Some("contacts import"),
        ),
        (&["contacts", "undoo"], 0, Some("contacts undo")),
        (&["contacts", "Personne", "Une"], 0, None),
        (&["calls", "exprt", "appels.csv"], 2, Some("calls export")),
        (&["calls", "Personne"], 0, None),
    ] {
        let output = run(&desk, words).await;
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{words:?}: {told}");
        assert!(told.contains("Aucun"), "{words:?}: {told}");
        assert_eq!(
            told.contains("Vouliez-vous dire"),
            meant.is_some(),
            "{words:?}: {told}"
        );
        assert!(
            meant.is_none_or(|meant| told.contains(&format!("centrex-tray {meant}"))),
            "{words:?}: {told}"
        );
    }
}

/// A terminal of its own for the real program: what it shows there comes by and by.
#[cfg(target_os = "linux")]
struct Watched {
    program: tokio::process::Child,
    terminal: tokio::process::ChildStdout,
    shown: String,
}

#[cfg(target_os = "linux")]
impl Watched {
    fn start(desk: &Desk, words: &[&str]) -> Self {
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let command = format!(
            "exec '{}' {}",
            env!("CARGO_BIN_EXE_centrex-tray"),
            quoted.join(" ")
        );
        let mut program = tokio::process::Command::new("script")
            .args(["--quiet", "--return", "--command", &command, "/dev/null"])
            .env("SHELL", "/bin/sh")
            .env("LC_ALL", "fr_FR.UTF-8")
            .env("CENTREX_TRAY_CONFIG_DIR", desk.path().join("config"))
            .env("CENTREX_TRAY_DATA_DIR", desk.path().join("data"))
            .env("CENTREX_TRAY_RUNTIME_DIR", desk.path().join("run"))
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let terminal = program.stdout.take().unwrap();
        Self {
            program,
            terminal,
            shown: String::new(),
        }
    }

    async fn shows(&mut self, what: &str) {
        use tokio::io::AsyncReadExt as _;
        let mut piece = [0; 4096];
        while !self.shown.contains(what) {
            let read = within("the terminal shows more", self.terminal.read(&mut piece)).await;
            let read = read.unwrap();
            assert!(read > 0, "{what:?} isn't in {:?}", self.shown);
            self.shown.push_str(&String::from_utf8_lossy(&piece[..read]));
        }
    }

    /// What is typed there.
    async fn types(&mut self, keys: &[u8]) {
        use tokio::io::AsyncWriteExt as _;
        let keyboard = self.program.stdin.as_mut().unwrap();
        keyboard.write_all(keys).await.unwrap();
        keyboard.flush().await.unwrap();
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_import_shows_how_far_it_is_and_ctrl_c_leaves_nothing_of_it() {
    let desk = Desk::new();
    speaks_french(&desk);
    let _agent = desk.start().await;
    let file = desk.path().join("clients.vcf");
    std::fs::write(&file, contacts::synthetic::vcards(3_000)).unwrap();
    // Whoever holds the book: the import waits for it.
    let hand = rusqlite::Connection::open(desk.path().join("data/contacts.db")).unwrap();
    hand.execute_batch("BEGIN IMMEDIATE").unwrap();
    let import = ["contacts", "import", file.to_str().unwrap(), "--yes"];
    let mut watched = Watched::start(&desk, &import);
    watched.shows("Lecture du fichier… ").await;
    watched.shows("3000 à ajouter").await;
    watched.types(b"\x03").await;
    watched.shows("Arrêt…").await;
    hand.execute_batch("ROLLBACK").unwrap();
    watched.shows("L’import a été annulé").await;
    let end = within("the command ends", watched.program.wait()).await.unwrap();
    assert_eq!(end.code(), Some(1));
    let none = json(&run(&desk, &["contacts", "--json"]).await);
    assert_eq!(none["contacts"], Value::Array(Vec::new()));

    let mut watched = Watched::start(&desk, &import);
    watched.shows("sur 3000").await;
    watched.shows("Contacts ajoutés").await;
    let end = within("the command ends", watched.program.wait()).await.unwrap();
    assert_eq!(end.code(), Some(0));
}

#[tokio::test]
async fn all_own_contacts_are_deleted_after_a_yes() {
    let desk = Desk::new();
    let mut agent = desk.start().await;
    let file = desk.path().join("clients.csv");
    std::fs::write(&file, "Nom complet;Mobile\nPersonne Une;0199000042\n").unwrap();
    let import = ["contacts", "import", file.to_str().unwrap(), "--yes"];
    assert!(run(&desk, &import).await.status.success());
    let revision = agent
        .until("it is told", |state| state.contacts_revision > 1)
        .await
        .contacts_revision;
    let shown = run(&desk, &["contacts", "delete", "--all"]).await;
    assert_eq!(shown.status.code(), Some(1), "{shown:?}");
    assert!(
        String::from_utf8_lossy(&shown.stdout).contains(": 1."),
        "{shown:?}"
    );
    assert_eq!(
        run(&desk, &["contacts", "delete", "--yes"]).await.status.code(),
        Some(2)
    );
    let kept = json(&run(&desk, &["contacts", "--json"]).await);
    assert_eq!(kept["contacts"].as_array().unwrap().len(), 1);
    let deleted = run(&desk, &["contacts", "delete", "--all", "--yes"]).await;
    assert!(deleted.status.success(), "{deleted:?}");
    let kept = json(&run(&desk, &["contacts", "--json"]).await);
    assert_eq!(kept["contacts"], Value::Array(Vec::new()));
    agent
        .until("it is told", |state| state.contacts_revision > revision)
        .await;
}

#[tokio::test]
async fn contacts_that_can_be_opened_later_are_and_status_says_why_not_before() {
    let desk = Desk::new();
    let cards = desk.path().join("cards");
    std::fs::create_dir(&cards).unwrap();
    let card = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Personne Carte\r\nEND:VCARD\r\n";
    std::fs::write(cards.join("one.vcf"), card).unwrap();
    let settings = desk.settings_file();
    std::fs::create_dir_all(settings.parent().unwrap()).unwrap();
    std::fs::write(&settings, format!("[contacts]\nfolder = {cards:?}\n")).unwrap();
    speaks_french(&desk);
    // A folder stands where the file should be.
    let file = desk.path().join("data/contacts.db");
    std::fs::create_dir_all(&file).unwrap();
    let mut agent = desk.start().await;
    let state = agent
        .until("it is told", |state| state.contacts_problem.is_some())
        .await;
    assert_eq!(state.contacts_problem.unwrap().id, "contacts-error-unusable");
    let status = run(&desk, &["status"]).await;
    let status = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(
        status.contains("Les contacts ne peuvent pas être lus"),
        "{status}"
    );

    std::fs::remove_dir(&file).unwrap();
    let contact = ContactDraft {
        id: None,
        name: "Personne Une".into(),
        company: String::new(),
        numbers: Vec::new(),
        note: String::new(),
        favourite: false,
    };
    let ask = ContactsRequest::Save { contact };
    within("they open", async {
        while agent
            .client
            .request(Request::Contacts { ask: ask.clone() })
            .await
            .is_err()
        {}
    })
    .await;
    let mut state = agent
        .until("that is told", |state| state.contacts_problem.is_none())
        .await;
    // The watched folder was read in vain at the start.
    let found = async || json(&run(&desk, &["contacts", "carte", "--json"]).await)["contacts"].clone();
    while found().await == Value::Array(Vec::new()) {
        let before = state.contacts_revision;
        state = agent
            .until("the folder is read", |state| state.contacts_revision > before)
            .await;
    }
    agent.quit().await;
}
