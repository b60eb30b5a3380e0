//! Against slapd.

use std::sync::Arc;
use std::time::Duration;

use contacts::{Label, Numbering};
use secrecy::SecretString;
use sources::ldap::{Config, Directory, Whom};
use sources::{Trouble, Trust};
use telephony::{E164, ExtensionRange, Rules};
use test_servers::{BASE, Slapd, Tls};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use url::Url;

const PEOPLE: &str = "
dn: cn=Lise Exemple,dc=example,dc=test
objectClass: inetOrgPerson
cn: Lise Exemple
sn: Exemple
displayName: Lise Exemple (Compta)
o: Société Exemple
telephoneNumber: 01 99 00 00 42
mobile: +33 6 39 98 00 01

dn: cn=Poste,dc=example,dc=test
objectClass: inetOrgPerson
cn: Poste
sn: Poste
telephoneNumber: 5300

dn: cn=Une,dc=example,dc=test
objectClass: inetOrgPerson
cn: Une
sn: Une
o: Standard
telephoneNumber: +33199000050

dn: cn=Deux,dc=example,dc=test
objectClass: inetOrgPerson
cn: Deux
sn: Deux
o: Standard
telephoneNumber: 0199000050

dn: cn=Hostile,dc=example,dc=test
objectClass: inetOrgPerson
cn:: PGI+4oCuZXZpbDwvYj4=
sn: x
telephoneNumber: +33199000066
";

fn config(url: &str) -> Config {
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    Config {
        url: Url::parse(url).unwrap(),
        base: BASE.into(),
        user: Slapd::USER.into(),
        password: Some(SecretString::from(Slapd::PASSWORD)),
        filter: "(&(objectClass=person){number})".into(),
        numbers: list(&["telephoneNumber", "mobile", "homePhone", "ipPhone"]),
        names: list(&["displayName", "cn"]),
        companies: list(&["company", "o"]),
    }
}

fn directory(config: Config) -> Directory {
    let numbering = Numbering {
        rules: Rules {
            range: ExtensionRange::new("+3319926", 4).ok(),
            ..Rules::default()
        },
    };
    Directory::new(config, numbering, &Trust::default()).unwrap()
}

fn e164(number: &str) -> E164 {
    E164::parse(number).unwrap()
}

async fn name(directory: &Directory, number: &str) -> Option<String> {
    match directory.find(&e164(number)).await.unwrap() {
        Whom::One(card) => Some(card.display_name().to_owned()),
        Whom::Nobody | Whom::Several(_) => None,
    }
}

#[tokio::test]
async fn people_are_found_by_their_numbers_however_they_are_written() {
    let server = Slapd::start(PEOPLE, None);
    let directory = directory(config(&server.url()));
    let Whom::One(lise) = directory.find(&e164("+33199000042")).await.unwrap() else {
        panic!("nobody")
    };
    assert_eq!(lise.name.full, "Lise Exemple (Compta)");
    assert_eq!(lise.company.as_deref(), Some("Société Exemple"));
    let labels: Vec<Label> = lise.numbers.iter().map(|number| number.label).collect();
    assert_eq!(labels, [Label::Work, Label::Mobile]);
    assert_eq!(
        name(&directory, "+33639980001").await.as_deref(),
        Some("Lise Exemple (Compta)")
    );
    assert_eq!(
        name(&directory, "+33199265300").await.as_deref(),
        Some("Poste"),
        "by its extension"
    );
    assert_eq!(
        name(&directory, "+33199000050").await.as_deref(),
        Some("Standard"),
        "two people, one company"
    );
    assert_eq!(name(&directory, "+33199000099").await, None);
    let hostile = name(&directory, "+33199000066").await.unwrap();
    assert!(!hostile.contains('\u{202e}'), "{hostile:?}");
}

#[tokio::test]
async fn who_may_not_ask_is_told_why() {
    let server = Slapd::start(PEOPLE, None);
    let wrong = Config {
        password: Some(SecretString::from("wrong")),
        ..config(&server.url())
    };
    assert_eq!(
        directory(wrong).find(&e164("+33199000042")).await,
        Err(Trouble::Password)
    );
    let nobody = Config {
        user: String::new(),
        password: None,
        ..config(&server.url())
    };
    // This server hides its base from who isn't signed in.
    assert_eq!(directory(nobody).probe().await, Err(Trouble::NoBase));
    let nowhere = Config {
        base: "dc=nowhere,dc=test".into(),
        ..config(&server.url())
    };
    assert_eq!(directory(nowhere).probe().await, Err(Trouble::NoBase));
    let filter = Config {
        filter: "(&(objectClass=person)(){number})".into(),
        ..config(&server.url())
    };
    assert_eq!(directory(filter).probe().await, Err(Trouble::Filter));
    assert_eq!(directory(config(&server.url())).probe().await, Ok(()));
}

