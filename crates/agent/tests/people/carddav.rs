//! Address books on a real server.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use centrex_tray::people::{CardDavPlan, CardDavSource, answer};
use companion::words::Language;
use contacts::sync::{Kind, SourceState};
use secrecy::SecretString;
use sources::carddav::Account;
use telephony::E164;
use test_servers::Radicale;

use crate::world::World;

fn card(name: &str, number: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{number}\r\nFN:{name}\r\nN:{name};;;;\r\nTEL:{number}\r\nEND:VCARD\r\n"
    )
}

fn start(server: &Radicale, password: &str, world: &World) -> CardDavSource {
    let account = Account {
        url: server.url().parse().unwrap(),
        user: Radicale::USER.into(),
        password: SecretString::from(password),
    };
    let plan = CardDavPlan {
        books: Vec::new(),
        every: Some(Duration::from_secs(3_600)),
    };
    CardDavSource::start(account, plan, world.people.writer())
}

async fn state(world: &World) -> SourceState {
    let states = answer(world.people.writer().states(Kind::CardDav)).await.unwrap();
    let [state] = states.as_slice() else {
        panic!("{states:?}")
    };
    state.clone()
}

/// Waits until contacts have changed and `holds`.
async fn until(world: &mut World, holds: impl Fn(&SourceState) -> bool) -> SourceState {
    loop {
        world.changed().await;
        if let Ok(states) = answer(world.people.writer().states(Kind::CardDav)).await
            && let [state] = states.as_slice()
            && holds(state)
        {
            return state.clone();
        }
    }
}

#[tokio::test]
async fn what_comes_changes_and_goes_on_the_server_does_so_here() {
    let number = E164::parse("+33199000042").unwrap();
    let server = Radicale::start([("one.vcf", card("Personne Une", number.as_str()).as_str())]);
    let mut world = World::new().await;
    let source = start(&server, Radicale::PASSWORD, &world);
    let read = until(&mut world, |state| state.token.is_some()).await;
    assert_eq!((read.contacts, &read.trouble), (1, &None));
    let known = world.lookup.known(&number, Language::Fr).unwrap();
    assert_eq!(
        (known.name.as_str(), known.source.as_str()),
        ("Personne Une", "le carnet du serveur 127.0.0.1")
    );

    server.put("one.vcf", &card("Personne Renommée", number.as_str()));
    server.put("two.vcf", &card("Personne Deux", "+33199000043"));
    source.sync();
    until(&mut world, |state| state.contacts == 2 && state.token.is_some()).await;
    assert_eq!(
        world.lookup.known(&number, Language::Fr).unwrap().name,
        "Personne Renommée"
    );

    server.remove("one.vcf");
    source.sync();
    until(&mut world, |state| state.contacts == 1 && state.token.is_some()).await;
    assert_eq!(world.lookup.known(&number, Language::Fr), None);
}

#[tokio::test]
async fn a_wrong_password_is_said_and_nothing_is_lost() {
    let number = E164::parse("+33199000042").unwrap();
    let mut server = Radicale::start([("one.vcf", card("Personne Une", number.as_str()).as_str())]);
    let mut world = World::new().await;
    let source = start(&server, Radicale::PASSWORD, &world);
    until(&mut world, |state| state.token.is_some()).await;
    drop(source);
    let wrong = start(&server, "wrong", &world);
    let told = until(&mut world, |state| state.trouble.is_some()).await;
    assert!(told.trouble.unwrap().contains("carddav-trouble-password"));
    drop(wrong);

    server.stop();
    let gone = start(&server, Radicale::PASSWORD, &world);
    let told = until(&mut world, |state| {
        state
            .trouble
            .as_deref()
            .is_some_and(|told| !told.contains("password"))
    })
    .await;
    assert!(told.trouble.unwrap().contains("carddav-trouble-unreachable"));
    assert!(world.lookup.known(&number, Language::Fr).is_some(), "it stays");
    server.resume();
    gone.sync();
    let back = until(&mut world, |state| state.trouble.is_none()).await;
    assert_eq!(back.contacts, 1);
}

#[tokio::test]
async fn before_anything_was_read_the_account_itself_is_in_trouble() {
    let server = Radicale::start([]);
    let mut world = World::new().await;
    let _source = start(&server, "wrong", &world);
    let told = until(&mut world, |state| state.trouble.is_some()).await;
    assert_eq!(told.source.unwrap().name, server.url());
    drop(_source);
    let _source = start(&server, Radicale::PASSWORD, &world);
    let read = until(&mut world, |state| state.token.is_some()).await;
    assert_eq!(
        read.source.unwrap().name,
        server.book_url(),
        "and goes once the book is found"
    );
}

