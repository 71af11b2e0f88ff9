-- What is being written: one edition of an item on its way into the log.
CREATE TABLE draft (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  change TEXT NOT NULL,
  base BIGINT NOT NULL,
  stage TEXT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  due BIGINT,
  late BIGINT NOT NULL,
  created BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE INDEX draft_log ON draft (log, stage, changed);
CREATE INDEX draft_due ON draft (stage, due);

-- What each save left, and who saved. The newest version is the draft.
CREATE TABLE draft_version (
  draft TEXT NOT NULL,
  version BIGINT NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL,
  fields TEXT NOT NULL,
  PRIMARY KEY (draft, version)
);

-- Who approved exactly what: the hash covers text, files and hour.
CREATE TABLE approval (
  draft TEXT NOT NULL,
  account TEXT NOT NULL,
  hash BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (draft, account)
);

-- Words beside a draft: why it was sent back, why it was issued alone.
CREATE TABLE draft_note (
  draft TEXT NOT NULL,
  at BIGINT NOT NULL,
  account TEXT NOT NULL,
  act TEXT NOT NULL,
  text TEXT NOT NULL,
  PRIMARY KEY (draft, at, account)
);

-- Files of drafts by hash; large ones are in the folder of contents.
CREATE TABLE draft_file (
  draft TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (draft, sha256)
);

-- Proposals to end an item: one proposes, another confirms.
CREATE TABLE ending (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  how TEXT NOT NULL,
  reason TEXT NOT NULL,
  basis TEXT NOT NULL,
  account TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, item)
);

-- Editions that one person issued in an emergency, of all logs that are mirrored here.
CREATE TABLE alone (
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  at BIGINT NOT NULL,
  note BYTEA NOT NULL,
  PRIMARY KEY (log, idx)
);
CREATE INDEX alone_item ON alone (log, item);
