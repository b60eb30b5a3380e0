//! Against Radicale.

use contacts::sync::{Content, Resource};
use secrecy::SecretString;
use sources::carddav::{Account, Book, Client, Known, Plan};
use sources::{Trouble, Trust};
use test_servers::Radicale;
use url::Url;

fn card(name: &str, number: &str) -> String {
    format!(
        "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nFN:{name}\r\nN:{name};;;;\r\nTEL:{number}\r\nEND:VCARD\r\n"
    )
}

fn server(cards: usize) -> Radicale {
    let cards: Vec<_> = (0..cards)
        .map(|n| {
            (
                format!("c{n}.vcf"),
                card(&format!("Personne {n}"), &format!("+3319900{n:04}")),
            )
        })
        .collect();
    Radicale::start(cards.iter().map(|(name, card)| (name.as_str(), card.as_str())))
}

fn client(url: &str, password: &str) -> Client {
    let account = Account {
        url: Url::parse(url).unwrap(),
        user: Radicale::USER.into(),
        password: SecretString::from(password),
    };
    Client::new(account, &Trust::default()).unwrap()
}

async fn book(client: &Client) -> Book {
    client.books(&[]).await.unwrap().remove(0)
}

/// Everything that a plan wants; what is known afterwards.
async fn fetch(client: &Client, book: &Book, plan: &Plan, mut known: Known) -> (Vec<Resource>, Known) {
    let mut fetched = Vec::new();
    for piece in plan.pieces() {
        fetched.extend(client.fetch(book, piece).await.unwrap());
    }
    known.extend(fetched.iter().map(|card| (card.href.clone(), card.etag.clone())));
    known.retain(|href, _| !plan.removed.contains(href));
    (fetched, known)
}

#[tokio::test]
async fn a_server_is_enough_to_find_a_persons_books() {
    let server = server(1);
    server.add_book("team", "VADDRESSBOOK");
    server.add_book("diary", "VCALENDAR");
    let client = client(&server.url(), Radicale::PASSWORD);
    let mut names: Vec<String> = client
        .books(&[])
        .await
        .unwrap()
        .into_iter()
        .map(|book| book.name)
        .collect();
    names.sort();
    assert_eq!(names, ["Contacts", "Team"]);
    let named = client.books(&["Team".into()]).await.unwrap();
    assert_eq!(named.len(), 1);
    assert!(named[0].url.path().ends_with("/team/"), "{named:?}");
    assert_eq!(client.books(&["Nobody’s".into()]).await, Err(Trouble::NoBook));
}

#[tokio::test]
async fn the_address_of_one_book_gives_that_one() {
    let server = server(1);
    server.add_book("team", "VADDRESSBOOK");
    let books = client(&server.book_url(), Radicale::PASSWORD)
        .books(&[])
        .await
        .unwrap();
    assert_eq!(books.len(), 1);
    assert_eq!(books[0].url.as_str(), server.book_url());
}

#[tokio::test]
async fn a_book_is_read_once_and_then_what_changes() {
    let server = server(3);
    let client = client(&server.url(), Radicale::PASSWORD);
    let book = book(&client).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    assert_eq!((plan.fetch.len(), plan.removed.len()), (3, 0));
    let (cards, known) = fetch(&client, &book, &plan, Known::new()).await;
    let Content::Cards(text) = &cards[0].content else {
        panic!("{cards:?}")
    };
    assert!(String::from_utf8_lossy(text).contains("FN:Personne"), "{text:?}");
    assert!(cards.iter().all(|card| card.etag.is_some()));

    let again = client.plan(&book, plan.token.as_deref(), &known).await.unwrap();
    assert_eq!(
        (again.fetch.len(), again.removed.len()),
        (0, 0),
        "nothing changed"
    );

    server.put("c1.vcf", &card("Personne Renommée", "+33199000001"));
    server.put("c9.vcf", &card("Personne Neuve", "+33199000009"));
    server.remove("c0.vcf");
    let changes = client.plan(&book, again.token.as_deref(), &known).await.unwrap();
    let ends = |hrefs: &[String]| -> Vec<String> {
        let mut ends: Vec<_> = hrefs
            .iter()
            .map(|href| href.rsplit('/').next().unwrap().to_owned())
            .collect();
        ends.sort();
        ends
    };
    assert_eq!(ends(&changes.fetch), ["c1.vcf", "c9.vcf"]);
    assert_eq!(ends(&changes.removed), ["c0.vcf"]);
    assert_ne!(changes.token, again.token);
    let (_, known) = fetch(&client, &book, &changes, known).await;
    assert_eq!(known.len(), 3);

    // As after a restored backup: the token means nothing to the server any more.
    let lost = client
        .plan(&book, Some("sync:http://radicale.org/ns/sync/0000"), &known)
        .await
        .unwrap();
    assert_eq!(
        (lost.fetch.len(), lost.removed.len()),
        (0, 0),
        "entity tags tell that nothing changed"
    );
    server.remove("c2.vcf");
    let lost = client.plan(&book, Some("sync:nonsense"), &known).await.unwrap();
    assert_eq!(
        (lost.fetch.len(), ends(&lost.removed)),
        (0, vec!["c2.vcf".to_owned()])
    );
}

