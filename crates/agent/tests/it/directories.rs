//! The address book on a server and the company directory, from the settings to the notification.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use centrex_sim::{HangUp, Ring, Sim};
use centrex_tray::desktop::SecretName;
use control::protocol::{Answer, ContactsRequest, CredentialKind, Request, SettingsChange, Snapshot, Source};
use telephony::AccountId;
use test_servers::{BASE, Gate, Radicale, Slapd};

use crate::fakes::Seen;
use crate::world::{ACCOUNT, Agent, OTHER, OTHER_SHOWN, enrolled};

const PEOPLE: &str = "
dn: cn=Personne,dc=example,dc=test
objectClass: inetOrgPerson
cn: Personne Annuaire
sn: Annuaire
o: Société Exemple
telephoneNumber: 01 99 00 00 42
";

async fn set(agent: &mut Agent, kind: CredentialKind, password: &str, changes: SettingsChange) {
    let changes = Request::ChangeSettings {
        changes: Box::new(changes),
    };
    agent.ask(changes).await;
    let secret = Request::SetCredential {
        kind,
        account: None,
        secret: password.to_owned().into(),
    };
    agent.ask(secret).await;
}

async fn sources(agent: &mut Agent) -> Vec<Source> {
    let ask = ContactsRequest::Sources;
    match agent.ask(Request::Contacts { ask }).await {
        Answer::Sources { sources } => sources,
        other => panic!("{other:?}"),
    }
}

/// Waits until a source of this kind is as wanted.
async fn source_where(agent: &mut Agent, kind: &str, wanted: impl Fn(&Source) -> bool) -> Source {
    loop {
        // Before the question: what changes meanwhile is then seen.
        let revision = snapshot(agent).await.contacts_revision;
        let found = sources(agent)
            .await
            .into_iter()
            .find(|source| source.kind == kind);
        if let Some(found) = found.filter(&wanted) {
            return found;
        }
        agent
            .until("contacts changed", |state| state.contacts_revision > revision)
            .await;
    }
}

async fn snapshot(agent: &mut Agent) -> Snapshot {
    match agent.ask(Request::Snapshot).await {
        Answer::Snapshot { snapshot } => *snapshot,
        other => panic!("{other:?}"),
    }
}

fn ring() -> Ring {
    Ring {
        to: ACCOUNT.into(),
        from: Some(OTHER.into()),
        ..Ring::default()
    }
}

fn directory(url: &str) -> SettingsChange {
    SettingsChange {
        ldap_url: Some(url.to_owned()),
        ldap_base: Some(BASE.into()),
        ldap_user: Some(Slapd::USER.into()),
        ..SettingsChange::default()
    }
}

#[tokio::test]
async fn the_directory_names_a_caller_whom_no_contact_names() {
    let server = Slapd::start(PEOPLE, None);
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    set(
        &mut agent,
        CredentialKind::LdapPassword,
        Slapd::PASSWORD,
        directory(&server.url()),
    )
    .await;
    // The missing password was told before it was given.
    let state = source_where(&mut agent, "ldap", |source| {
        source.read_at.is_some() && source.trouble.is_none()
    })
    .await;
    assert_eq!(state.contacts, None);
    // Whoever tries it hears of it, also when nothing has changed.
    let revision = snapshot(&mut agent).await.contacts_revision;
    agent
        .ask(Request::Contacts {
            ask: ContactsRequest::Sync,
        })
        .await;
    agent
        .until("it was tried", |state| state.contacts_revision > revision)
        .await;
    sim.ring(ring()).await.unwrap();
    let mut told = agent.sees_notification().await;
    // At once with the number, then in its place with the name; or with the name, if that was quicker.
    while !told.title.contains("Personne Annuaire") {
        assert!(told.title.contains(OTHER_SHOWN), "{told:?}");
        told = agent.sees_notification().await;
    }
    let state = agent
        .until("a name", |state| state.live.iter().any(|call| call.why.is_some()))
        .await;
    let why = state.live[0].why.clone().unwrap();
    assert_eq!(why.id, "party-why");
    assert!(why.args["source"].contains("127.0.0.1"), "{why:?}");
}

const SEVERAL: &str = "
dn: cn=Une,dc=example,dc=test
objectClass: inetOrgPerson
cn: Personne Une
sn: Une
telephoneNumber: 01 99 00 00 42

dn: cn=Deux,dc=example,dc=test
objectClass: inetOrgPerson
cn: Personne Deux
sn: Deux
telephoneNumber: 01 99 00 00 42
mobile: 06 39 98 00 42
";

