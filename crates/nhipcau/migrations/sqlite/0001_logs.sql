-- Logs that this node keeps: its own portals' and the ones it mirrors. `checkpoint` is the newest signed head
-- whose entries are all here; `pending` a verified newer one while a catch-up is under way.
CREATE TABLE log (
  id INTEGER PRIMARY KEY NOT NULL,
  origin TEXT NOT NULL UNIQUE,
  origin_hash TEXT NOT NULL UNIQUE,
  own INTEGER NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  frontier BLOB NOT NULL,
  checkpoint TEXT NOT NULL,
  checkpoint_size INTEGER NOT NULL,
  pending TEXT NOT NULL,
  changed INTEGER NOT NULL,
  frozen INTEGER
) STRICT;

CREATE TABLE entry (
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  leaf BLOB NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (log, idx)
) STRICT, WITHOUT ROWID;

-- Hashes of full tiles, from level 1 up; level 0 is read from the entries themselves.
CREATE TABLE tile (
  log INTEGER NOT NULL,
  level INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  hash BLOB NOT NULL,
  PRIMARY KEY (log, level, idx)
) STRICT, WITHOUT ROWID;

-- Entries that shape the directory, and their place in the heads log once it is known.
CREATE TABLE fact (
  log INTEGER NOT NULL,
  idx INTEGER NOT NULL,
  place INTEGER,
  PRIMARY KEY (log, idx)
) STRICT, WITHOUT ROWID;

-- Evidence of a split view: two signed checkpoints that cannot both be true.
CREATE TABLE split (
  origin TEXT PRIMARY KEY NOT NULL,
  first_note TEXT NOT NULL,
  second_note TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT;

-- Small facts about this node itself.
CREATE TABLE meta (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT;
