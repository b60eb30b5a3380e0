//! The company directory behind a gate: when whoever waits for a name goes on without it.

use std::time::Duration;

use centrex_tray::people::{DEADLINE, DirectoryNews, DirectorySource};
use companion::words::Language;
use contacts::Numbering;
use jiff::Timestamp;
use secrecy::SecretString;
use sources::ldap::{Config, Whom};
use telephony::E164;
use test_servers::{BASE, Gate, Slapd};
use tokio::sync::mpsc;

use crate::world::{World, within};

const PEOPLE: &str = "
dn: cn=Une,dc=example,dc=test
objectClass: inetOrgPerson
cn: Personne Une
sn: Une
telephoneNumber: 01 99 00 00 42

dn: cn=Deux,dc=example,dc=test
objectClass: inetOrgPerson
cn: Personne Deux
sn: Deux
telephoneNumber: 01 99 00 00 50

dn: cn=Trois,dc=example,dc=test
objectClass: inetOrgPerson
cn: Personne Trois
sn: Trois
telephoneNumber: +33199000050
";

fn config(url: &str) -> Config {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Config {
        url: url.parse().unwrap(),
        base: BASE.into(),
        user: Slapd::USER.into(),
        password: Some(SecretString::from(Slapd::PASSWORD)),
        filter: "(&(objectClass=person){number})".into(),
        numbers: list(&["telephoneNumber"]),
        names: list(&["cn"]),
        companies: list(&["o"]),
    }
}

#[tokio::test]
async fn nobody_waits_longer_than_the_deadline_and_the_name_comes_when_it_does() {
    assert_eq!(DEADLINE, Duration::from_millis(300));
    let server = Slapd::start(PEOPLE, None);
    let gate = Gate::before(server.port());
    let world = World::new().await;
    let (tell, mut news) = mpsc::unbounded_channel();
    let writer = world.people.writer();
    let url = format!("ldap://127.0.0.1:{}", gate.port());
    let mut directory = DirectorySource::start(config(&url), Numbering::default(), writer, tell);
    let number = E164::parse("+33199000042").unwrap();

    // By a clock that stands still but for what somebody waits for: the very first is the deadline.
    tokio::time::pause();
    let asked = tokio::time::Instant::now();
    assert!(
        directory.ask(&number, Timestamp::now()),
        "an answer is on its way"
    );
    match news.recv().await {
        Some(DirectoryNews::Late(late)) => assert_eq!(late, number),
        other => panic!("{other:?}"),
    }
    let waited = asked.elapsed();
    // Timers count in whole milliseconds.
    assert!(
        (DEADLINE..DEADLINE + Duration::from_millis(2)).contains(&waited),
        "{waited:?}"
    );
    tokio::time::resume();
    assert!(directory.ask(&number, Timestamp::now()), "and still is");
    assert_eq!(directory.said(&number, Language::Fr), None);

    gate.open();
    let found = async |news: &mut mpsc::UnboundedReceiver<DirectoryNews>| loop {
        match news.recv().await {
            Some(DirectoryNews::Found(number, whom, at)) => return (number, whom, at),
            Some(DirectoryNews::Late(_) | DirectoryNews::Tried(None, _)) => {}
            other => panic!("{other:?}"),
        }
    };
    let (found_number, whom, at) = within("the answer", found(&mut news)).await;
    assert!(found_number == number && matches!(whom, Whom::One(_)), "{whom:?}");
    directory.learn(found_number, whom, at);
    assert_eq!(
        directory.said(&number, Language::Fr).unwrap().name,
        "Personne Une"
    );

    // Two people who share nothing but the number.
    let shared = E164::parse("+33199000050").unwrap();
    assert!(directory.ask(&shared, Timestamp::now()));
    let (shared, whom, at) = within("the answer", found(&mut news)).await;
    assert!(
        matches!(&whom, Whom::Several(people) if people.len() == 2),
        "{whom:?}"
    );
    directory.learn(shared.clone(), whom, at);
    let said = directory.said(&shared, Language::Fr).unwrap();
    assert!(said.several && said.title().is_none(), "{said:?}");
}
