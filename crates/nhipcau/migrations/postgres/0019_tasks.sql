-- What somebody is about to say of a task: their words and evidence, until it is said. Never part of a log.
CREATE TABLE answering (
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  task TEXT NOT NULL,
  words TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (account, log, origin, item, task)
);
CREATE INDEX answering_item ON answering (item, origin);

CREATE TABLE answering_file (
  account TEXT NOT NULL,
  log BIGINT NOT NULL,
  origin TEXT NOT NULL,
  item TEXT NOT NULL,
  task TEXT NOT NULL,
  sha256 BYTEA NOT NULL,
  name TEXT NOT NULL,
  media TEXT NOT NULL,
  alt TEXT,
  width BIGINT NOT NULL,
  height BIGINT NOT NULL,
  at BIGINT NOT NULL,
  bytes BYTEA NOT NULL,
  PRIMARY KEY (account, log, origin, item, task, sha256)
);
CREATE INDEX answering_file_item ON answering_file (item, origin);

-- The newest edition of each item of our own logs, in the order of the log: what an agency has issued, the last issue first.
-- A table of its own: an index over all items would cost every follower.
CREATE TABLE last_issue (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  idx BIGINT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, item)
);
CREATE INDEX last_issue_order ON last_issue (log, idx);
INSERT INTO last_issue (log, item, idx, at)
SELECT e.log, e.item, e.idx, e.at FROM edition e
JOIN item i ON i.log = e.log AND i.item = e.item AND i.edition = e.edition
JOIN log l ON l.id = e.log WHERE l.own = 1;
