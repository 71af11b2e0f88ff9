-- An agency's accounts at services that reach people elsewhere. `about` says what the service calls the account (ids, base address);
-- `secrets` is sealed under keys/people.key; `ends` is when its token
-- ends as its administrator knows it, 0 if they do not; `checked` is when it was called to see whether it works, `trouble` what that found.
CREATE TABLE channel_account (
  id TEXT PRIMARY KEY NOT NULL,
  log INTEGER NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  link TEXT NOT NULL,
  official INTEGER NOT NULL,
  about TEXT NOT NULL,
  secrets BLOB NOT NULL,
  ends INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  checked INTEGER NOT NULL,
  trouble TEXT NOT NULL,
  added INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX channel_account_log ON channel_account (log);
-- What becomes of one item on one account. `machine` is the delivery as its crate writes it; `wishes` is what it is still to be told, in order;
-- `doubt` is 1 from before a call until its answer is kept: what is found so was interrupted. `next` is when it is looked at again, 0 for never.
CREATE TABLE channel_delivery (
  id TEXT PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  log INTEGER NOT NULL,
  item TEXT NOT NULL,
  edition INTEGER NOT NULL,
  state TEXT NOT NULL,
  machine TEXT NOT NULL,
  wishes TEXT NOT NULL,
  doubt INTEGER NOT NULL,
  next INTEGER NOT NULL,
  made INTEGER NOT NULL,
  changed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX channel_delivery_item ON channel_delivery (log, item, account);
CREATE INDEX channel_delivery_next ON channel_delivery (next);
CREATE INDEX channel_delivery_account ON channel_delivery (account, changed);
-- What a service has said of itself, by the hash of its words: the same words again change nothing.
CREATE TABLE channel_heard (
  account TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (account, sha256)
) STRICT, WITHOUT ROWID;
-- What was done that a service's quotas count, and when.
CREATE TABLE channel_spent (
  account TEXT NOT NULL,
  what TEXT NOT NULL,
  at INTEGER NOT NULL,
  -- How often in that very moment.
  times INTEGER NOT NULL,
  PRIMARY KEY (account, what, at)
) STRICT, WITHOUT ROWID;
