CREATE TABLE history (
    only  INTEGER PRIMARY KEY CHECK (only = 1),
    floor INTEGER NOT NULL,
    head  INTEGER NOT NULL
) STRICT;
CREATE TABLE event (
    id      INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    at      INTEGER NOT NULL,
    body    TEXT NOT NULL
) STRICT;
CREATE INDEX event_account ON event (account, id);
CREATE INDEX event_at ON event (at);
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
    revoked_at   INTEGER
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
    token      TEXT REFERENCES token (id)
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
