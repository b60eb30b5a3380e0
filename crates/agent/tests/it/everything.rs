//! Everything that is the person's, out to a folder and into another desk.

use control::protocol::{
    Answer, CallFormat, Contact, ContactDraft, ContactsRequest, DraftNumber, JournalRequest, Mode, Request,
    SettingsChange,
};
use control::transport::RequestError;

use crate::world::{Agent, Desk, OTHER, enrolled, missed_call};

async fn contacts(agent: &Agent, ask: ContactsRequest) -> Vec<Contact> {
    match agent.ask(Request::Contacts { ask }).await {
        Answer::Contacts { contacts, .. } => contacts,
        Answer::Done => Vec::new(),
        other => panic!("{other:?}"),
    }
}

async fn save(agent: &Agent, name: &str, number: &str, favourite: bool) -> Contact {
    let contact = ContactDraft {
        id: None,
        name: name.into(),
        company: String::new(),
        numbers: vec![DraftNumber {
            label: "work".into(),
            number: number.into(),
        }],
        note: "Bâtiment B".into(),
        favourite,
    };
    contacts(agent, ContactsRequest::Save { contact }).await.remove(0)
}

async fn silence(agent: &Agent, number: &str) {
    agent
        .ask(Request::Silence {
            number: number.into(),
            silenced: true,
        })
        .await;
}

#[tokio::test]
async fn every_kind_goes_out_to_a_folder_and_into_another_desk() {
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    missed_call(&sim).await;
    let state = agent.until("missed", |state| state.missed == 1).await;
    let call = &state.recent[0];
    let at = control::protocol::CallRef {
        account: call.account.clone(),
        call: call.call.clone(),
    };
    let ask = JournalRequest::Note {
        at,
        note: "Devis".into(),
    };
    agent.ask(Request::Journal { ask }).await;
    save(&agent, "Personne Une", OTHER, true).await;
    let meant = save(&agent, "Personne Deux", OTHER, false).await;
    let choose = ContactsRequest::Choose {
        number: OTHER.into(),
        id: meant.id,
    };
    contacts(&agent, choose).await;
    silence(&agent, "+33199000077").await;
    agent
        .change(SettingsChange {
            theme: Some("dark".into()),
            sound: Some(true),
            outside_prefix: Some("0".into()),
            quiet_hours: Some("20:00-08:00 mon".into()),
            carddav_url: Some("http://127.0.0.1:9/dav".into()),
            keep_days: Some(30),
            keep_private: Some(false),
            contacts_folder: Some(std::env::temp_dir().display().to_string()),
            ..SettingsChange::default()
        })
        .await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("export").display().to_string();
    agent.ask(Request::ExportAll { path: path.clone() }).await;

    // Another computer, with something of its own, whose company fixes the colours.
    let desk = Desk::new();
    std::fs::write(desk.path().join("company.toml"), "theme = \"light\"\n").unwrap();
    let mut other = desk.start().await;
    silence(&other, "+33199000088").await;
    let import = || Request::ImportAll { path: path.clone() };
    let Answer::Taken { taken } = other.ask(import()).await else {
        panic!("another answer")
    };
    assert_eq!(
        (taken.added, taken.updated, taken.rejected),
        (3, 0, 0),
        "{taken:?}"
    );
    assert_eq!(
        (taken.marks, taken.settings, taken.settings_locked),
        (2, 5, 1),
        "{taken:?}"
    );

    let state = other
        .until("the settings hold", |state| state.settings.sound)
        .await;
    let settings = state.settings;
    assert_eq!(settings.theme, "light", "as the company fixes it");
    assert_eq!(settings.outside_prefix.as_deref(), Some("0"));
    assert_eq!(
        (settings.keep_days, settings.keep_private),
        (0, true),
        "nothing that is here goes"
    );
    assert_eq!(settings.quiet_hours, "20:00-08:00 mon");
    assert_eq!(settings.carddav_url.as_deref(), Some("http://127.0.0.1:9/dav"));
    let silenced: Vec<_> = settings.silenced.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(silenced, ["+33199000077", "+33199000088"]);
    assert_eq!(
        (settings.mode, settings.relay_url, settings.contacts_folder),
        (Mode::Unset, None, None),
        "what belongs to one desk stays there"
    );
    let favourites = ContactsRequest::Search {
        text: String::new(),
        favourites: true,
        limit: 0,
    };
    let favourites = contacts(&other, favourites).await;
    let names: Vec<_> = favourites.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Personne Une"]);
    let number = OTHER.into();
    let who = contacts(&other, ContactsRequest::WhoHas { number }).await;
    let names: Vec<_> = who.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(
        names,
        ["Personne Deux", "Personne Une"],
        "the one who is meant comes first"
    );
    let ask = JournalRequest::Search {
        query: Default::default(),
    };
    match other.ask(Request::Journal { ask }).await {
        Answer::Calls { page } => assert_eq!(page.calls[0].note.as_deref(), Some("Devis")),
        answer => panic!("{answer:?}"),
    }

    // Once more changes nothing.
    let Answer::Taken { taken } = other.ask(import()).await else {
        panic!("another answer")
    };
    assert_eq!(
        (taken.added, taken.updated, taken.settings),
        (0, 0, 0),
        "{taken:?}"
    );

    // What can't be read is said.
    let refused_at = async |path: String| match other.client.request(Request::ImportAll { path }).await {
        Err(RequestError::Refused(error)) => error.message.id,
        answer => panic!("{answer:?}"),
    };
    let empty = folder.path().display().to_string();
    assert_eq!(refused_at(empty).await, "import-folder-empty");
    let refused = async |file: &str, text: &str| {
        std::fs::write(folder.path().join("export").join(file), text).unwrap();
        refused_at(path.clone()).await
    };
    assert_eq!(refused("marks.json", "[]").await, "import-marks-unreadable");
    let newer = "{\"format\":\"centrex-tray-marks\",\"version\":2}";
    assert_eq!(refused("marks.json", newer).await, "journal-import-newer");
    assert_eq!(
        refused("settings.toml", "sound = \n").await,
        "settings-change-broken"
    );
}

