//! The files: read in layers, changed one key at a time, never at the cost of what a person wrote.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use atomic_write_file::AtomicWriteFile;
use toml_edit::{Document, DocumentMut, Item, Table, TableLike, Value};

use super::{Change, FileProblem, FileState, Key, Loaded, Settings, unknown, values};
use crate::words::Message;

/// Faults of a file that are named beside the first.
const MOST_FAULTS: usize = 8;
/// Bytes of the largest file that is read: far more than anybody writes by hand. Everything waits while one is read.
const LARGEST: u64 = 1 << 20;

/// The two settings files. Blocking, but small: a few kilobytes are read and written.
#[derive(Clone, Debug)]
pub struct Store {
    person: PathBuf,
    company: Option<PathBuf>,
}

/// Why a change wasn't written. The file is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings were not changed: {}", .0.id)]
pub struct ChangeError(pub Message);

/// Why a file can't be used at all.
pub(super) enum Broken {
    /// It isn't TOML: in this line.
    Line(usize),
    /// It can't be read.
    Unreadable,
    /// It isn't a regular file, which may never end, or is larger than [`LARGEST`].
    Unfit,
}

impl Store {
    /// The person's file (need not exist) and the company's read-only one (need not exist either).
    pub fn new(person: PathBuf, company: Option<PathBuf>) -> Self {
        Self { person, company }
    }

    /// The person's file.
    pub fn file(&self) -> &Path {
        &self.person
    }

    /// The settings in force now: defaults, then the person's file, then the company's. Reads both files; always gives
    /// something to work with.
    pub fn load(&self) -> Loaded {
        let mut settings = Settings::default();
        let person = layer(&mut settings, &self.person);
        let company = match &self.company {
            Some(company) => layer(&mut settings, company),
            None => Layer::default(),
        };
        // Which schemes are allowed may stand in the other file, so it is judged at the end.
        let scheme = settings.pop_url.as_ref().and_then(|template| {
            let refused = template.check_scheme(&settings.pop_schemes).err()?;
            Some(FileProblem::plain(refused.message()))
        });
        let extensions = settings.extension_problem().map(FileProblem::plain);
        let files = FileState {
            given: person.held.union(&company.held).copied().collect(),
            // What the company meant to fix, and wrote wrongly, isn't the person's to change either.
            locked: company.held.union(&company.unusable).copied().collect(),
            unusable: person
                .unusable
                .difference(&company.held)
                .chain(&company.unusable)
                .copied()
                .collect(),
            incomplete: person.unread || company.unread,
            problem: person.problem.or(company.problem).or(scheme).or(extensions),
        };
        Loaded { settings, files }
    }

    /// Writes changes to the person's file, all or none, and gives the settings in force after them. Comments, unknown keys
    /// and their order stay; a link is followed, so that the file that it leads to changes.
    ///
    /// # Errors
    /// [`ChangeError`] when a value can't be used, when the company fixed the setting or its file can't be read (what it
    /// fixes isn't known then), when the person's file is broken (it is never overwritten), or when it can't be written.
    pub fn change(&self, changes: &[Change]) -> Result<Loaded, ChangeError> {
        self.stage(changes)?
            .commit()
            .map_err(|_| self.error("settings-change-unwritable"))?;
        Ok(self.load())
    }

    /// Whether [`Self::change`] could write these changes now: everything of it but the last step. No change can always be
    /// written.
    ///
    /// # Errors
    /// As [`Self::change`].
    pub fn check(&self, changes: &[Change]) -> Result<(), ChangeError> {
        if changes.is_empty() {
            return Ok(());
        }
        self.stage(changes)?
            .discard()
            .map_err(|_| self.error("settings-change-unwritable"))
    }

    /// The person's file with the changes in it, beside the one that it is to replace.
    fn stage(&self, changes: &[Change]) -> Result<AtomicWriteFile, ChangeError> {
        let mut document = self.changeable()?;
        let Loaded { settings, files } = self.load();
        let mut writes = Vec::with_capacity(changes.len());
        for change in changes {
            let value = values::write(change, &settings).map_err(ChangeError)?;
            let key = change.key;
            if !files.locked.contains(&key) {
                writes.push((key, value));
            } else if !in_force(&settings, key, &value) {
                return Err(ChangeError(
                    Message::new("settings-change-locked").with("key", key.path()),
                ));
            }
        }
        for (key, value) in writes {
            set(&mut document, key, value).map_err(|InTheWay| self.broken_at(&document, key))?;
        }
        self.write(&document.to_string())
            .map_err(|_| self.error("settings-change-unwritable"))
    }

