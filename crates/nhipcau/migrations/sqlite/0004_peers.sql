-- The newest receipt of each node for each log.
CREATE TABLE receipt (
  node TEXT NOT NULL,
  origin TEXT NOT NULL,
  size INTEGER NOT NULL,
  root BLOB NOT NULL,
  content INTEGER NOT NULL,
  lacking TEXT NOT NULL,
  shown INTEGER NOT NULL,
  note TEXT NOT NULL,
  cosignature TEXT NOT NULL,
  received INTEGER NOT NULL,
  PRIMARY KEY (node, origin)
) STRICT, WITHOUT ROWID;
CREATE INDEX receipt_origin ON receipt (origin);

-- When each node first said how far it has come, by our clock.
CREATE TABLE reach (
  origin TEXT NOT NULL,
  node TEXT NOT NULL,
  size INTEGER NOT NULL,
  content INTEGER NOT NULL,
  shown INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (origin, node, size, content, shown)
) STRICT, WITHOUT ROWID;

CREATE TABLE alarm (
  name TEXT PRIMARY KEY NOT NULL,
  about TEXT NOT NULL,
  peer TEXT NOT NULL,
  origin TEXT NOT NULL,
  detail TEXT NOT NULL,
  times INTEGER NOT NULL,
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  cleared INTEGER
) STRICT;
