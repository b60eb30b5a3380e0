//! The two threads and the lookup.

use std::time::{Duration, Instant};

use centrex_tray::people::{Format, Imports, News, PeopleError, PeopleHandle, answer, number_of};
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
    assert!(!known.ambiguous);
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
    assert!(known.shared, "which can still be said otherwise");
    let all = answer(world.people.who_has(number)).await.unwrap();
    assert_eq!(all.len(), 2);
    assert!(all[0].chosen && all[0].contact.id == second.id);
}

#[tokio::test]
async fn an_import_is_shown_before_it_is_written_tells_how_far_it_is_and_can_be_taken_back() {
    let mut world = World::new().await;
    let file = world.file("clients.vcf", &synthetic::vcards(1_000));
    let mut imports = Imports::default();
    let (tell, mut told) = mpsc::unbounded_channel();
    let reading = tell.clone();
    let previewed = imports.preview(&world.people, file, move |percent| {
        reading.send((percent, 100)).unwrap();
    });
    let previewed = answer(previewed).await.unwrap();
    assert_eq!(previewed.compared.added, 1_000);
    let steps: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).collect();
    assert!(steps.is_sorted() && steps.first() == Some(&(0, 100)), "{steps:?}");
    let none = answer(world.people.search(String::new(), false, 10))
        .await
        .unwrap();
    assert!(none.contacts.is_empty(), "a preview writes nothing");

    let imported = imports.import(&world.people, move |at| {
        let steps = (u32::try_from(at.done).unwrap(), u32::try_from(at.total).unwrap());
        tell.send(steps).unwrap();
    });
    let (batch, compared, rejected) = answer(imported).await.unwrap();
    assert_eq!((compared.added, rejected), (1_000, 0));
    world.changed().await;
    let steps: Vec<_> = std::iter::from_fn(|| told.try_recv().ok()).collect();
    assert!(
        steps.is_sorted() && steps.last() == Some(&(1_000, 1_000)),
        "{steps:?}"
    );
    assert!(imports.made(batch));
    assert!(matches!(
        answer(imports.import(&world.people, |_| ())).await,
        Err(PeopleError::NoPreview)
    ));
    answer(world.people.undo(batch)).await.unwrap();
    let none = answer(world.people.search(String::new(), false, 10))
        .await
        .unwrap();
    assert!(none.contacts.is_empty());
}

#[tokio::test]
async fn a_cancelled_import_leaves_nothing_and_the_next_one_is_not_concerned() {
    let world = World::new().await;
    let file = world.file("clients.vcf", &synthetic::vcards(2_000));
    let mut imports = Imports::default();
    answer(imports.preview(&world.people, file.clone(), |_| ()))
        .await
        .unwrap();
    let (tell, mut told) = mpsc::unbounded_channel();
    let import = imports.import(&world.people, move |at| tell.send(at.done).unwrap());
    assert_eq!(within("it begins", told.recv()).await, Some(0));
    imports.cancel();
    match answer(import).await {
        Err(PeopleError::Book(ContactsError::Cancelled)) => {
            let none = answer(world.people.search(String::new(), false, 10))
                .await
                .unwrap();
            assert!(none.contacts.is_empty(), "all or nothing");
        }
        // It was quicker than the word to stop.
        Ok((batch, ..)) => drop(answer(world.people.undo(batch)).await.unwrap()),
        Err(other) => panic!("{other}"),
    }
    answer(imports.preview(&world.people, file, |_| ()))
        .await
        .unwrap();
    let (_, compared, _) = answer(imports.import(&world.people, |_| ())).await.unwrap();
    assert_eq!(compared.added, 2_000);
}

#[tokio::test]
async fn reading_a_file_stops_with_its_client_and_holds_nobody_else_up() {
    let world = World::new().await;
    let long = world.file("long.vcf", &synthetic::vcards(100_000));
    let mut imports = Imports::default();
    let (tell, mut told) = mpsc::unbounded_channel();
    let reading = imports.preview(&world.people, long, move |percent| {
        // Nobody listens any more in the end.
        let _ = tell.send(percent);
    });
    assert_eq!(within("it begins", told.recv()).await, Some(0));
    // A contact is saved while it reads.
    answer(world.people.save(None, draft("Personne Une", NUMBER)))
        .await
        .unwrap();
    drop(imports);
    let stopped = within("it stops", answer(reading)).await;
    assert!(
        matches!(stopped, Err(PeopleError::Book(ContactsError::Cancelled))),
        "{:?}",
        stopped.map(|previewed| previewed.compared)
    );
}

