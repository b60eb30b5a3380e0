//! A server that tells what changed in parts (RFC 6578, 3.6), as Nextcloud does with large books; Radicale doesn't.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use secrecy::SecretString;
use sources::Trust;
use sources::carddav::{Account, Book, Client, Known, Plan};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;
use url::Url;

use crate::hostile::{http, read_request};

/// Most of the changes that one answer tells.
const PART: usize = 40;

/// The book's history: each entry is a card's name and its entity tag, or none once it is gone. A token is a place in it.
#[derive(Default)]
struct Server {
    history: Vec<(String, Option<String>)>,
    /// Says with a part that it is one.
    says_so: bool,
    /// What its tokens begin with; others are refused.
    epoch: usize,
    /// It knows no token but its own last one, and that one doesn't stay so.
    forgets: bool,
    /// Every answer brings a change.
    restless: bool,
    reports: usize,
}

impl Server {
    fn put(&mut self, card: usize, etag: &str) {
        self.history.push((format!("c{card}.vcf"), Some(etag.to_owned())));
    }

    fn remove(&mut self, card: usize) {
        self.history.push((format!("c{card}.vcf"), None));
    }

    fn answer(&mut self, body: &str) -> Vec<u8> {
        if body.contains("sync-collection") {
            return self.report(body);
        }
        if body.contains("getctag") {
            let props = "<C:getctag xmlns:C=\"http://calendarserver.org/ns/\">1</C:getctag>";
            return multistatus(&response("/dav/", &found(props)));
        }
        if !body.contains("getetag") {
            let props = "<resourcetype><collection/><A:addressbook xmlns:A=\"urn:ietf:params:xml:ns:carddav\"/></resourcetype>\
                <supported-report-set><supported-report><report><sync-collection/></report></supported-report>\
                </supported-report-set>";
            return multistatus(&response("/dav/", &found(props)));
        }
        multistatus(&self.entries(0, self.history.len()))
    }

    fn report(&mut self, body: &str) -> Vec<u8> {
        self.reports += 1;
        let after = body.split_once("x:token:").map(|(_, rest)| rest);
        let token = after.map(|rest| rest.split('<').next().unwrap());
        let from = match token.map(|token| token.split_once('-').unwrap()) {
            Some(_) if self.forgets => {
                return http(
                    "403 Forbidden",
                    "",
                    "<error xmlns=\"DAV:\"><valid-sync-token/></error>",
                );
            }
            Some((epoch, _)) if epoch != self.epoch.to_string() => {
                return http(
                    "403 Forbidden",
                    "",
                    "<error xmlns=\"DAV:\"><valid-sync-token/></error>",
                );
            }
            Some((_, at)) => at.parse().unwrap(),
            None => 0,
        };
        if self.restless {
            self.put(0, &format!("e{}", self.reports));
        }
        let to = self.history.len().min(from + PART);
        let mut entries = self.entries(from, to);
        if to < self.history.len() && self.says_so {
            entries += "<response><href>/dav/</href><status>HTTP/1.1 507 Insufficient Storage</status>\
                <error><number-of-matches-within-limits/></error></response>";
        }
        let token = format!("<sync-token>x:token:{}-{to}</sync-token>", self.epoch);
        multistatus(&(entries + &token))
    }

    /// What is in a part of the history, each card as it is at the end of that part.
    fn entries(&self, from: usize, to: usize) -> String {
        let part = &self.history[from..to];
        let mut entries = String::new();
        for (index, (card, etag)) in part.iter().enumerate() {
            if part[index + 1..].iter().any(|(later, _)| later == card) {
                continue;
            }
            let what = match etag {
                Some(etag) => found(&format!("<getetag>\"{etag}\"</getetag>")),
                None => "<status>HTTP/1.1 404 Not Found</status>".to_owned(),
            };
            write!(entries, "{}", response(&format!("/dav/{card}"), &what)).unwrap();
        }
        entries
    }
}

fn found(props: &str) -> String {
    format!("<propstat><prop>{props}</prop><status>HTTP/1.1 200 OK</status></propstat>")
}

fn response(href: &str, what: &str) -> String {
    format!("<response><href>{href}</href>{what}</response>")
}