#[tokio::test]
async fn of_several_people_in_the_directory_the_person_says_once_who_it_is() {
    let server = Slapd::start(SEVERAL, None);
    let (sim, _relay, desk, mut agent) = enrolled().await;
    set(
        &mut agent,
        CredentialKind::LdapPassword,
        Slapd::PASSWORD,
        directory(&server.url()),
    )
    .await;
    source_where(&mut agent, "ldap", |source| source.read_at.is_some()).await;
    sim.ring(ring()).await.unwrap();
    let state = agent
        .until("it may be asked who it is", |state| {
            state.live.iter().any(|call| call.ambiguous)
        })
        .await;
    assert_eq!(
        state.live[0].party, OTHER_SHOWN,
        "a wrong name is worse than none"
    );
    sim.hang_up(ACCOUNT, HangUp::default()).await.unwrap();
    let number = || OTHER.to_owned();
    let who_has = ContactsRequest::WhoHas { number: number() };
    let ask = async |agent: &mut Agent, ask| agent.ask(Request::Contacts { ask }).await;
    let Answer::Contacts { contacts, .. } = ask(&mut agent, who_has.clone()).await else {
        panic!("they are listed")
    };
    let names: Vec<&str> = contacts.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["Personne Une", "Personne Deux"]);
    let id = contacts[1].id.clone();
    ask(&mut agent, ContactsRequest::Choose { number: number(), id }).await;
    let named = |state: &Snapshot| {
        let call = state.recent.first();
        call.is_some_and(|call| call.party == "Personne Deux" && !call.ambiguous)
    };
    agent.until("it is named", named).await;
    agent.quit().await;

    // Also after a restart, by another number of theirs, and without the directory.
    drop(server);
    let mut agent = desk.start().await;
    agent.live().await;
    for from in [number(), "+33639980042".to_owned()] {
        sim.ring(Ring {
            from: Some(from),
            ..ring()
        })
        .await
        .unwrap();
        let told = agent.sees_notification().await;
        assert!(told.title.contains("Personne Deux"), "{told:?}");
        sim.hang_up(ACCOUNT, HangUp::default()).await.unwrap();
        agent.until("it is over", |state| state.live.is_empty()).await;
        agent.seen_so_far();
    }
}

#[tokio::test]
async fn an_alert_never_waits_for_the_directory_and_gets_its_name_in_place() {
    let server = Slapd::start(PEOPLE, None);
    let gate = Gate::before(server.port());
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    let changes = SettingsChange {
        pop_when: Some("ringing".into()),
        pop_url: Some("https://crm.example/?q={name}".into()),
        ..directory(&format!("ldap://127.0.0.1:{}", gate.port()))
    };
    set(&mut agent, CredentialKind::LdapPassword, Slapd::PASSWORD, changes).await;
    sim.ring(ring()).await.unwrap();
    // Nothing comes through the gate: the alert stands with the number, the record opens without the name.
    let mut alert = None;
    let opened = agent
        .sees("the record", |seen| match seen {
            Seen::Notify(note) => {
                alert.get_or_insert(note);
                None
            }
            Seen::Opened(url) => Some(url),
            _ => None,
        })
        .await;
    let alert = alert.expect("the alert came before the record");
    assert!(alert.title.contains(OTHER_SHOWN), "{alert:?}");
    assert_eq!(opened.as_str(), "https://crm.example/?q=");
    gate.open();
    let renamed = agent.sees_notification().await;
    assert_eq!(renamed.key, alert.key, "the same one");
    assert!(renamed.title.contains("Personne Annuaire"), "{renamed:?}");
    assert!(!renamed.news && !renamed.sound, "{renamed:?}");
    let after = agent.quit().await;
    assert!(
        !after.iter().any(|seen| matches!(seen, Seen::Opened(_))),
        "{after:?}"
    );
}

