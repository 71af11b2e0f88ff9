-- Links by which people outside look at a draft. Of the token only the hash is kept.
CREATE TABLE preview_link (
  id TEXT PRIMARY KEY NOT NULL,
  draft TEXT NOT NULL,
  log INTEGER NOT NULL,
  hash BLOB NOT NULL,
  name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  version INTEGER,
  account TEXT NOT NULL,
  made INTEGER NOT NULL,
  until INTEGER NOT NULL,
  ended INTEGER,
  looks INTEGER NOT NULL,
  last INTEGER
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX preview_link_hash ON preview_link (hash);
CREATE INDEX preview_link_draft ON preview_link (draft);
