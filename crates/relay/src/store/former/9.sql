CREATE TABLE history (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    floor INTEGER NOT NULL,
    head  INTEGER NOT NULL,
    last_callback_at INTEGER
) STRICT;
CREATE TABLE event (
    id      INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX event_account ON event (account, id);
CREATE TABLE call (
    call_id TEXT NOT NULL,
    account TEXT NOT NULL,
    live    INTEGER NOT NULL,
    state   INTEGER NOT NULL,
    since   INTEGER NOT NULL,
    body    TEXT NOT NULL,
    PRIMARY KEY (call_id, account)
) STRICT, WITHOUT ROWID;
CREATE INDEX call_waiting ON call (state, since);
CREATE INDEX call_account ON call (account, live, since);
CREATE TABLE early (
    call_id TEXT PRIMARY KEY,
    since   INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX early_since ON early (since);
CREATE TABLE unmatched (
    id     INTEGER PRIMARY KEY AUTOINCREMENT,
    at     INTEGER NOT NULL,
    reason TEXT NOT NULL,
    detail TEXT NOT NULL,
    method TEXT NOT NULL,
    raw    BLOB NOT NULL
) STRICT;
CREATE TABLE token (
    id           TEXT PRIMARY KEY,
    hash         BLOB NOT NULL UNIQUE,
    label        TEXT NOT NULL,
    created_at   INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at   INTEGER,
    may_dial INTEGER NOT NULL DEFAULT 1,
    issued_at INTEGER,
    next_hash BLOB,
    next_issued_at INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE token_account (
    token   TEXT NOT NULL REFERENCES token (id),
    account TEXT NOT NULL,
    PRIMARY KEY (token, account)
) STRICT, WITHOUT ROWID;
CREATE TABLE enrolment (
    id         TEXT PRIMARY KEY,
    hash       BLOB NOT NULL UNIQUE,
    label      TEXT NOT NULL,
    accounts   TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER,
    token      TEXT REFERENCES token (id),
    may_dial INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE TABLE dial (
    token    TEXT NOT NULL,
    key      TEXT NOT NULL,
    request  BLOB NOT NULL,
    begun_at INTEGER NOT NULL,
    status   INTEGER,
    body     TEXT,
    PRIMARY KEY (token, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX dial_begun ON dial (begun_at);
CREATE TABLE dialled (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    token   TEXT NOT NULL,
    label   TEXT NOT NULL,
    account TEXT NOT NULL,
    number  TEXT NOT NULL,
    outcome TEXT,
    reason  TEXT,
    call_id TEXT
) STRICT;
CREATE INDEX dialled_at ON dialled (at);
CREATE INDEX dialled_account ON dialled (account, at);
CREATE TABLE forward (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    destination  TEXT NOT NULL,
    call_id      TEXT NOT NULL,
    at           INTEGER NOT NULL,
    method       TEXT NOT NULL,
    query        BLOB NOT NULL,
    content_type TEXT,
    body         BLOB
) STRICT;
CREATE INDEX forward_destination ON forward (destination, id);
CREATE TABLE forward_state (
    destination     TEXT PRIMARY KEY,
    delivered       INTEGER NOT NULL DEFAULT 0,
    delivered_at    INTEGER,
    failed_at       INTEGER,
    failure         TEXT,
    dropped_full    INTEGER NOT NULL DEFAULT 0,
    dropped_old     INTEGER NOT NULL DEFAULT 0,
    dropped_refused INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE TABLE told (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    at      INTEGER NOT NULL,
    address BLOB
) STRICT;
CREATE TABLE answered (
    only    INTEGER PRIMARY KEY CHECK (only = 1),
    at      INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    key     INTEGER NOT NULL
) STRICT;
