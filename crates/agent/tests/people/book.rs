//! The two threads and the lookup.

use std::time::{Duration, Instant};

use centrex_tray::people::{Format, News, PeopleError, PeopleHandle, answer, number_of};
use companion::words::Language;
use contacts::{ContactsError, Numbering, synthetic};
use control::protocol::{ContactDraft, DraftNumber};
use tokio::sync::mpsc;

use crate::world::{World, within};

const NUMBER: &str = "+33199000042";

fn draft(name: &str, number: &str) -> ContactDraft {
    ContactDraft {
        id: None,
        name: name.into(),
        company: "Société Exemple".into(),
        numbers: vec![DraftNumber {
            label: "mobile".into(),
            number: number.into(),
        }],
        note: String::new(),
        favourite: true,
    }
}

#[tokio::test]
async fn a_saved_contact_names_its_caller_at_once_and_is_forgotten_with_it() {
    let mut world = World::new().await;
    let number = number_of(NUMBER).unwrap();
    assert_eq!(world.lookup.known(&number, Language::Fr), None);
    let saved = answer(world.people.save(None, draft("Personne Une", "01 99 00 00 42")))
        .await
        .unwrap();
    world.changed().await;
    let known = world.lookup.known(&number, Language::Fr).unwrap();
    assert_eq!(
        (known.name.as_str(), known.label.as_deref()),
        ("Personne Une", Some("mobile"))
    );
    assert_eq!(known.source, "vos contacts");
    assert!(known.favourite && !known.ambiguous);
    answer(world.people.delete(saved.id)).await.unwrap();
    world.changed().await;
    assert_eq!(world.lookup.known(&number, Language::Fr), None);
}

#[tokio::test]
async fn of_two_with_one_number_none_is_sure_until_one_is_chosen() {
    let world = World::new().await;
    let number = number_of(NUMBER).unwrap();
    answer(world.people.save(None, draft("Personne Une", NUMBER)))
        .await
        .unwrap();
    let second = answer(world.people.save(None, draft("Personne Deux", NUMBER)))
        .await
        .unwrap();
    assert!(world.lookup.known(&number, Language::Fr).unwrap().ambiguous);
    answer(world.people.choose(number.clone(), second.id))
        .await
        .unwrap();
    let known = world.lookup.known(&number, Language::Fr).unwrap();
    assert_eq!((known.name.as_str(), known.ambiguous), ("Personne Deux", false));
    let all = answer(world.people.who_has(number)).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all[0].chosen && all[0].contact.id == second.id);
}

#[tokio::test]
async fn an_import_is_shown_before_it_is_written_tells_how_far_it_is_and_can_be_taken_back() {
    let mut world = World::new().await;
    let file = world.file("clients.vcf", &synthetic::vcards(1_000));
    let previewed = answer(world.people.preview(file)).await.unwrap();
    assert_eq!(previewed.compared.added, 1_000);
    let none = answer(world.people.search(String::new(), false, 10))
        .await
        .unwrap();
    assert!(none.is_empty(), "a preview writes nothing");
    let (batch, compared, rejected) = answer(world.people.import()).await.unwrap();
    assert_eq!((compared.added, rejected), (1_000, 0));
    let mut last = 0;
    within("the import is told", async {
        loop {
            match world.news.recv().await.unwrap() {
                News::Progress { done, total } => {
                    assert!(done >= last && total == 1_000);
                    last = done;
                }
                News::Changed => break,
                other => panic!("{other:?}"),
            }
        }
    })
    .await;
    assert_eq!(last, 1_000);
    assert!(matches!(
        answer(world.people.import()).await,
        Err(PeopleError::NoPreview)
    ));
    answer(world.people.undo(batch)).await.unwrap();
    let none = answer(world.people.search(String::new(), false, 10))
        .await
        .unwrap();
    assert!(none.is_empty());
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing_and_the_next_one_is_not_concerned() {
    let mut world = World::new().await;
    let file = world.file("clients.vcf", &synthetic::vcards(2_000));
    answer(world.people.preview(file.clone())).await.unwrap();
    let import = world.people.import();
    answer(world.people.cancel_import()).await.unwrap();
    match answer(import).await {
        Err(PeopleError::Book(ContactsError::Cancelled)) => {
            let none = answer(world.people.search(String::new(), false, 10))
                .await
                .unwrap();
            assert!(none.is_empty(), "all or nothing");
        }
        // It was quicker than the word to stop.
        Ok((batch, ..)) => answer(world.people.undo(batch)).await.unwrap(),
        Err(other) => panic!("{other}"),
    }
    answer(world.people.preview(file)).await.unwrap();
    let (_, compared, _) = answer(world.people.import()).await.unwrap();
    assert_eq!(compared.added, 2_000);
}

#[tokio::test]
async fn what_is_exported_can_be_imported_elsewhere() {
    let world = World::new().await;
    answer(world.people.save(None, draft("Personne Une", NUMBER)))
        .await
        .unwrap();
    let path = world.folder.path().join("contacts.vcf");
    assert_eq!(
        answer(world.people.export(path.clone(), Format::Vcard))
            .await
            .unwrap(),
        1
    );
    let other = World::new().await;
    let previewed = answer(other.people.preview(path)).await.unwrap();
    assert_eq!(previewed.compared.added, 1);
    let nowhere = world.folder.path().join("no/such/folder/contacts.vcf");
    let refused = answer(world.people.export(nowhere, Format::Vcard))
        .await
        .unwrap_err();
    assert!(matches!(refused, PeopleError::Write(_)), "{refused}");
}

#[tokio::test]
async fn without_a_book_everything_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let (tell, mut news) = mpsc::unbounded_channel();
    // A folder stands where the file should be.
    let people = PeopleHandle::start(folder.path().to_owned(), Numbering::default(), tell).unwrap();
    let told = within("it is told", news.recv()).await;
    assert!(matches!(told, Some(News::Failed(_))), "{told:?}");
    let search = answer(people.search("x".into(), false, 1)).await.unwrap_err();
    let save = answer(people.save(None, draft("Personne", NUMBER)))
        .await
        .unwrap_err();
    for refused in [search, save] {
        assert_eq!(refused.message().id, "contacts-error-unusable");
    }
}

#[tokio::test]
async fn a_caller_among_thousands_is_known_within_a_millisecond() {
    let mut world = World::new().await;
    let count = 5_000;
    let file = world.file("all.vcf", &synthetic::vcards(count));
    answer(world.people.preview(file)).await.unwrap();
    answer(world.people.import()).await.unwrap();
    let found = answer(world.people.search(String::new(), false, 200))
        .await
        .unwrap();
    let numbers: Vec<_> = found
        .iter()
        .filter_map(|contact| contact.card.numbers.first()?.e164().cloned())
        .collect();
    assert!(numbers.len() > 100);
    let mut times: Vec<Duration> = numbers
        .iter()
        .map(|number| {
            let start = Instant::now();
            assert!(world.lookup.known(number, Language::Fr).is_some());
            start.elapsed()
        })
        .collect();
    times.sort();
    // The middle one: a machine that does other things besides may hold up single ones.
    let middle = times[times.len() / 2];
    assert!(middle < Duration::from_millis(1), "{middle:?}");
}
