-- When an item came to look as it does on this node, whoever said so and whenever it was said: what harvesters go by.
CREATE TABLE seen (
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (log, item)
);
CREATE INDEX seen_at ON seen (at, log, item);

-- Which editions name a file: whoever holds one asks whether it is theirs.
CREATE TABLE file (
  sha256 BYTEA NOT NULL,
  log BIGINT NOT NULL,
  item TEXT NOT NULL,
  edition BIGINT NOT NULL,
  PRIMARY KEY (sha256, log, item, edition)
);