#[tokio::test]
async fn a_card_that_cannot_be_read_is_named_until_it_is_mended() {
    let broken = "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:x\r\nFN:Personne\r\nTEL:+33199000042\r\nEND:VCARD\r\n";
    let server = Radicale::start([
        ("good.vcf", card("Personne Une", "+33199000041").as_str()),
        // A group: no contact.
        (
            "list.vcf",
            broken
                .replace("UID:x", "UID:x\r\nKIND:group\r\nX-ADDRESSBOOKSERVER-KIND:group")
                .as_str(),
        ),
    ]);
    let mut world = World::new().await;
    let source = start(&server, Radicale::PASSWORD, &world);
    let told = until(&mut world, |state| state.trouble.is_some()).await;
    let sentence = told.trouble.unwrap();
    assert!(
        sentence.contains("contacts-source-unreadable-cards") && sentence.contains("list.vcf"),
        "{sentence}"
    );
    assert_eq!(told.contacts, 1);
    // Nothing changed there, and it is still told.
    source.sync();
    until(&mut world, |state| state.trouble.is_some()).await;
    server.put("list.vcf", broken);
    source.sync();
    let mended = until(&mut world, |state| {
        state.trouble.is_none() && state.token.is_some()
    })
    .await;
    assert_eq!(mended.contacts, 2);
}

/// Stands before a server and forbids whatever lies under a path.
fn forbidding(server: &Radicale, path: &'static str) -> String {
    let door = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/", door.local_addr().unwrap());
    let port = server.port();
    std::thread::spawn(move || {
        for client in door.incoming() {
            let mut client = client.unwrap();
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && client.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            let text = String::from_utf8(head).unwrap();
            let length = text.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length")
                    .then(|| value.trim().parse::<usize>().unwrap())
            });
            let mut body = vec![0; length.unwrap_or_default()];
            client.read_exact(&mut body).unwrap();
            let asked = text.split(' ').nth(1).unwrap_or_default();
            if asked.starts_with(path) {
                let refusal = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
                client.write_all(refusal.as_bytes()).unwrap();
                continue;
            }
            let mut behind = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let passed_on = text.replacen("\r\n", "\r\nConnection: close\r\n", 1);
            behind.write_all(passed_on.as_bytes()).unwrap();
            behind.write_all(&body).unwrap();
            let mut answer = Vec::new();
            behind.read_to_end(&mut answer).unwrap();
            client.write_all(&answer).unwrap();
        }
    });
    url
}

#[tokio::test]
async fn a_book_that_is_refused_does_not_keep_the_others_from_being_read() {
    let server = Radicale::start([("one.vcf", card("Personne Une", "+33199000041").as_str())]);
    // It is read first.
    server.add_book("archives", "VADDRESSBOOK");
    server.put_into("archives", "two.vcf", &card("Personne Deux", "+33199000042"));
    let url = forbidding(&server, "/lise/archives");
    let mut world = World::new().await;
    let account = Account {
        url: url.parse().unwrap(),
        user: Radicale::USER.into(),
        password: SecretString::from(Radicale::PASSWORD),
    };
    let plan = CardDavPlan {
        books: Vec::new(),
        every: None,
    };
    let _source = CardDavSource::start(account, plan, world.people.writer());
    let states = loop {
        world.changed().await;
        let states = answer(world.people.writer().states(Kind::CardDav)).await.unwrap();
        if states.len() == 2 && states.iter().any(|state| state.token.is_some()) {
            break states;
        }
    };
    for state in states {
        let name = state.source.unwrap().name;
        match name.contains("archives") {
            true => assert!(state.trouble.unwrap().contains("carddav-trouble-forbidden")),
            false => assert_eq!((state.contacts, state.trouble), (1, None)),
        }
    }
}

#[tokio::test]
async fn the_password_is_in_no_file() {
    let server = Radicale::start([("one.vcf", card("Personne Une", "+33199000042").as_str())]);
    let mut world = World::new().await;
    let _source = start(&server, Radicale::PASSWORD, &world);
    until(&mut world, |state| state.token.is_some()).await;
    assert!(state(&world).await.trouble.is_none());
    for entry in std::fs::read_dir(world.folder.path()).unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        assert!(
            !bytes.windows(14).any(|part| part == b"canary carddav"),
            "in the book"
        );
    }
}
