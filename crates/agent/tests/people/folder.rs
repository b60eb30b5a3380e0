//! The watched folder.

use centrex_tray::people::{FolderSource, answer};
use companion::words::Language;
use contacts::sync::Kind;
use telephony::E164;

use crate::world::World;

fn card(name: &str, number: &str) -> String {
    format!("BEGIN:VCARD\r\nVERSION:4.0\r\nFN:{name}\r\nTEL:{number}\r\nEND:VCARD\r\n")
}

#[tokio::test]
async fn files_that_come_change_and_go_are_followed() {
    let mut world = World::new().await;
    let folder = world.folder.path().join("cards");
    std::fs::create_dir(&folder).unwrap();
    let number = E164::parse("+33199000042").unwrap();
    let file = folder.join("one.vcf");
    std::fs::write(&file, card("Personne Une", number.as_str())).unwrap();
    let _source = FolderSource::start(folder.clone(), world.people.writer());
    world.changed().await;
    let known = world.lookup.known(&number, Language::Fr).unwrap();
    assert_eq!(known.name, "Personne Une");
    assert_eq!(known.source, "le fichier one.vcf du dossier surveillé");

    std::fs::write(&file, card("Personne Renommée", number.as_str())).unwrap();
    world.changed().await;
    assert_eq!(
        world.lookup.known(&number, Language::Fr).unwrap().name,
        "Personne Renommée"
    );

    std::fs::remove_file(&file).unwrap();
    world.changed().await;
    assert_eq!(world.lookup.known(&number, Language::Fr), None);
}

#[tokio::test]
async fn a_large_folder_is_taken_in_pieces() {
    let mut world = World::new().await;
    let folder = world.folder.path().join("cards");
    std::fs::create_dir(&folder).unwrap();
    let numbers = ["+33199000041", "+33199000042", "+33199000043"].map(|number| E164::parse(number).unwrap());
    let file = |number: &E164| folder.join(format!("{number}.vcf"));
    // Two of them fill a piece.
    let blank = format!("{}\r\n", " ".repeat(78)).repeat(9 * 1024 * 1024 / 80);
    for number in &numbers {
        std::fs::write(file(number), card("Personne", number.as_str()) + &blank).unwrap();
    }
    let source = FolderSource::start(folder.clone(), world.people.writer());
    let known = |world: &World| -> Vec<bool> {
        let known = |number| world.lookup.known(number, Language::Fr).is_some();
        numbers.iter().map(known).collect()
    };
    world.changed().await;
    world.changed().await;
    assert_eq!(known(&world), [true; 3]);
    std::fs::remove_file(file(&numbers[1])).unwrap();
    source.sync();
    world.changed().await;
    assert_eq!(known(&world), [true, false, true]);
}

#[tokio::test]
async fn a_folder_that_is_not_there_keeps_its_contacts_and_says_so_until_it_is_back() {
    let mut world = World::new().await;
    let folder = world.folder.path().join("cards");
    std::fs::create_dir(&folder).unwrap();
    let number = E164::parse("+33199000042").unwrap();
    std::fs::write(folder.join("one.vcf"), card("Personne Une", number.as_str())).unwrap();
    let source = FolderSource::start(folder.clone(), world.people.writer());
    world.changed().await;
    let away = world.folder.path().join("away");
    std::fs::rename(&folder, &away).unwrap();
    drop(source);
    let source = FolderSource::start(folder.clone(), world.people.writer());
    world.changed().await;
    let states = answer(world.people.sources()).await.unwrap();
    let trouble = states.into_iter().find_map(|state| state.trouble).unwrap();
    assert!(trouble.contains("contacts-folder-unreadable"), "{trouble}");
    assert!(world.lookup.known(&number, Language::Fr).is_some());
    std::fs::rename(&away, &folder).unwrap();
    std::fs::write(folder.join("two.vcf"), card("Personne Deux", "+33199000043")).unwrap();
    source.sync();
    world.changed().await;
    let states = answer(world.people.sources()).await.unwrap();
    assert!(states.iter().all(|state| state.trouble.is_none()), "{states:?}");
    answer(world.people.writer().keep_only(Kind::Folder, |_| false))
        .await
        .unwrap();
    assert_eq!(world.lookup.known(&number, Language::Fr), None);
}
