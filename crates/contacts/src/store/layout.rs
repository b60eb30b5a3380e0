//! The tables of `contacts.db`.

/// The versions' steps: applying the first `n` of them to an empty file gives layout `n`.
pub(super) const STEPS: [&str; 1] = [V1];

/// Version 1, the first.
const V1: &str = "
    CREATE TABLE source (
        id INTEGER PRIMARY KEY,
        kind TEXT NOT NULL,
        name TEXT NOT NULL,
        token TEXT,
        synced_us INTEGER,
        trouble TEXT,
        UNIQUE (kind, name)
    ) STRICT;
    INSERT INTO source (id, kind, name) VALUES (1, 'own', '');
    CREATE TABLE batch (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at_us INTEGER NOT NULL,
        file TEXT NOT NULL
    ) STRICT;
    CREATE TABLE contact (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        source INTEGER NOT NULL REFERENCES source,
        batch INTEGER REFERENCES batch,
        href TEXT,
        identity TEXT NOT NULL,
        name_key TEXT NOT NULL,
        since_us INTEGER NOT NULL,
        updated_us INTEGER NOT NULL,
        body TEXT NOT NULL
    ) STRICT;
    CREATE INDEX contact_by_identity ON contact (source, identity);
    CREATE INDEX contact_by_name ON contact (name_key);
    CREATE INDEX contact_by_href ON contact (source, href) WHERE href IS NOT NULL;
    CREATE TABLE number (
        key TEXT NOT NULL,
        contact INTEGER NOT NULL,
        position INTEGER NOT NULL,
        PRIMARY KEY (key, contact, position)
    ) WITHOUT ROWID, STRICT;
    CREATE INDEX number_by_contact ON number (contact);
    CREATE VIRTUAL TABLE word USING fts5(
        text, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3'
    );
    CREATE TABLE favourite (
        source INTEGER NOT NULL,
        identity TEXT NOT NULL,
        PRIMARY KEY (source, identity)
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE choice (
        key TEXT NOT NULL PRIMARY KEY,
        source INTEGER NOT NULL,
        identity TEXT NOT NULL
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE resource (
        source INTEGER NOT NULL,
        href TEXT NOT NULL,
        etag TEXT,
        PRIMARY KEY (source, href)
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE undo (
        batch INTEGER NOT NULL,
        contact INTEGER NOT NULL,
        before TEXT,
        PRIMARY KEY (batch, contact)
    ) WITHOUT ROWID, STRICT;
    CREATE TABLE setting (name TEXT NOT NULL PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID, STRICT;
";