#[tokio::test]
async fn without_sync_the_tag_of_the_book_and_of_its_cards_tell() {
    let server = server(2);
    let client = client(&server.url(), Radicale::PASSWORD);
    let book = book(&client).await.without_sync();
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    assert!(
        plan.token
            .as_deref()
            .is_some_and(|token| token.starts_with("ctag:")),
        "{plan:?}"
    );
    let (_, known) = fetch(&client, &book, &plan, Known::new()).await;
    let same = client.plan(&book, plan.token.as_deref(), &known).await.unwrap();
    assert_eq!(
        (same.fetch.len(), same.removed.len(), &same.token),
        (0, 0, &plan.token)
    );
    server.put("c1.vcf", &card("Personne Renommée", "+33199000001"));
    server.remove("c0.vcf");
    let changes = client.plan(&book, same.token.as_deref(), &known).await.unwrap();
    assert_eq!((changes.fetch.len(), changes.removed.len()), (1, 1));
}

#[tokio::test]
async fn a_card_that_could_not_be_read_is_asked_for_again() {
    let server = server(2);
    let client = client(&server.url(), Radicale::PASSWORD);
    let book = book(&client).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    let (_, mut known) = fetch(&client, &book, &plan, Known::new()).await;
    let unread = plan.fetch[0].clone();
    known.insert(unread.clone(), None);
    let again = client.plan(&book, plan.token.as_deref(), &known).await.unwrap();
    assert_eq!(again.fetch, [unread]);
}

#[tokio::test]
async fn cards_with_spaces_and_accents_in_their_names_are_found() {
    let server = server(0);
    server.put("é à+&.vcf", &card("Personne", "+33199000001"));
    let client = client(&server.url(), Radicale::PASSWORD);
    let book = book(&client).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    assert_eq!(plan.fetch.len(), 1);
    let (cards, known) = fetch(&client, &book, &plan, Known::new()).await;
    assert_eq!(cards.len(), 1, "{plan:?}");
    let same = client.plan(&book, None, &known).await.unwrap();
    assert_eq!((same.fetch.len(), same.removed.len()), (0, 0));
}

#[tokio::test]
async fn large_answers_are_asked_for_in_smaller_pieces() {
    let server = server(8);
    let client = client(&server.url(), Radicale::PASSWORD);
    let book = book(&client).await;
    let plan = client.plan(&book, None, &Known::new()).await.unwrap();
    // Two or three of the cards fit into an answer, and the large one never does.
    server.put("c3.vcf", &card(&"x".repeat(5_000), "+33199000003"));
    let (cards, _) = fetch(&client.with_limit(1_500), &book, &plan, Known::new()).await;
    assert_eq!(cards.len(), 8);
    let large: Vec<_> = cards
        .iter()
        .filter(|card| card.content == Content::TooLarge)
        .collect();
    assert_eq!(large.len(), 1);
    assert!(
        large[0].href.ends_with("/c3.vcf") && large[0].etag.is_none(),
        "{large:?}"
    );
}

#[tokio::test]
async fn a_wrong_password_and_a_server_that_is_gone_are_told_apart() {
    let mut server = server(1);
    let wrong = client(&server.url(), "wrong").books(&[]).await;
    assert_eq!(wrong, Err(Trouble::Password));
    let client = client(&server.url(), Radicale::PASSWORD);
    let book = book(&client).await;
    server.stop();
    let gone = client.plan(&book, None, &Known::new()).await;
    assert_eq!(gone, Err(Trouble::Unreachable));
    server.resume();
    assert!(client.plan(&book, None, &Known::new()).await.is_ok());
}