fn multistatus(inner: &str) -> Vec<u8> {
    let body = format!("<multistatus xmlns=\"DAV:\">{inner}</multistatus>");
    http("207 Multi-Status", "", &body)
}

async fn start(server: Server) -> (Client, Book, Arc<Mutex<Server>>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/dav/", listener.local_addr().unwrap());
    let server = Arc::new(Mutex::new(server));
    let answering = Arc::clone(&server);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let (_, body) = read_request(&mut stream).await;
            let answer = answering.lock().unwrap().answer(&body);
            stream.write_all(&answer).await.unwrap();
            stream.shutdown().await.unwrap();
        }
    });
    let account = Account {
        url: Url::parse(&url).unwrap(),
        user: "lise".into(),
        password: SecretString::from("canary"),
    };
    let client = Client::new(account, &Trust::default()).unwrap();
    let book = client.books(&[]).await.unwrap().remove(0);
    (client, book, server)
}

fn with_cards(count: usize) -> Server {
    let mut server = Server {
        says_so: true,
        ..Server::default()
    };
    for card in 0..count {
        server.put(card, "first");
    }
    server
}

/// All of a plan is done: what is known then.
fn done(plan: &Plan, etag: &str, mut known: Known) -> Known {
    let tag = Some(format!("\"{etag}\""));
    known.extend(plan.fetch.iter().map(|href| (href.clone(), tag.clone())));
    known.retain(|href, _| !plan.removed.contains(href));
    known
}

#[tokio::test]
async fn every_part_is_read_whether_or_not_it_says_that_it_is_one() {
    for says_so in [true, false] {
        let server = Server {
            says_so,
            ..with_cards(105)
        };
        let (client, book, server) = start(server).await;
        let plan = client.plan(&book, None, &Known::new()).await.unwrap();
        assert_eq!((plan.fetch.len(), plan.removed.len()), (105, 0), "{says_so}");
        let known = done(&plan, "first", Known::new());
        let asked = server.lock().unwrap().reports;
        let same = client.plan(&book, plan.token.as_deref(), &known).await.unwrap();
        assert_eq!((same.fetch.len(), same.removed.len()), (0, 0));
        assert_eq!(
            server.lock().unwrap().reports,
            asked + 1,
            "once is enough when nothing changed"
        );

        {
            // More than a part; one of the first part's cards goes in the last part, another comes back in it.
            let mut server = server.lock().unwrap();
            server.remove(3);
            for card in 0..100 {
                if card != 3 {
                    server.put(card, "second");
                }
            }
            server.remove(0);
            server.put(3, "second");
        }
        let changes = client.plan(&book, same.token.as_deref(), &known).await.unwrap();
        assert_eq!(changes.removed, ["/dav/c0.vcf"]);
        assert_eq!(changes.fetch.len(), 99);
        assert!(changes.fetch.contains(&"/dav/c3.vcf".to_owned()));
    }
}

#[tokio::test]
async fn a_forgotten_token_deletes_nothing_that_is_there() {
    let (client, book, server) = start(with_cards(105)).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    let known = done(&plan, "first", Known::new());
    {
        let mut server = server.lock().unwrap();
        server.epoch += 1;
        server.remove(104);
    }
    let again = client.plan(&book, plan.token.as_deref(), &known).await.unwrap();
    assert_eq!(again.removed, ["/dav/c104.vcf"]);
    assert_eq!(again.fetch, Vec::<String>::new());
}

#[tokio::test]
async fn a_server_that_does_not_go_on_from_its_own_token_is_listed_whole() {
    let server = Server {
        forgets: true,
        ..with_cards(105)
    };
    let (client, book, _server) = start(server).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    assert_eq!(plan.fetch.len(), 105);
    assert_eq!(plan.token.as_deref(), Some("ctag:1"));
}

#[tokio::test]
async fn a_server_that_never_comes_to_an_end_is_listed_whole() {
    let server = Server {
        restless: true,
        ..with_cards(105)
    };
    let (client, book, server) = start(server).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    assert_eq!(plan.fetch.len(), 105);
    assert_eq!(plan.token.as_deref(), Some("ctag:1"));
    assert_eq!(server.lock().unwrap().reports, 1_000);
}