#[tokio::test]
async fn a_server_that_was_gone_is_asked_again_when_it_is_back() {
    let mut server = Slapd::start(PEOPLE, None);
    let directory = directory(config(&server.url()));
    assert!(name(&directory, "+33199000042").await.is_some());
    server.stop();
    assert_eq!(
        directory.find(&e164("+33199000042")).await,
        Err(Trouble::Unreachable)
    );
    server.resume();
    assert!(name(&directory, "+33199000042").await.is_some());
    // A connection that broke unnoticed in between is replaced, and nobody hears of it.
    server.stop();
    server.resume();
    assert!(name(&directory, "+33199000042").await.is_some());
}

#[tokio::test]
async fn several_may_ask_at_once() {
    let server = Slapd::start(PEOPLE, None);
    let directory = directory(config(&server.url()));
    let asked: Vec<_> = (0..50)
        .map(|n| {
            let directory = directory.clone();
            let number = if n % 2 == 0 {
                "+33199000042"
            } else {
                "+33639980001"
            };
            tokio::spawn(async move { name(&directory, number).await })
        })
        .collect();
    for one in asked {
        assert_eq!(one.await.unwrap().as_deref(), Some("Lise Exemple (Compta)"));
    }
}

#[tokio::test]
async fn start_tls_holds_the_certificate_against_the_trusted_authorities() {
    let authority = rcgen::KeyPair::generate().unwrap();
    let mut parameters = rcgen::CertificateParams::new(Vec::new()).unwrap();
    parameters.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let root = parameters.self_signed(&authority).unwrap();
    let issuer = rcgen::Issuer::new(parameters, authority);
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &issuer)
        .unwrap();
    let tls = Tls {
        certificate: certificate.pem(),
        key: key.serialize_pem(),
    };
    let server = Slapd::start(PEOPLE, Some(&tls));
    let config = config(&server.url().replace("127.0.0.1", "localhost"));
    let trust = Trust::and(root.pem().as_bytes()).unwrap();
    let ours = Directory::new(config.clone(), Numbering::default(), &trust)
        .unwrap()
        .with_start_tls();
    assert!(name(&ours, "+33199000042").await.is_some());
    let strange = directory(config).with_start_tls();
    assert_eq!(
        strange.find(&e164("+33199000042")).await,
        Err(Trouble::Certificate)
    );
}

#[tokio::test]
async fn without_encryption_no_password_leaves_where_it_is_demanded() {
    let server = Slapd::start(PEOPLE, None);
    let directory = directory(config(&server.url())).with_start_tls();
    assert_eq!(
        directory.find(&e164("+33199000042")).await,
        Err(Trouble::Insecure)
    );
}

/// Passes bytes on to a server, once it is told to.
async fn gate(port: u16) -> (String, Arc<Notify>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    let open = Arc::new(Notify::new());
    let opened = Arc::clone(&open);
    tokio::spawn(async move {
        let (mut here, _) = listener.accept().await.unwrap();
        opened.notified().await;
        let mut there = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
        let _ = tokio::io::copy_bidirectional(&mut here, &mut there).await;
    });
    (url, open)
}

#[tokio::test]
async fn a_slow_server_answers_when_it_does() {
    let server = Slapd::start(PEOPLE, None);
    let (url, open) = gate(server.port()).await;
    let directory = directory(config(&url));
    let number = e164("+33199000042");
    let mut asked = std::pin::pin!(directory.find(&number));
    let early = tokio::time::timeout(Duration::from_millis(300), &mut asked).await;
    assert!(early.is_err(), "nothing came through yet");
    open.notify_one();
    assert!(matches!(asked.await.unwrap(), Whom::One(_)));
}

#[tokio::test]
async fn what_answers_garbage_is_no_directory() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("ldap://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ =
                tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let found = directory(config(&url)).find(&e164("+33199000042")).await;
    assert!(
        matches!(found, Err(Trouble::NotOne | Trouble::Unreachable)),
        "{found:?}"
    );
}
