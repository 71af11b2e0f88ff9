-- What is being written: one edition of an item on its way into the log.
CREATE TABLE draft (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  change TEXT NOT NULL,
  base INTEGER NOT NULL,
  stage TEXT NOT NULL,
  version INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  due INTEGER,
  late INTEGER NOT NULL,
  created INTEGER NOT NULL,
  changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_log ON draft (log, stage, changed);
CREATE INDEX draft_due ON draft (stage, due);

-- What each save left, and who saved. The newest version is the draft.
CREATE TABLE draft_version (
  draft TEXT NOT NULL,
  version INTEGER NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (draft, version)
) STRICT, WITHOUT ROWID;

-- Who approved exactly what: the hash covers text, files and hour.
CREATE TABLE approval (
  draft TEXT NOT NULL,
  account TEXT NOT NULL,
  hash BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (draft, account)
) STRICT, WITHOUT ROWID;

-- Words beside a draft: why it was sent back, why it was issued alone.
CREATE TABLE draft_note (
  draft TEXT NOT NULL,
  at INTEGER NOT NULL,
  account TEXT NOT NULL,
  act TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (draft, at, account)
) STRICT, WITHOUT ROWID;

-- Files of drafts by hash; large ones are in the folder of contents.
CREATE TABLE draft_file (
  draft TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (draft, sha256)
) STRICT, WITHOUT ROWID;

-- Proposals to end an item: one proposes, another confirms.
CREATE TABLE ending (
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  how TEXT NOT NULL,
  reason TEXT NOT NULL,
  basis TEXT NOT NULL,
  account TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (log, item)
) STRICT, WITHOUT ROWID;

-- Editions that one person issued in an emergency, of all logs that are mirrored here.
CREATE TABLE alone (
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  at INTEGER NOT NULL,
  note BLOB NOT NULL,
  PRIMARY KEY (log, idx)
) STRICT, WITHOUT ROWID;
CREATE INDEX alone_item ON alone (log, item);
