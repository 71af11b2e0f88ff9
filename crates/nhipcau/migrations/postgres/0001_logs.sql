-- Logs that this node keeps: its own portals' and the ones it mirrors. `checkpoint` is the newest signed head
-- whose entries are all here; `pending` a verified newer one while a catch-up is under way.
CREATE TABLE log (
  id BIGINT PRIMARY KEY NOT NULL,
  origin TEXT NOT NULL UNIQUE,
  origin_hash TEXT NOT NULL UNIQUE,
  own BIGINT NOT NULL,
  size BIGINT NOT NULL,
  root BYTEA NOT NULL,
  frontier BYTEA NOT NULL,
  checkpoint TEXT NOT NULL,
  checkpoint_size BIGINT NOT NULL,
  pending TEXT NOT NULL,
  changed BIGINT NOT NULL,
  frozen BIGINT
);

CREATE TABLE entry (
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  leaf BYTEA NOT NULL,
  body BYTEA NOT NULL,
  PRIMARY KEY (log, idx)
);

-- Hashes of full tiles, from level 1 up; level 0 is read from the entries themselves.
CREATE TABLE tile (
  log BIGINT NOT NULL,
  level BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  hash BYTEA NOT NULL,
  PRIMARY KEY (log, level, idx)
);

-- Entries that shape the directory, and their place in the heads log once it is known.
CREATE TABLE fact (
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  place BIGINT,
  PRIMARY KEY (log, idx)
);

-- Evidence of a split view: two signed checkpoints that cannot both be true.
CREATE TABLE split (
  origin TEXT PRIMARY KEY NOT NULL,
  first_note TEXT NOT NULL,
  second_note TEXT NOT NULL,
  at BIGINT NOT NULL
);

-- Small facts about this node itself.
CREATE TABLE meta (
  name TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
);
