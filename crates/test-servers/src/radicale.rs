//! Radicale, from PyPI.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::process::{self, Process};

/// Radicale without its `fsync`: a test's data need not outlive the machine.
const LAUNCH: &str =
    "import os, runpy; os.fsync = lambda _: None; runpy.run_module('radicale', run_name='__main__')";
const READY: &str = "Radicale server ready";

/// Where the Python packages are that the tests use: `target/tools/radicale`.
pub fn tools() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    target.unwrap_or_else(own).join("tools/radicale")
}

/// A running server with one user, who has one address book.
#[derive(Debug)]
pub struct Radicale {
    folder: TempDir,
    port: u16,
    process: Option<Process>,
}

impl Radicale {
    /// Who may ask.
    pub const USER: &str = "lise";
    /// Her password; it must turn up in no log and no file of ours.
    pub const PASSWORD: &str = "canary carddav: é";
    /// Her address book.
    pub const BOOK: &str = "contacts";

    /// Starts one whose book holds these cards, by their file's name.
    pub fn start<'a>(cards: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let users = format!("{}:{}\n", Self::USER, Self::PASSWORD);
        fs::write(folder.path().join("users"), users).expect("a file of users");
        let mut server = Self {
            folder,
            port: 0,
            process: None,
        };
        server.add_book(Self::BOOK, "VADDRESSBOOK");
        for (name, card) in cards {
            server.put(name, card);
        }
        let root = server.folder.path().to_owned();
        let (process, port) = process::start(READY, |port| command(&root, port));
        server.port = port;
        server.process = Some(process);
        server
    }

    /// Makes another collection of hers; `tag` as Radicale names kinds: `VADDRESSBOOK`, `VCALENDAR`.
    pub fn add_book(&self, name: &str, tag: &str) {
        let book = self.book(name);
        fs::create_dir_all(&book).expect("a folder for the book");
        let title = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
        let properties = format!("{{\"tag\": \"{tag}\", \"D:displayname\": \"{title}\"}}");
        fs::write(book.join(".Radicale.props"), properties).expect("the book's properties");
    }

    /// Puts a card into her book, or changes it.
    pub fn put(&self, name: &str, card: &str) {
        self.put_into(Self::BOOK, name, card);
    }

    /// Puts a card into a book.
    pub fn put_into(&self, book: &str, name: &str, card: &str) {
        fs::write(self.book(book).join(name), card).expect("a card");
    }

    /// Takes a card out of her book.
    pub fn remove(&self, name: &str) {
        fs::remove_file(self.book(Self::BOOK).join(name)).expect("no such card");
    }

    /// Forgets every state that it told anybody (sync tokens), as a server does that was restored from a backup.
    pub fn forget_states(&self) {
        // The folder is there once a state was asked for.
        let _ = fs::remove_dir_all(self.book(Self::BOOK).join(".Radicale.cache"));
    }

    /// Ends it; what it holds stays.
    pub fn stop(&mut self) {
        self.process = None;
    }

    /// Starts it again on the same port.
    pub fn resume(&mut self) {
        self.process = Some(process::start_on(READY, command(self.folder.path(), self.port)));
    }

    /// `http://127.0.0.1:PORT/`
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }

    /// The book's address.
    pub fn book_url(&self) -> String {
        format!("{}{}/{}/", self.url(), Self::USER, Self::BOOK)
    }

    /// Where it listens.
    pub fn port(&self) -> u16 {
        self.port
    }

    fn book(&self, name: &str) -> PathBuf {
        let root = self.folder.path().join("data/collection-root");
        root.join(Self::USER).join(name)
    }
}

fn command(root: &Path, port: u16) -> Command {
    let set = |section: &str, key: &str, value: String| format!("--{section}-{key}={value}");
    let mut command = Command::new("python3");
    command
        .args(["-c", LAUNCH, "--config="])
        .arg(set("server", "hosts", format!("127.0.0.1:{port}")))
        .arg(set("auth", "type", "htpasswd".into()))
        .arg(set(
            "auth",
            "htpasswd-filename",
            root.join("users").display().to_string(),
        ))
        .arg(set("auth", "htpasswd-encryption", "plain".into()))
        .arg(set("auth", "delay", "0".into()))
        .arg(set(
            "storage",
            "filesystem-folder",
            root.join("data").display().to_string(),
        ))
        .env("PYTHONPATH", tools())
        .env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
