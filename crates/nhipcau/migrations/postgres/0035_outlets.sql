-- Sites to which a portal sends what changes on it. `secret` is sealed under keys/people.key; `place` is how far the walk through the items
-- has come (at, log, item); `next` is when it is tried again, 0 while it is paused.
CREATE TABLE outlet (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  url TEXT NOT NULL,
  name TEXT NOT NULL,
  own BIGINT NOT NULL,
  secret BYTEA NOT NULL,
  next BIGINT NOT NULL,
  at BIGINT NOT NULL,
  failures BIGINT NOT NULL,
  trouble TEXT NOT NULL,
  place TEXT NOT NULL
);
CREATE INDEX outlet_next ON outlet (next);
CREATE INDEX outlet_log ON outlet (log);