#[tokio::test]
async fn what_is_only_written_out_has_no_list_read_anew() {
    let agent = Desk::new().start().await;
    let revision = async || agent.client.snapshot().await.unwrap().journal_revision;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("calls.json").display().to_string();
    let path = folder.path().join("export").display().to_string();
    let before = revision().await;
    let ask = JournalRequest::Export {
        path: file.clone(),
        format: CallFormat::Json,
        bom: false,
    };
    agent.ask(Request::Journal { ask }).await;
    agent.ask(Request::ExportAll { path: path.clone() }).await;
    assert_eq!(revision().await, before);

    let ask = JournalRequest::Import { path: file };
    agent.ask(Request::Journal { ask }).await;
    let taken = revision().await;
    assert!(taken > before, "read back, calls may have come");
    agent.ask(Request::ImportAll { path }).await;
    assert!(revision().await > taken);
}

/// What can't be read is no wish: neither names nor marks go because of a slip in the settings' file.
#[tokio::test]
async fn settings_that_cant_be_read_at_a_start_forget_no_contacts() {
    let desk = Desk::new();
    let cards = desk.path().join("cards");
    std::fs::create_dir(&cards).unwrap();
    for name in ["Une", "Deux"] {
        let card = format!(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nFN:Personne {name}\r\nTEL:{OTHER}\r\nEND:VCARD\r\n"
        );
        std::fs::write(cards.join(format!("{name}.vcf")), card).unwrap();
    }
    let right = format!("contacts.folder = {:?}\n", cards.display().to_string());
    std::fs::create_dir_all(desk.settings_file().parent().unwrap()).unwrap();
    std::fs::write(desk.settings_file(), &right).unwrap();
    let who = || ContactsRequest::WhoHas { number: OTHER.into() };
    let names = async |agent: &Agent| -> Vec<String> {
        contacts(agent, who())
            .await
            .into_iter()
            .map(|one| one.name)
            .collect()
    };

    let mut agent = desk.start().await;
    let mut known = Vec::new();
    let mut revision = 0;
    while known.len() < 2 {
        let state = agent
            .until("contacts come", |state| state.contacts_revision > revision)
            .await;
        revision = state.contacts_revision;
        known = contacts(&agent, who()).await;
    }
    let meant = known.iter().find(|one| one.name == "Personne Une").unwrap();
    let choose = ContactsRequest::Choose {
        number: OTHER.into(),
        id: meant.id.clone(),
    };
    contacts(&agent, choose).await;
    assert_eq!(names(&agent).await, ["Personne Une", "Personne Deux"]);
    agent.quit().await;

    for wrong in [
        format!("{right}sound = tru\n"),
        "contacts.folder = 3\n".to_owned(),
    ] {
        std::fs::write(desk.settings_file(), wrong).unwrap();
        let agent = desk.start().await;
        // What came before is done by now: one thread writes, one after the other.
        let everybody = ContactsRequest::Search {
            text: String::new(),
            favourites: false,
            limit: 0,
        };
        let marked = contacts(&agent, everybody).await;
        let again = ContactsRequest::Favourite {
            id: marked[0].id.clone(),
            favourite: true,
        };
        contacts(&agent, again).await;
        assert_eq!(names(&agent).await, ["Personne Une", "Personne Deux"]);
        agent.quit().await;
    }
    std::fs::write(desk.settings_file(), &right).unwrap();
    let agent = desk.start().await;
    assert_eq!(names(&agent).await, ["Personne Une", "Personne Deux"]);
    agent.quit().await;

    // A folder that is taken out together with the slip goes once the file can be read.
    std::fs::write(desk.settings_file(), "contacts.folder = 3\n").unwrap();
    let mut agent = desk.start().await;
    assert_eq!(names(&agent).await.len(), 2);
    std::fs::write(desk.settings_file(), "notify.sound = true\n").unwrap();
    agent
        .until("the file is read", |state| state.settings.sound)
        .await;
    while !names(&agent).await.is_empty() {}
}
