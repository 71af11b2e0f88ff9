CREATE TABLE content (
  sha256 BYTEA PRIMARY KEY NOT NULL,
  media TEXT NOT NULL,
  size BIGINT NOT NULL,
  bytes BYTEA,
  stored BIGINT NOT NULL
);

-- Content that must never come back, and the entry that said so.
CREATE TABLE erased (
  sha256 BYTEA PRIMARY KEY NOT NULL,
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  at BIGINT NOT NULL
);

-- Content that an applied entry names and that has not come yet.
CREATE TABLE want (
  sha256 BYTEA NOT NULL,
  log BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  size BIGINT NOT NULL,
  media TEXT NOT NULL,
  urgent BIGINT NOT NULL,
  PRIMARY KEY (log, idx, sha256)
);
CREATE INDEX want_content ON want (sha256);

CREATE TABLE item (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  state TEXT NOT NULL,
  edition BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  first_idx BIGINT NOT NULL,
  issued BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  urgent BIGINT NOT NULL,
  note BYTEA,
  shown BIGINT NOT NULL,
  sha256 BYTEA,
  kind TEXT NOT NULL,
  card TEXT NOT NULL,
  PRIMARY KEY (log, item)
);
CREATE INDEX item_list ON item (state, shown, issued);
CREATE INDEX item_log ON item (log, state, shown, issued);

CREATE TABLE edition (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  idx BIGINT NOT NULL,
  change TEXT NOT NULL,
  at BIGINT NOT NULL,
  sha256 BYTEA NOT NULL,
  media TEXT NOT NULL,
  size BIGINT NOT NULL,
  files TEXT NOT NULL,
  PRIMARY KEY (log, item, edition)
);
CREATE INDEX edition_content ON edition (sha256);

-- Orders of a superior that came before the item they speak of, or stand beside it.
CREATE TABLE ordered (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  act TEXT NOT NULL,
  by_log BIGINT NOT NULL,
  by_idx BIGINT NOT NULL,
  counts BIGINT NOT NULL,
  at BIGINT NOT NULL,
  note BYTEA,
  PRIMARY KEY (log, item, by_log, by_idx)
);

-- What one request was already answered, so that a repeat gets the same answer.
CREATE TABLE request (
  token TEXT NOT NULL,
  name TEXT NOT NULL,
  digest BYTEA NOT NULL,
  answer TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (token, name)
);
