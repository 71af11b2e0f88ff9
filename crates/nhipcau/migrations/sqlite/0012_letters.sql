-- Letters of our portals. A body stays until the recipient holds the letter.
CREATE TABLE letter_out (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  heads INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body BLOB,
  outcome TEXT NOT NULL,
  done INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_out_outcome ON letter_out (outcome, at);

-- Letters that our portals have received: what stood inside, by its hash.
CREATE TABLE letter_in (
  recipient TEXT NOT NULL,
  sender TEXT NOT NULL,
  id TEXT NOT NULL,
  hash BLOB NOT NULL,
  kind TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (recipient, sender, id)
) STRICT, WITHOUT ROWID;

-- Sealed letters of others that are passed on. The bytes stay until the recipient holds the letter; its receipt stays
-- for the sender.
CREATE TABLE letter_relay (
  id TEXT NOT NULL,
  sender TEXT NOT NULL,
  recipient TEXT NOT NULL,
  sealing TEXT NOT NULL,
  hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  bytes BLOB,
  receipt TEXT NOT NULL,
  PRIMARY KEY (id, sender, recipient)
) STRICT, WITHOUT ROWID;
CREATE INDEX letter_relay_at ON letter_relay (receipt, at);

-- Rounds of opinions that our portals ask for: exactly which draft, what is asked, until when.
CREATE TABLE opinion_round (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  draft TEXT NOT NULL,
  version INTEGER NOT NULL,
  hash BLOB NOT NULL,
  question TEXT NOT NULL,
  due TEXT NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  cancelled INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX opinion_round_draft ON opinion_round (draft, at);
CREATE INDEX opinion_round_log ON opinion_round (log, at);

-- Whom a round asks, and what they say.
CREATE TABLE opinion_place (
  round TEXT NOT NULL,
  agency TEXT NOT NULL,
  letter TEXT NOT NULL,
  verdict TEXT NOT NULL,
  words TEXT NOT NULL,
  who TEXT NOT NULL,
  said INTEGER NOT NULL,
  answered INTEGER,
  reminded INTEGER,
  erased INTEGER,
  PRIMARY KEY (round, agency)
) STRICT, WITHOUT ROWID;

-- What others ask our portals. Text and files go when the round is cancelled or its draft erased.
CREATE TABLE opinion_request (
  log INTEGER NOT NULL,
  round TEXT NOT NULL,
  asker TEXT NOT NULL,
  hash BLOB NOT NULL,
  question TEXT NOT NULL,
  due TEXT NOT NULL,
  at INTEGER NOT NULL,
  written TEXT NOT NULL,
  files BLOB NOT NULL,
  reminded INTEGER,
  ended TEXT NOT NULL,
  verdict TEXT NOT NULL,
  words TEXT NOT NULL,
  account TEXT NOT NULL,
  answered INTEGER,
  PRIMARY KEY (log, round)
) STRICT, WITHOUT ROWID;
CREATE INDEX opinion_request_at ON opinion_request (log, at);
