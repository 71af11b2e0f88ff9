-- Letters of our portals. A body stays until the recipient holds the letter.
CREATE TABLE letter_out (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  kind TEXT NOT NULL,
  heads INTEGER NOT NULL,
  at INTEGER NOT NULL,
  body BLOB,
  carried INTEGER,
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