    /// Puts the document in the place of the person's file.
    pub(super) fn put(&self, document: &DocumentMut) -> Result<(), ChangeError> {
        let written = self
            .write(&document.to_string())
            .and_then(AtomicWriteFile::commit);
        written.map_err(|_| self.error("settings-change-unwritable"))
    }

    /// The person's file, to be changed, when it is known what the company fixes.
    pub(super) fn changeable(&self) -> Result<DocumentMut, ChangeError> {
        if let Some(company) = &self.company
            && parse(company).is_err()
        {
            let message = Message::new("settings-change-company");
            return Err(ChangeError(message.with("file", company.display().to_string())));
        }
        self.document()
    }

    /// The person's file as it is.
    fn document(&self) -> Result<DocumentMut, ChangeError> {
        match parse(&self.person) {
            Ok(document) => Ok(document.map(Document::into_mut).unwrap_or_default()),
            Err(Broken::Line(line)) => {
                let ChangeError(message) = self.error("settings-change-broken");
                Err(ChangeError(message.with("line", line.to_string())))
            }
            Err(Broken::Unreadable) => Err(self.error("settings-change-unreadable")),
            Err(Broken::Unfit) => Err(self.error("settings-change-unfit")),
        }
    }

    /// A parent of the key is something else than a table; the line is looked up in the file as it is.
    pub(super) fn broken_at(&self, document: &DocumentMut, key: Key) -> ChangeError {
        let text = document.to_string();
        let line = Document::parse(text.as_str())
            .ok()
            .and_then(|document| {
                find(document.as_table(), key)
                    .err()
                    .map(|item| line_of(&text, item))
            })
            .unwrap_or(1);
        let ChangeError(message) = self.error("settings-change-broken");
        ChangeError(message.with("line", line.to_string()))
    }

    fn error(&self, id: &str) -> ChangeError {
        ChangeError(Message::new(id).with("file", self.person.display().to_string()))
    }

    fn write(&self, text: &str) -> std::io::Result<AtomicWriteFile> {
        // Through a link to the file itself; replacing the link would tear it off a person's own collection of files.
        let path = crate::private::behind_links(&self.person);
        if let Some(folder) = path.parent().filter(|_| path == self.person) {
            crate::private::make_folder(folder)?;
        }
        let mut file = crate::private::replacing().open(&path)?;
        file.write_all(text.as_bytes())?;
        Ok(file)
    }
}

/// Whether a value is what the settings say already: a form that writes all its fields asks for nothing new there.
pub(super) fn in_force(settings: &Settings, key: Key, value: &Value) -> bool {
    let mut asked = settings.clone();
    let readable = values::read(&mut asked, key, &Item::Value(value.clone())).is_ok();
    readable && asked == *settings
}

/// What a file had to say.
#[derive(Default)]
struct Layer {
    /// The keys that it holds.
    held: BTreeSet<Key>,
    /// The keys for which it holds something that can't be used.
    unusable: BTreeSet<Key>,
    /// It is there and can't be read.
    unread: bool,
    /// What is wrong with it.
    problem: Option<FileProblem>,
}

/// Puts a file's values over the settings.
fn layer(settings: &mut Settings, path: &Path) -> Layer {
    let told = |id: &str| Message::new(id).with("file", path.display().to_string());
    let unread = |message, kept_id| Layer {
        unread: true,
        problem: Some(FileProblem::replaceable(message, kept_id)),
        ..Layer::default()
    };
    let document = match parse(path) {
        Ok(Some(document)) => document,
        Ok(None) => return Layer::default(),
        Err(Broken::Line(line)) => {
            let message = told("settings-broken").with("line", line.to_string());
            return unread(message, "settings-broken-kept");
        }
        Err(Broken::Unreadable) => return unread(told("settings-unreadable"), "settings-unreadable-kept"),
        Err(Broken::Unfit) => return unread(told("settings-unfit"), "settings-unfit-kept"),
    };
    let (mut held, mut unusable) = (BTreeSet::new(), BTreeSet::new());
    let mut faults = Vec::new();
    for key in Key::ALL {
        let wrong = match find(document.as_table(), key) {
            Ok(None) => continue,
            Ok(Some(item)) if values::read(settings, key, item).is_ok() => {
                held.insert(key);
                continue;
            }
            Ok(Some(item)) | Err(item) => item,
        };
        unusable.insert(key);
        faults.push(Fault {
            line: line_of(document.raw(), wrong),
            path: key.path().to_owned(),
            problem: FileProblem::replaceable(
                told("settings-value").with("form", key.form()),
                "settings-value-kept",
            ),
        });
    }
    faults.sort_by_key(|fault| fault.line);
    // What has no effect is said after what is wrong.
    let unknown = unknown::first(document.as_table(), MOST_FAULTS + 2);
    faults.extend(unknown.into_iter().map(|unknown| {
        Fault {
            line: unknown
                .offset
                .map_or(1, |offset| line_at(document.raw().as_bytes(), offset)),
            problem: FileProblem::plain(match unknown.meant {
                Some(meant) => told("settings-unknown-meant").with("meant", meant.path()),
                None => told("settings-unknown"),
            }),
            path: unknown.path,
        }
    }));
    Layer {
        held,
        unusable,
        unread: false,
        problem: Fault::say(faults),
    }
}