#[tokio::test]
async fn a_new_preview_takes_the_place_of_the_one_before() {
    let world = World::new().await;
    let (long, short) = (synthetic::vcards(100_000), synthetic::vcards(3));
    let (long, short) = (world.file("long.vcf", &long), world.file("short.vcf", &short));
    let mut imports = Imports::default();
    let first = imports.preview(&world.people, long, |_| ());
    let second = imports.preview(&world.people, short, |_| ());
    assert_eq!(answer(second).await.unwrap().compared.added, 3);
    let first = within("it stops", answer(first)).await;
    assert!(matches!(first, Err(PeopleError::Book(ContactsError::Cancelled))));
    let (_, compared, _) = answer(imports.import(&world.people, |_| ())).await.unwrap();
    assert_eq!(compared.added, 3);
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
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::mode(&path.metadata().unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600, "who knows whom is nobody else's business");
    }
    let other = World::new().await;
    let mut imports = Imports::default();
    let previewed = answer(imports.preview(&other.people, path, |_| ()))
        .await
        .unwrap();
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

/// A book that can't be opened: a folder stands in its place.
async fn closed() -> (tempfile::TempDir, PeopleHandle, mpsc::UnboundedReceiver<News>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("contacts.db");
    std::fs::create_dir(&path).unwrap();
    let (tell, mut news) = mpsc::unbounded_channel();
    let people = PeopleHandle::start(path, Numbering::default(), tell).unwrap();
    let told = within("it is told", news.recv()).await;
    assert!(matches!(told, Some(News::Failed(_))), "{told:?}");
    (folder, people, news)
}

#[tokio::test]
async fn a_book_that_can_be_opened_later_is() {
    let (folder, people, mut news) = closed().await;
    answer(people.save(None, draft("Personne", NUMBER)))
        .await
        .unwrap_err();
    std::fs::remove_dir(folder.path().join("contacts.db")).unwrap();
    // Whoever wants something of it has it tried again, now and then.
    within("it opens", async {
        while answer(people.save(None, draft("Personne", NUMBER)))
            .await
            .is_err()
        {}
    })
    .await;
    let told = within("that is told", news.recv()).await;
    assert!(matches!(told, Some(News::Opened(_))), "{told:?}");
    let found = answer(people.search("personne".into(), false, 9)).await.unwrap();
    assert_eq!(found.contacts.len(), 1);
}

#[tokio::test]
async fn a_book_that_can_be_opened_later_is_when_somebody_searches() {
    let (folder, people, mut news) = closed().await;
    std::fs::remove_dir(folder.path().join("contacts.db")).unwrap();
    // Sooner than it is tried by itself.
    let opens = async { while answer(people.search(String::new(), false, 1)).await.is_err() {} };
    tokio::time::timeout(Duration::from_secs(10), opens)
        .await
        .expect("a search opens it");
    let told = within("that is told", news.recv()).await;
    assert!(matches!(told, Some(News::Opened(_))), "{told:?}");
}

#[tokio::test]
async fn a_caller_among_thousands_is_known_within_a_millisecond() {
    let world = World::new().await;
    let count = 5_000;
    let file = world.file("all.vcf", &synthetic::vcards(count));
    let mut imports = Imports::default();
    answer(imports.preview(&world.people, file, |_| ()))
        .await
        .unwrap();
    answer(imports.import(&world.people, |_| ())).await.unwrap();
    let found = answer(world.people.search(String::new(), false, 200))
        .await
        .unwrap();
    assert!(found.more);
    let numbers: Vec<_> = found
        .contacts
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

#[tokio::test]
async fn who_types_does_not_wait_for_an_export() {
    let world = World::new().await;
    let file = world.file("clients.vcf", &synthetic::vcards(5_000));
    answer(world.people.writer().take_in(file)).await.unwrap();
    let mut export = world
        .people
        .export(world.folder.path().join("out.vcf"), Format::Vcard);
    let found = answer(world.people.search(String::new(), false, 1))
        .await
        .unwrap();
    assert_eq!(found.contacts.len(), 1);
    assert!(export.try_recv().is_err(), "thousands are still being written");
    assert_eq!(answer(export).await.unwrap(), 5_000);
}
