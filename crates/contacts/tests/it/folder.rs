//! A folder of cards.

use std::fs;

use contacts::folder::scan;
use contacts::sync::{Content, Kind, Resource, SourceId, Synced};
use contacts::{ContactsError, Source};

use super::{Book, at, e164};

fn sync(book: &mut Book, folder: &std::path::Path, minute: i64) -> Synced {
    let source = SourceId {
        kind: Kind::Folder,
        name: folder.display().to_string(),
    };
    let scan = scan(folder, book.store.read().etags(&source).unwrap()).unwrap();
    let files = scan.map(Ok::<_, ContactsError>);
    book.store
        .replace_source(&source, files, None, at(minute))
        .unwrap()
}

#[test]
fn files_are_read_again_only_when_they_changed() {
    let mut book = Book::new();
    let folder = tempfile::tempdir().unwrap();
    let card =
        |name: &str, number: &str| format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL:{number}\nEND:VCARD\n");
    let two = card("Marie", "0142685300") + &card("Paul", "0142685301");
    fs::write(folder.path().join("équipe.VCF"), two).unwrap();
    fs::write(folder.path().join("zoe.vcf"), card("Zoé", "0142685302")).unwrap();
    fs::write(folder.path().join("notes.txt"), card("Non", "0142685303")).unwrap();
    fs::create_dir(folder.path().join("dossier.vcf")).unwrap();
    let synced = sync(&mut book, folder.path(), 1);
    assert_eq!((synced.added, synced.rejected.len()), (3, 0));
    let paul = &book.store.read().lookup(&e164("+33142685301")).unwrap()[0].contact;
    assert!(matches!(&paul.source, Source::Folder { file, .. } if file == "équipe.VCF"));

    let etags = |book: &Book| {
        book.store
            .read()
            .etags(&book.store.read().sources().unwrap()[1].source.clone().unwrap())
    };
    let resources: Vec<_> = scan(folder.path(), etags(&book).unwrap()).unwrap().collect();
    assert!(
        resources
            .iter()
            .all(|resource| resource.content == Content::Known)
            && resources.len() == 2
    );

    fs::write(folder.path().join("zoe.vcf"), card("Zoé Moreau", "0142685302")).unwrap();
    fs::remove_file(folder.path().join("équipe.VCF")).unwrap();
    let synced = sync(&mut book, folder.path(), 2);
    // Without a UID a card with another name is another contact.
    assert_eq!((synced.added, synced.removed), (1, 3));
    assert_eq!(book.names("+33142685302"), ["Zoé Moreau"]);
    assert!(scan(&folder.path().join("fehlt"), etags(&book).unwrap()).is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_named_and_the_others_are_read() {
    let mut book = Book::new();
    let folder = tempfile::tempdir().unwrap();
    let card =
        |name: &str, number: &str| format!("BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL:{number}\nEND:VCARD\n");
    fs::write(folder.path().join("one.vcf"), card("Marie", "0142685300")).unwrap();
    sync(&mut book, folder.path(), 1);
    let source = SourceId {
        kind: Kind::Folder,
        name: folder.path().display().to_string(),
    };
    let unreadable = |name: &str| Resource {
        href: name.to_owned(),
        etag: Some("2".into()),
        content: Content::Unreadable,
    };
    fs::write(folder.path().join("two.vcf"), card("Paul", "0142685301")).unwrap();
    let others = scan(folder.path(), Default::default()).unwrap();
    let files = others.filter(|file| file.href != "one.vcf");
    let files = [unreadable("one.vcf")].into_iter().chain(files);
    let synced = book
        .store
        .replace_source(&source, files.map(Ok::<_, ContactsError>), None, at(2))
        .unwrap();
    let rejected: Vec<_> = synced.rejected.iter().map(|one| one.href.as_str()).collect();
    assert_eq!((synced.added, rejected.as_slice()), (1, &["one.vcf"][..]));
    // What was read of it before stays.
    assert_eq!(book.names("+33142685300"), ["Marie"]);
    assert_eq!(book.names("+33142685301"), ["Paul"]);
}
