CREATE TABLE content (
  sha256 BLOB PRIMARY KEY NOT NULL,
  media TEXT NOT NULL,
  size INTEGER NOT NULL,
  bytes BLOB,
  stored INTEGER NOT NULL
) STRICT;

-- Content that must never come back, and the entry that said so.
CREATE TABLE erased (
  sha256 BLOB PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- Content that an applied entry names and that has not come yet.
CREATE TABLE want (
  sha256 BLOB NOT NULL,
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  size INTEGER NOT NULL,
  media TEXT NOT NULL,
  urgent INTEGER NOT NULL,
  PRIMARY KEY (log, idx, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX want_content ON want (sha256);

CREATE TABLE item (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  state TEXT NOT NULL,
  edition INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  first_idx INTEGER NOT NULL,
  issued INTEGER NOT NULL,
  changed INTEGER NOT NULL,
  urgent INTEGER NOT NULL,
  note BLOB,
  shown INTEGER NOT NULL,
  sha256 BLOB,
  kind TEXT NOT NULL,
  card TEXT NOT NULL,
  PRIMARY KEY (log, item)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_list ON item (state, shown, issued);
CREATE INDEX item_log ON item (log, state, shown, issued);

CREATE TABLE edition (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  change TEXT NOT NULL,
  at INTEGER NOT NULL,
  sha256 BLOB NOT NULL,
  media TEXT NOT NULL,
  size INTEGER NOT NULL,
  files TEXT NOT NULL,
  PRIMARY KEY (log, item, edition)
) STRICT, WITHOUT ROWID;
CREATE INDEX edition_content ON edition (sha256);

-- Orders of a superior that came before the item they speak of, or stand beside it.
CREATE TABLE ordered (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  act TEXT NOT NULL,
  by_log INTEGER NOT NULL,
  by_idx INTEGER NOT NULL,
  counts INTEGER NOT NULL,
  at INTEGER NOT NULL,
  note BLOB,
  PRIMARY KEY (log, item, by_log, by_idx)
) STRICT, WITHOUT ROWID;

-- What one request was already answered, so that a repeat gets the same answer.
CREATE TABLE request (
  token TEXT NOT NULL,
  name TEXT NOT NULL,
  digest BLOB NOT NULL,
  answer TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (token, name)
) STRICT, WITHOUT ROWID;
