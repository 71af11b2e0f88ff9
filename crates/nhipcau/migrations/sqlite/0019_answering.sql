-- What somebody is about to say of a task: their words and evidence, until it is said. Never part of a log.
CREATE TABLE answering (
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  task TEXT NOT NULL,
  words TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, log, origin, item, task)
) STRICT, WITHOUT ROWID;
CREATE INDEX answering_item ON answering (item, origin);

CREATE TABLE answering_file (
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  task TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  alt TEXT,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  at INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (account, log, origin, item, task, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX answering_file_item ON answering_file (item, origin);