/// Something in a file that can't be used.
struct Fault {
    line: usize,
    path: String,
    /// Its sentence, without what stands above.
    problem: FileProblem,
}

impl Fault {
    /// The first in full, and where the others are.
    fn say(faults: Vec<Self>) -> Option<FileProblem> {
        let mut faults = faults.into_iter();
        let first = faults.next()?;
        let mut others: Vec<String> = faults
            .by_ref()
            .take(MOST_FAULTS)
            .map(|fault| format!("{} ({})", fault.path, fault.line))
            .collect();
        if faults.next().is_some() {
            others.push("…".to_owned());
        }
        let others = match others.is_empty() {
            true => "none".to_owned(),
            false => others.join(", "),
        };
        let problem = first.problem.with("key", first.path);
        Some(
            problem
                .with("line", first.line.to_string())
                .with("others", others),
        )
    }
}

/// The file as TOML; `None` when there is none.
pub(super) fn parse(path: &Path) -> Result<Option<Document<String>>, Broken> {
    let Some(bytes) = read(path)? else {
        return Ok(None);
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        Broken::Line(line_at(error.as_bytes(), valid))
    })?;
    match Document::parse(text.clone()) {
        Ok(document) => Ok(Some(document)),
        Err(error) => Err(Broken::Line(line_at(
            text.as_bytes(),
            error.span().map_or(0, |span| span.start),
        ))),
    }
}

/// The file's bytes; `None` when there is none.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Broken> {
    // Looked at before it is opened: opening a pipe waits for somebody who writes.
    let found = std::fs::metadata(path).and_then(|found| match found.is_file() && found.len() <= LARGEST {
        true => File::open(path).map(Some),
        false => Ok(None),
    });
    let file = match found {
        Ok(file) => file.ok_or(Broken::Unfit)?,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(_) => return Err(Broken::Unreadable),
    };
    let mut bytes = Vec::new();
    let mut whole = file.take(LARGEST + 1);
    match whole.read_to_end(&mut bytes) {
        Ok(_) if whole.limit() > 0 => Ok(Some(bytes)),
        // It grew meanwhile.
        Ok(_) => Err(Broken::Unfit),
        Err(_) => Err(Broken::Unreadable),
    }
}

/// The item of a key; an error is the item that stands where a table should.
pub(super) fn find(root: &Table, key: Key) -> Result<Option<&Item>, &Item> {
    let mut table: &dyn TableLike = root;
    let (folder, name) = split(key);
    if let Some(folder) = folder {
        match table.get(folder) {
            None => return Ok(None),
            Some(item) => table = item.as_table_like().ok_or(item)?,
        }
    }
    Ok(table.get(name))
}

/// Something else than a table stands where a key's table should, or than a value where its value should.
pub(super) struct InTheWay;

/// Sets a key's value; what stands around it stays.
pub(super) fn set(document: &mut DocumentMut, key: Key, mut value: Value) -> Result<(), InTheWay> {
    let mut table: &mut dyn TableLike = document.as_table_mut();
    let (folder, name) = split(key);
    if let Some(folder) = folder {
        let item = table.entry(folder).or_insert_with(|| Item::Table(Table::new()));
        table = item.as_table_like_mut().ok_or(InTheWay)?;
    }
    match table.get_mut(name) {
        Some(Item::Value(old)) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        Some(Item::None) | None => {
            table.insert(name, Item::Value(value));
        }
        Some(_) => return Err(InTheWay),
    }
    Ok(())
}

/// `relay.url` → (`relay`), `url`.
fn split(key: Key) -> (Option<&'static str>, &'static str) {
    match key.path().split_once('.') {
        Some((folder, name)) => (Some(folder), name),
        None => (None, key.path()),
    }
}

fn line_of(text: &str, item: &Item) -> usize {
    line_at(text.as_bytes(), item.span().map_or(0, |span| span.start))
}

/// Lines are counted from 1.
fn line_at(text: &[u8], offset: usize) -> usize {
    text.iter().take(offset).filter(|byte| **byte == b'\n').count() + 1
}