#[tokio::test]
async fn a_password_goes_to_the_server_that_it_was_given_for_only() {
    let server = Radicale::start([(
        "one.vcf",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:1\r\nFN:Personne Carnet\r\nN:x;;;;\r\nTEL:+33199000042\r\nEND:VCARD\r\n",
    )]);
    let (sim, _relay, desk, mut agent) = enrolled().await;
    let changes = SettingsChange {
        carddav_url: Some(server.url()),
        carddav_user: Some(Radicale::USER.into()),
        ..SettingsChange::default()
    };
    set(
        &mut agent,
        CredentialKind::CarddavPassword,
        Radicale::PASSWORD,
        changes,
    )
    .await;
    // The missing password was told before it was given.
    let read = source_where(&mut agent, "carddav", |source| {
        source.read_at.is_some() && source.trouble.is_none()
    })
    .await;
    assert_eq!(
        (read.contacts, read.name.as_str()),
        (Some(1), server.book_url().as_str())
    );
    sim.ring(ring()).await.unwrap();
    let told = agent.sees_notification().await;
    assert!(told.title.contains("Personne Carnet"), "{told:?}");
    let state = snapshot(&mut agent).await;
    let kept = state
        .credentials
        .iter()
        .find(|one| one.kind == CredentialKind::CarddavPassword)
        .unwrap();
    assert_eq!(
        (kept.present, kept.account.as_deref()),
        (true, Some(Radicale::USER))
    );

    // Another server in a settings file gets no password, and the contacts of the former one go.
    let other = std::net::TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let changes = SettingsChange {
        carddav_url: Some(format!("http://{}/", other.local_addr().unwrap())),
        ..SettingsChange::default()
    };
    let changes = Request::ChangeSettings {
        changes: Box::new(changes),
    };
    agent.ask(changes).await;
    let told = source_where(&mut agent, "carddav", |source| source.trouble.is_some())
        .await
        .trouble
        .unwrap();
    assert_eq!(told.id, "carddav-trouble-no-password");
    assert!(
        sources(&mut agent)
            .await
            .iter()
            .all(|source| source.contacts != Some(1))
    );
    other.set_nonblocking(true).unwrap();
    assert!(other.accept().is_err(), "nobody came");
    let name = SecretName {
        kind: companion::event::CredentialKind::CardDavPassword,
        account: Some(AccountId(Radicale::USER.into())),
    };
    assert!(
        desk.keychain.holds(&name).is_some(),
        "it stays for the former server"
    );
}

/// Counts who connects, and does something for each.
fn counted(serve: impl Fn(TcpStream) + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counting = Arc::clone(&count);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counting.fetch_add(1, Ordering::SeqCst);
            serve(stream.unwrap());
        }
    });
    (url, count)
}

/// Answers the first message, to be a bind, with `invalidCredentials` (RFC 4511, 4.1.9).
fn refuse(mut stream: TcpStream) {
    // A message of less than 128 bytes: tag, length, then its id in three bytes.
    let mut head = [0; 5];
    stream.read_exact(&mut head).unwrap();
    let mut rest = vec![0; usize::from(head[1]) - 3];
    stream.read_exact(&mut rest).unwrap();
    let answer = [0x30, 12, 2, 1, head[4], 0x61, 7, 0x0a, 1, 49, 4, 0, 4, 0];
    stream.write_all(&answer).unwrap();
}

fn has_trouble(source: &Source, id: &str) -> bool {
    source.trouble.as_ref().is_some_and(|trouble| trouble.id == id)
}

/// Rings and is answered, and its end is awaited too: whoever asks at each of these moments has asked by then.
async fn rings_through(sim: &Sim, agent: &mut Agent) {
    sim.ring(ring()).await.unwrap();
    agent.sees_notification().await;
    sim.answer(ACCOUNT).await.unwrap();
    agent
        .until("talking", |state| {
            state.live.iter().any(|call| call.connected_at.is_some())
        })
        .await;
    sim.hang_up(ACCOUNT, HangUp::default()).await.unwrap();
    agent.until("over", |state| state.live.is_empty()).await;
}

#[tokio::test]
async fn a_directory_that_refuses_the_password_is_not_asked_at_each_call() {
    let (url, tried) = counted(refuse);
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    set(&mut agent, CredentialKind::LdapPassword, "wrong", directory(&url)).await;
    source_where(&mut agent, "ldap", |source| {
        has_trouble(source, "ldap-trouble-password")
    })
    .await;
    rings_through(&sim, &mut agent).await;
    assert_eq!(
        tried.load(Ordering::SeqCst),
        1,
        "only when the password was given"
    );
    let revision = snapshot(&mut agent).await.contacts_revision;
    let ask = ContactsRequest::Sync;
    agent.ask(Request::Contacts { ask }).await;
    agent
        .until("it was tried", |state| state.contacts_revision > revision)
        .await;
    assert_eq!(tried.load(Ordering::SeqCst), 2, "and when a person wants it");
}

#[tokio::test]
async fn a_directory_that_cannot_be_asked_is_not_asked_over_and_over() {
    let (url, tried) = counted(drop);
    let (sim, _relay, _desk, mut agent) = enrolled().await;
    set(
        &mut agent,
        CredentialKind::LdapPassword,
        Slapd::PASSWORD,
        directory(&url),
    )
    .await;
    source_where(&mut agent, "ldap", |source| {
        has_trouble(source, "ldap-trouble-unreachable")
    })
    .await;
    rings_through(&sim, &mut agent).await;
    let tried = tried.load(Ordering::SeqCst);
    assert!(tried <= 8, "{tried} times");
}
