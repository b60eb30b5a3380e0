//! An address book of 10,000 cards on a real CardDAV server. The server's own time stands beside: Radicale looks at each of its
//! files for every answer.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Value, json};
use test_servers::Radicale;

use super::table::{Budget, Row};
use super::{Bench, millis};
use crate::demo::wait;

const CARDS: usize = 10_000;
/// The server makes its own cache of the cards first.
const LONG: Duration = Duration::from_secs(300);
/// Unchanged books that are read again.
const AGAIN: usize = 5;

impl Bench<'_> {
    pub(super) fn books(&mut self) -> Result<Vec<Row>> {
        let cards: Vec<(String, String)> = (0..CARDS).map(card).collect();
        let server = Radicale::start(cards.iter().map(|(name, card)| (name.as_str(), card.as_str())));
        let bare = Bare::new(&server)?;
        // Builds the server's cache: what it does at a book's very first visit isn't ours to measure.
        let token = bare.list("")?.0;
        let alone = bare.everything()?;
        let (_, unchanged) = (0..AGAIN)
            .map(|_| bare.list(&token))
            .collect::<Result<Vec<_>>>()?
            .into_iter()
            .unzip::<_, _, Vec<_>, Vec<f64>>();

        let changes = json!({ "carddav_url": server.url(), "carddav_user": Radicale::USER, "carddav_every_minutes": 0 });
        self.product
            .control(&json!({ "type": "change_settings", "changes": changes }))?;
        let begun = Instant::now();
        let secret = json!({ "type": "set_credential", "kind": "carddav_password", "account": null, "secret": Radicale::PASSWORD });
        self.product.control(&secret)?;
        wait::until(LONG, "the address book", || {
            let book = self.book()?;
            Ok((book["contacts"] == CARDS && book["trouble"].is_null()).then_some(()))
        })?;
        let first = millis(Instant::now(), begun);
        let mut again = Vec::new();
        for _ in 0..AGAIN {
            let before = self.book()?["read_at"].clone();
            let begun = Instant::now();
            self.product
                .control(&json!({ "type": "contacts", "ask": { "type": "sync" } }))?;
            wait::until(LONG, "the address book, again", || {
                Ok((self.book()?["read_at"] != before).then_some(()))
            })?;
            again.push(millis(Instant::now(), begun));
        }
        let row = |what: &str, limit: Option<f64>, samples| {
            let budget = limit.map_or(Budget::None, |limit| Budget::AtMost { share: 0.5, limit });
            Row::new(format!("CardDAV, 10,000 cards: {what}"), budget, "ms", samples)
        };
        let server_took = unchanged.iter().copied().fold(f64::INFINITY, f64::min);
        let ours = again.iter().map(|took| (took - server_took).max(0.0)).collect();
        Ok(vec![
            row("first sync", Some(10_000.0), vec![first]),
            row("first sync, the server alone", None, vec![alone]),
            row("unchanged", None, again),
            row("unchanged, the server alone", None, unchanged),
            row("unchanged, without the server", Some(200.0), ours),
        ])
    }

    fn book(&self) -> Result<Value> {
        let answer = self
            .product
            .control(&json!({ "type": "contacts", "ask": { "type": "sources" } }))?;
        let sources = answer["sources"].as_array().context("no sources in the answer")?;
        let book = sources.iter().find(|source| source["kind"] == "carddav");
        Ok(book.cloned().unwrap_or(Value::Null))
    }
}

fn card(n: usize) -> (String, String) {
    let text = format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:card-{n}\r\nFN:Personne {n}\r\nN:{n};Personne;;;\r\nORG:Société {}\r\nTEL;TYPE=CELL:+337{:08}\r\nEND:VCARD\r\n",
        n % 300,
        10_000_000 + n
    );
    (format!("card-{n}.vcf"), text)
}

/// The same requests, without anything of ours around them.
struct Bare {
    client: ureq::Agent,
    url: String,
    /// What the `Authorization` header says.
    user: String,
}

impl Bare {
    fn new(server: &Radicale) -> Result<Self> {
        let config = ureq::Agent::config_builder()
            .proxy(None)
            .allow_non_standard_methods(true)
            .timeout_global(Some(LONG))
            .build();
        let user = [Radicale::USER, ":", Radicale::PASSWORD].concat();
        Ok(Self {
            client: config.new_agent(),
            url: server.book_url(),
            user: format!("Basic {}", BASE64_STANDARD.encode(user)),
        })
    }

    /// What changed since a token; the new one, and milliseconds.
    fn list(&self, token: &str) -> Result<(String, f64)> {
        let body = format!(
            "<sync-collection xmlns=\"DAV:\"><sync-token>{token}</sync-token><sync-level>1</sync-level><prop><getetag/></prop></sync-collection>"
        );
        let (text, took) = self.report(body)?;
        let token = text
            .split("<sync-token>")
            .nth(1)
            .and_then(|rest| rest.split('<').next());
        Ok((token.context("no sync token")?.to_owned(), took))
    }

    /// The list and all cards, 200 at a time.
    fn everything(&self) -> Result<f64> {
        let mut took = self.list("")?.1;
        for piece in (0..CARDS).collect::<Vec<_>>().chunks(200) {
            let path = format!("/{}/{}/", Radicale::USER, Radicale::BOOK);
            let hrefs: String = piece
                .iter()
                .map(|n| format!("<d:href>{path}card-{n}.vcf</d:href>"))
                .collect();
            took += self.report(format!(
                "<c:addressbook-multiget xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:carddav\"><d:prop><d:getetag/><c:address-data/></d:prop>{hrefs}</c:addressbook-multiget>"
            ))?.1;
        }
        Ok(took)
    }

    fn report(&self, body: String) -> Result<(String, f64)> {
        let request = ureq::http::Request::builder()
            .method("REPORT")
            .uri(&self.url)
            .header("Content-Type", "application/xml; charset=utf-8")
            .header("Authorization", &self.user)
            .body(body)?;
        let begun = Instant::now();
        let mut answer = self.client.run(request).context("the server refused")?;
        let text = answer
            .body_mut()
            .with_config()
            .limit(64 * 1024 * 1024)
            .read_to_string()?;
        Ok((text, millis(Instant::now(), begun)))
    }
}
