-- Existing portals that a portal of this node joins as they are. `own` is 1 where what they show becomes entries of the log, 0 where it is
-- carried. `kind` says how they are read, `mapping` (JSON) which kind an item becomes. `next` is when they are read next; 0 while a
-- person has paused them. `at` is when they were read last, `trouble` why not since.
CREATE TABLE source (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  kind TEXT NOT NULL,
  url TEXT NOT NULL,
  name TEXT NOT NULL,
  own BIGINT NOT NULL,
  mapping TEXT NOT NULL,
  begun BIGINT NOT NULL,
  next BIGINT NOT NULL,
  at BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  trouble TEXT NOT NULL,
  etag TEXT,
  modified TEXT,
  place TEXT NOT NULL
);
CREATE INDEX source_next ON source (next);
CREATE INDEX source_log ON source (log);

-- What was met there, by hashes: of its name there, its page, its title and text, and all that was read of it. `item` is what became of
-- it; `missing` counts the complete lists in a row that did not have it.
CREATE TABLE source_item (
  source TEXT NOT NULL,
  name BYTEA NOT NULL,
  page BYTEA,
  words BYTEA,
  digest BYTEA NOT NULL,
  item TEXT,
  lot TEXT NOT NULL,
  published BIGINT,
  missing BIGINT NOT NULL,
  PRIMARY KEY (source, name)
);
CREATE INDEX source_item_page ON source_item (page);
CREATE INDEX source_item_words ON source_item (words);
CREATE INDEX source_item_item ON source_item (item);

-- What was put aside, with what was read of it and why, in both languages, until a person tries it again or lets it go.
CREATE TABLE source_aside (
  source TEXT NOT NULL,
  name BYTEA NOT NULL,
  at BIGINT NOT NULL,
  called TEXT NOT NULL,
  url TEXT,
  vi TEXT NOT NULL,
  en TEXT NOT NULL,
  draft TEXT NOT NULL,
  PRIMARY KEY (source, name)
);
