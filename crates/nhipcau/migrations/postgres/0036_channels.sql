-- An agency's accounts at services that reach people elsewhere. `about` says what the service calls the account (ids, base address);
-- `secrets` is sealed under keys/people.key; `ends` is when its token
-- ends as its administrator knows it, 0 if they do not; `checked` is when it was called to see whether it works, `trouble` what that found.
CREATE TABLE channel_account (
  id TEXT PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  link TEXT NOT NULL,
  official BIGINT NOT NULL,
  about TEXT NOT NULL,
  secrets BYTEA NOT NULL,
  ends BIGINT NOT NULL,
  paused BIGINT NOT NULL,
  checked BIGINT NOT NULL,
  trouble TEXT NOT NULL,
  added BIGINT NOT NULL
);
CREATE INDEX channel_account_log ON channel_account (log);
-- What becomes of one item on one account. `machine` is the delivery as its crate writes it; `wishes` is what it is still to be told, in order;
-- `doubt` is 1 from before a call until its answer is kept: what is found so was interrupted. `next` is when it is looked at again, 0 for never.
CREATE TABLE channel_delivery (
  id TEXT PRIMARY KEY NOT NULL,
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  state TEXT NOT NULL,
  machine TEXT NOT NULL,
  wishes TEXT NOT NULL,
  doubt BIGINT NOT NULL,
  next BIGINT NOT NULL,
  made BIGINT NOT NULL,
  changed BIGINT NOT NULL
);
CREATE UNIQUE INDEX channel_delivery_item ON channel_delivery (log, item, account);
CREATE INDEX channel_delivery_next ON channel_delivery (next);
CREATE INDEX channel_delivery_account ON channel_delivery (account, changed);
-- What a service has said of itself, by the hash of its words: the same words again change nothing.
CREATE TABLE channel_heard (
  account TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account, sha256)
);
-- What was done that a service's quotas count, and when.
CREATE TABLE channel_spent (
  account TEXT NOT NULL,
  what TEXT NOT NULL,
  at BIGINT NOT NULL,
  -- How often in that very moment.
  times BIGINT NOT NULL,
  PRIMARY KEY (account, what, at)
);
