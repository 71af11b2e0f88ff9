-- Sites to which a portal sends what changes on it. `secret` is sealed under keys/people.key; `place` is how far the walk through the items
-- has come (at, log, item); `next` is when it is tried again, 0 while it is paused.
CREATE TABLE outlet (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  url TEXT NOT NULL,
  name TEXT NOT NULL,
  own INTEGER NOT NULL,
  secret BLOB NOT NULL,
  next INTEGER NOT NULL,
  at INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  trouble TEXT NOT NULL,
  place TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX outlet_next ON outlet (next);
CREATE INDEX outlet_log ON outlet (log);
